// SPDX-License-Identifier: Apache-2.0
#include "asl/place.h"

#include "base/integer.h"
#include "json/parse.h"

namespace pawl::asl {
std::string location_of(const json::Value& root, std::string_view pointer) {
  if (pointer.empty()) return "/";
  std::string out;
  const json::Value* current = &root;
  for (const std::string& token : json::pointer_tokens(pointer)) {
    if (current != nullptr && current->is_array()) {
      out += "[" + token + "]";
      const auto index = base::parse_int64(token);
      const bool is_item = index && *index >= 0 && static_cast<size_t>(*index) < current->size();
      current = is_item ? &current->items()[static_cast<size_t>(*index)] : nullptr;
    } else {
      out += "/" + token;
      if (current != nullptr) current = current->find(token);
    }
  }
  return out;
}

}  // namespace pawl::asl
