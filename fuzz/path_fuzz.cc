// SPDX-License-Identifier: Apache-2.0
// The first line is a path, the rest the document it is evaluated on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/parse.h"
#include "query/path/path.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(all.find('\n'), all.size());
  const base::Result<query::Path> path = query::Path::compile(all.substr(0, end));
  const base::Result<query::ReferencePath> reference =
      query::ReferencePath::compile(all.substr(0, end));
  const base::Result<json::Value> document = json::parse(all.substr(std::min(end + 1, all.size())));
  if (!document) return 0;
  const query::Bindings bindings{.input = &*document};
  if (path) (void)path->evaluate(bindings);
  if (reference) (void)reference->assign(*document, json::Value("x"));
  return 0;
}
