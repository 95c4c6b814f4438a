// SPDX-License-Identifier: Apache-2.0
// Stored bytes as an item, a stream record and a table; what is read writes the same again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/dynamodb/item_record.h"
#include "services/dynamodb/streams/stream_record.h"
#include "services/dynamodb/table_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::dynamodb;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto item = decode_item(bytes)) {
    const auto again = decode_item(encode_item(*item));
    if (!again || encode_item(*again) != encode_item(*item)) __builtin_trap();
  }
  if (const auto record = decode_stream_record(bytes)) (void)encode_stream_record(*record);
  if (const auto schema = decode_schema(bytes)) {
    if (!decode_schema(encode_schema(*schema))) __builtin_trap();
  }
  return 0;
}
