// SPDX-License-Identifier: Apache-2.0
// The documents that the benchmarks work on.
#pragma once

#include <string>

namespace pawl::bench {

/// An order of about 1 KB with 15 members; "$.a.b" is 42.
inline std::string order_document() {
  std::string lines;
  for (int i = 0; i < 6; ++i) {
    lines += (i > 0 ? "," : "") + std::string(R"({"sku":"SKU-10)") + std::to_string(i) +
             R"(","quantity":)" + std::to_string(i + 1) +
             R"(,"price":19.99,"name":"a thing that somebody wants"})";
  }
  return R"({"a":{"b":42,"c":[1,2,3]},"id":"5f1a7b3c-0000-4000-8000-1234567890ab","customer":{"name":"Ada Lovelace",)"
         R"("email":"ada@example.org","tier":"gold"},"currency":"EUR","total":119.94,"paid":true,"coupon":null,)"
         R"("created":"2024-11-06T09:42:03.000Z","shipping":{"street":"Main Street 1","city":"Bern","zip":"3000"},)"
         R"("notes":"leave it at the door","priority":3,"weight":2.5,"tags":["a","b","c"],"source":"web","lines":[)" +
         lines + "]}";
}

/// {"items": [{"id", "group", "price", "qty"} x 1,000]}.
inline std::string items_document() {
  std::string items;
  for (int i = 0; i < 1'000; ++i) {
    items += (i > 0 ? "," : "") + std::string(R"({"id":)") + std::to_string(i) + R"(,"group":"g)" +
             std::to_string(i % 10) + R"(","price":)" + std::to_string(i * 7919 % 1000) +
             R"(,"qty":)" + std::to_string(i % 7) + "}";
  }
  return R"({"items":[)" + items + "]}";
}

}  // namespace pawl::bench
