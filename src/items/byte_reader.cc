// SPDX-License-Identifier: Apache-2.0
#include "items/byte_reader.h"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include <zlib.h>
#include <zstd.h>

namespace pawl::items {
namespace {

constexpr size_t kChunkBytes = 64 * 1024;
constexpr size_t kMagicBytes = 4;
constexpr int kZstdWindowLogMax = 27;  // 128 MiB, what `zstd` itself accepts unasked
constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

/// The object with its first bytes put back.
class PlainReader : public ByteReader {
 public:
  PlainReader(std::unique_ptr<ObjectReader> object, std::string head)
      : object_(std::move(object)), head_(std::move(head)) {}

  Outcome<size_t> read(char* buffer, size_t bytes) override {
    if (position_ < head_.size()) {
      const size_t count = head_.copy(buffer, bytes, position_);
      position_ += count;
      return count;
    }
    auto count = object_->read(buffer, bytes);
    if (!count) return reader_failed(cause_of(count.error()));
    return *count;
  }

 private:
  std::unique_ptr<ObjectReader> object_;
  std::string head_;
  size_t position_ = 0;
};

/// What both decompressors share: a chunk of compressed input.
class CompressedInput {
 public:
  explicit CompressedInput(PlainReader reader)
      : reader_(std::move(reader)), chunk_(kChunkBytes, 0) {}

  /// Reads the next chunk if the last one is used up; false at the end.
  Outcome<bool> fill() {
    if (position_ < size_) return true;
    position_ = 0;
    size_ = PAWL_TRY(reader_.read(chunk_.data(), chunk_.size()));
    return size_ > 0;
  }
  char* data() { return chunk_.data() + position_; }
  size_t size() const { return size_ - position_; }
  void take(size_t bytes) { position_ += bytes; }

 private:
  PlainReader reader_;
  std::string chunk_;
  size_t position_ = 0;
  size_t size_ = 0;
};

class GzipReader : public ByteReader {
 public:
  explicit GzipReader(PlainReader reader) : input_(std::move(reader)) {
    std::memset(&stream_, 0, sizeof(stream_));
    ready_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK;
  }
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;
  ~GzipReader() override {
    if (ready_) inflateEnd(&stream_);
  }

  Outcome<size_t> read(char* buffer, size_t bytes) override {
    if (!ready_) return reader_failed("There is no memory to decompress the object.");
    for (;;) {
      if (is_damaged_) return reader_failed("The object is not a valid gzip stream.");
      if (!PAWL_TRY(input_.fill())) {
        if (between_members_) return size_t{0};
        return reader_failed("The object is not a complete gzip stream.");
      }
      // RFC 1952 section 2.2: members simply follow each other.
      if (between_members_) inflateReset(&stream_);
      stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
      stream_.avail_in = static_cast<uInt>(input_.size());
      stream_.next_out = reinterpret_cast<Bytef*>(buffer);
      stream_.avail_out = static_cast<uInt>(bytes);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      input_.take(input_.size() - stream_.avail_in);
      between_members_ = status == Z_STREAM_END;
      // What comes before the damage is handed out first.
      is_damaged_ = status != Z_STREAM_END && status != Z_OK && status != Z_BUF_ERROR;
      if (stream_.avail_out < bytes) return bytes - stream_.avail_out;
    }
  }

 private:
  CompressedInput input_;
  z_stream stream_;
  bool ready_ = false;
  bool between_members_ = false;
  bool is_damaged_ = false;
};

class ZstdReader : public ByteReader {
 public:
  explicit ZstdReader(PlainReader reader)
      : input_(std::move(reader)), context_(ZSTD_createDCtx(), &ZSTD_freeDCtx) {
    if (context_ != nullptr)
      ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }

  Outcome<size_t> read(char* buffer, size_t bytes) override {
    if (context_ == nullptr) return reader_failed("There is no memory to decompress the object.");
    for (;;) {
      // With an empty input the context still hands out what it has buffered.
      const bool more = PAWL_TRY(input_.fill());
      ZSTD_inBuffer in{input_.data(), input_.size(), 0};
      ZSTD_outBuffer out{buffer, bytes, 0};
      if (!more && frame_ended_) return size_t{0};
      const size_t status = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(status) != 0)
        return reader_failed("The object is not a valid Zstandard stream: " +
                             std::string(ZSTD_getErrorName(status)) + ".");
      input_.take(in.pos);
      frame_ended_ = status == 0;
      if (out.pos > 0) return out.pos;
      if (!more && !frame_ended_)
        return reader_failed("The object is not a complete Zstandard stream.");
    }
  }

 private:
  CompressedInput input_;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
  bool frame_ended_ = false;
};

}  // namespace

Outcome<std::unique_ptr<ByteReader>> make_byte_reader(std::unique_ptr<ObjectReader> object) {
  std::string head;
  std::array<char, kMagicBytes> buffer;
  while (head.size() < kMagicBytes) {
    auto count = object->read(buffer.data(), kMagicBytes - head.size());
    if (!count) return reader_failed(cause_of(count.error()));
    if (*count == 0) break;
    head.append(buffer.data(), *count);
  }
  const bool is_gzip = std::string_view(head).starts_with(kGzipMagic);
  const bool is_zstd = std::string_view(head).starts_with(kZstdMagic);
  PlainReader plain(std::move(object), std::move(head));
  if (is_gzip) return std::make_unique<GzipReader>(std::move(plain));
  if (is_zstd) return std::make_unique<ZstdReader>(std::move(plain));
  return std::make_unique<PlainReader>(std::move(plain));
}

}  // namespace pawl::items
