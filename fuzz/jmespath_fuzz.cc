// SPDX-License-Identifier: Apache-2.0
// A JMESPath: compiled or refused; what is compiled selects something of any value.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aws/client/jmespath.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const auto compiled = aws::JmesPath::compile({reinterpret_cast<const char*>(data), size});
  if (!compiled) return 0;
  const json::Value value =
      *json::parse(R"({"a":[{"b":1,"c":[1,[2,"x"]]},{"b":2}],"d":{"e":"f","g":null},"h":true})");
  static_cast<void>(compiled->search(value));
  return 0;
}
