// SPDX-License-Identifier: Apache-2.0
// TextStream: the characters (bytes of UTF-8) of an object, one chunk in memory, two to look ahead.
// A byte order mark at the beginning is skipped.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "items/byte_reader.h"
#include "items/outcome.h"

namespace pawl::items {

/// One thread. A failed read looks like the end of the text: who meets the end asks failure().
class TextStream {
 public:
  static constexpr int kEnd = -1;

  explicit TextStream(std::unique_ptr<ByteReader> reader);

  /// The next byte or kEnd.
  int peek() {
    return position_ < size_ || fill(1) ? static_cast<unsigned char>(chunk_[position_]) : kEnd;
  }
  /// The byte after the next.
  int peek_second() {
    return position_ + 1 < size_ || fill(2) ? static_cast<unsigned char>(chunk_[position_ + 1])
                                            : kEnd;
  }
  /// What is in memory, at least peek(); empty at the end.
  std::string_view buffered() {
    if (position_ == size_) fill(1);
    return std::string_view(chunk_).substr(position_, size_ - position_);
  }
  /// Drops bytes that were seen.
  void take(size_t bytes) { position_ += bytes; }
  const std::optional<asl::ExecutionError>& failure() const { return failure_; }

 private:
  bool fill(size_t wanted);

  std::unique_ptr<ByteReader> reader_;
  std::string chunk_;
  size_t position_ = 0;
  size_t size_ = 0;
  bool ended_ = false;
  std::optional<asl::ExecutionError> failure_;
};

/// The text in valid UTF-8: what is malformed becomes U+FFFD, a longest part of a character at a
/// time, as Java and Unicode (section 3.9) do. Cheap if there is nothing to do.
void make_valid_utf8(std::string& text);

}  // namespace pawl::items
