// SPDX-License-Identifier: Apache-2.0
// The first byte chooses ReaderConfig, the rest is the object (and the file that a manifest names):
// CSV, JSON, JSON Lines, manifests, compressed or not. Read whole and byte by byte, both fail or
// both give the same items; what comes out can be written and parsed again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "items/item_source.h"
#include "json/parse.h"
#include "json/write.h"

namespace {

using namespace pawl;

constexpr std::string_view kConfigs[] = {
    R"({"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"})",
    R"({"InputType":"CSV","CSVHeaderLocation":"GIVEN","CSVHeaders":["a","b"],"CSVDelimiter":"TAB"})",
    R"({"InputType":"JSON"})",
    R"({"InputType":"JSON","ItemsPointer":"/a/1"})",
    R"({"InputType":"JSONL"})",
    R"({"InputType":"MANIFEST"})",
    R"({"InputType":"CSV","ManifestType":"ATHENA_DATA","CSVDelimiter":"PIPE"})",
};

/// Has one object under every name.
class OneObjectStore : public items::ObjectStore {
 public:
  OneObjectStore(std::string_view bytes, size_t piece_bytes)
      : bytes_(bytes), piece_bytes_(piece_bytes) {}
  items::ObjectResult<std::unique_ptr<items::ObjectReader>> get(
      const items::ObjectAddress&) override {
    if (++opened_ > 16) return items::no_such_key();
    return std::make_unique<Reader>(bytes_, piece_bytes_);
  }
  items::ObjectResult<items::ListedPage> list(const items::ListRequest&) override {
    return items::no_such_bucket();
  }
  items::ObjectResult<std::unique_ptr<items::ObjectWriter>> create(
      const items::ObjectAddress&) override {
    return items::access_denied();
  }

 private:
  class Reader : public items::ObjectReader {
   public:
    Reader(std::string_view bytes, size_t piece_bytes) : bytes_(bytes), piece_bytes_(piece_bytes) {}
    items::ObjectResult<size_t> read(char* buffer, size_t bytes) override {
      const size_t count = bytes_.copy(buffer, std::min(bytes, piece_bytes_));
      bytes_.remove_prefix(count);
      return count;
    }

   private:
    std::string_view bytes_;
    size_t piece_bytes_;
  };

  std::string_view bytes_;
  size_t piece_bytes_;
  int opened_ = 0;
};

struct Reading {
  std::string items;  ///< a line each
  bool failed = false;
};

Reading read_all(std::string_view config_text, std::string_view bytes, size_t piece_bytes) {
  OneObjectStore store(bytes, piece_bytes);
  items::ReaderLimits limits;
  limits.items_max = 1'000;
  limits.item_bytes_max = 4'096;
  const json::Value arguments = json::parse(R"({"Bucket":"b","Key":"k"})").value();
  const json::Value config = json::parse(config_text).value();
  Reading reading;
  auto source = items::open_item_source(store, {"getObject", arguments, config}, limits);
  reading.failed = !source;
  for (bool end = false; !reading.failed && !end;) {
    const auto batch = (*source)->next(1);
    reading.failed = !batch;
    if (!batch) break;
    for (const json::Value& item : batch->items) {
      const std::string text = json::write(item);
      PAWL_ASSERT(json::parse(text).has_value());
      reading.items += text + '\n';
    }
    end = batch->end;
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view config = kConfigs[data[0] % std::size(kConfigs)];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Reading whole = read_all(config, bytes, SIZE_MAX);
  const Reading pieces = read_all(config, bytes, 1);
  if (bytes.starts_with("\x28\xb5\x2f\xfd")) return 0;
  PAWL_ASSERT(whole.failed == pieces.failed);
  PAWL_ASSERT(whole.failed || whole.items == pieces.items);
  return 0;
}
