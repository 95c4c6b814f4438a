// SPDX-License-Identifier: Apache-2.0
// JSON text: what parses prints to text that parses to the same value, and validate() agrees with
// parse().
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "json/jackson_error.h"
#include "json/parse.h"
#include "json/write.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const base::Result<json::Value> value = json::parse(text);
  PAWL_ASSERT(value.has_value() == json::validate(text).has_value());
  if (!value) {
    json::jackson_error(text, value.error());
    return 0;
  }
  const std::string written = json::write(*value);
  PAWL_ASSERT(written.size() == value->text_bytes());
  const base::Result<json::Value> again = json::parse(written);
  PAWL_ASSERT(again && json::write(*again) == written);
  json::locate(text, "/a/0");
  return 0;
}
