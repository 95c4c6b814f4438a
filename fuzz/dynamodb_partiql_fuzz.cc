// SPDX-License-Identifier: Apache-2.0
// A PartiQL statement with two parameters, and its condition on an item.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "services/dynamodb/partiql/partiql_statement.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl::dynamodb;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Item item{{"a", AttributeValue::number("1")}, {"s", AttributeValue::string("xyz")}};
  std::vector<AttributeValue> parameters;
  for (int i = 0; i < 3; ++i) {
    const auto statement = parse_partiql(text, parameters);
    parameters.push_back(AttributeValue::string("x"));
    if (!statement) continue;
    if (statement->where) (void)matches(*statement->where, item);
    (void)apply_update(statement->update, item);
  }
  return 0;
}
