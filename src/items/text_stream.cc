// SPDX-License-Identifier: Apache-2.0
#include "items/text_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pawl::items {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool between(char byte, unsigned char low, unsigned char high) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= low && value <= high;
}

/// Length of the character that is not ASCII at the beginning of `text`, and whether it is
/// well-formed (Unicode table 3-7); if not, of the longest part that could begin one.
std::pair<size_t, bool> measure_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;  // no surrogates
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return {1, false};
  }
  size_t good = 1;
  for (; good < length && good < text.size(); ++good) {
    if (!between(text[good], good == 1 ? low : 0x80, good == 1 ? high : 0xbf)) break;
  }
  return {good, good == length};
}

}  // namespace

TextStream::TextStream(std::unique_ptr<ByteReader> reader)
    : reader_(std::move(reader)), chunk_(kChunkBytes, 0) {
  fill(kByteOrderMark.size());
  if (std::string_view(chunk_).substr(0, size_).starts_with(kByteOrderMark))
    position_ = kByteOrderMark.size();
}

bool TextStream::fill(size_t wanted) {
  if (ended_) return size_ - position_ >= wanted;
  std::memmove(chunk_.data(), chunk_.data() + position_, size_ - position_);
  size_ -= position_;
  position_ = 0;
  while (size_ < wanted) {
    auto count = reader_->read(chunk_.data() + size_, chunk_.size() - size_);
    if (!count) failure_ = std::move(count).error();
    if (failure_ || *count == 0) {
      ended_ = true;
      return false;
    }
    size_ += *count;
  }
  return true;
}

void make_valid_utf8(std::string& text) {
  size_t good = 0;
  std::string out;
  bool is_copied = false;
  for (size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const auto [length, is_valid] = measure_character(std::string_view(text).substr(i));
    if (!is_valid) {
      out.append(text, good, i - good).append(kReplacement);
      good = i + length;
      is_copied = true;
    }
    i += length;
  }
  if (!is_copied) return;
  out.append(text, good);
  text = std::move(out);
}

}  // namespace pawl::items
