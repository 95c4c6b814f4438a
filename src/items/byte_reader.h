// SPDX-License-Identifier: Apache-2.0
// ByteReader: the bytes of an object as an item reader wants them: decompressed, failures already
// in the words of States.ItemReaderFailed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "items/object_store.h"
#include "items/outcome.h"

namespace pawl::items {

class ByteReader {
 public:
  virtual ~ByteReader() = default;
  /// Up to `bytes` (> 0) into `buffer`; 0 is the end. A failed reader is not read again.
  virtual Outcome<size_t> read(char* buffer, size_t bytes) = 0;
};

/// Undoes gzip (RFC 1952, also several members) and Zstandard (RFC 8878, windows up to 128 MiB),
/// told by their first bytes, which no CSV or JSON text begins with; other bytes pass as they are.
/// Errors: S3's; a stream that is damaged or cut short.
Outcome<std::unique_ptr<ByteReader>> make_byte_reader(std::unique_ptr<ObjectReader> object);

/// An object that is a text in memory.
class TextObject : public ObjectReader {
 public:
  explicit TextObject(std::string text) : text_(std::move(text)) {}
  ObjectResult<size_t> read(char* buffer, size_t bytes) override {
    const size_t count = text_.copy(buffer, bytes, position_);
    position_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t position_ = 0;
};

}  // namespace pawl::items
