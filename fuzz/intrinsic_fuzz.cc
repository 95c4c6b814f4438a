// SPDX-License-Identifier: Apache-2.0
// The first line is an intrinsic call, the rest the document it is evaluated on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/parse.h"
#include "query/intrinsic/intrinsic_call.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(all.find('\n'), all.size());
  const base::Result<query::IntrinsicCall> call = query::IntrinsicCall::compile(all.substr(0, end));
  const base::Result<json::Value> document = json::parse(all.substr(std::min(end + 1, all.size())));
  if (!call || !document) return 0;
  base::Random random(1);
  const query::Bindings bindings{.input = &*document, .random = &random};
  (void)call->evaluate(bindings);
  return 0;
}
