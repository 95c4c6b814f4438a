// SPDX-License-Identifier: Apache-2.0
// The text as each kind of expression, compiled and run on an item.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/parse.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/projection.h"
#include "services/dynamodb/expression/update.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/key_condition.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  using namespace pawl::dynamodb;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const json::Value request =
      json::parse(
          R"({"ExpressionAttributeNames":{"#n":"data"},"ExpressionAttributeValues":{":n":{"N":"1"},)"
          R"(":s":{"S":"x"},":l":{"L":[{"N":"2"}]},":t":{"SS":["x"]}}})")
          .value();
  const Item item =
      read_item(json::parse(
                    R"({"a":{"N":"1"},"s":{"S":"xyz"},"l":{"L":[{"N":"1"},{"M":{"b":{"L":[]}}}]},)"
                    R"("t":{"SS":["x","y"]}})")
                    .value())
          .value();
  Placeholders placeholders = Placeholders::read(request).value();
  if (const auto condition = compile_condition("ConditionExpression", text, placeholders)) {
    (void)matches(*condition, item);
    (void)key_conditions(*condition);
  }
  if (const auto update = compile_update(text, placeholders)) {
    if (const auto after = apply_update(*update, item)) {
      const auto read = decode_item(encode_item(*after));
      if (!read || !equal(*read, *after)) __builtin_trap();
    }
  }
  if (const auto paths = compile_projection(text, placeholders)) (void)project(item, *paths);
  return 0;
}
