// SPDX-License-Identifier: Apache-2.0
#include "asl/place.h"

#include <algorithm>

#include "base/integer.h"

namespace pawl::asl {
namespace {

/// RFC 6901 section 4: "~1" is "/", "~0" is "~".
std::string unescape(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

}  // namespace

std::string location_of(const json::Value& root, std::string_view pointer) {
  if (pointer.empty()) return "/";
  std::string out;
  const json::Value* current = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const size_t end = std::min(pointer.find('/'), pointer.size());
    const std::string token = unescape(pointer.substr(0, end));
    pointer.remove_prefix(end);
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
