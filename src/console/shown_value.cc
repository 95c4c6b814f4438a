// SPDX-License-Identifier: Apache-2.0
#include "console/shown_value.h"

#include <string>
#include <utility>

#include "base/integer.h"
#include "json/parse.h"

namespace pawl::console {

using json::Value;

void ShownValues::show(json::ObjectBuilder& out, const Value& value) {
  const size_t bytes = value.text_bytes();
  const bool fits =
      bytes <= kSmallBytesMax || (bytes <= kBytesMax && bytes_ + bytes <= kTotalBytesMax);
  if (whole_ || fits) {
    bytes_ += bytes;
    out.set("value", value);
    return;
  }
  const size_t size = value.is_string() ? value.as_string().size() : value.size();
  out.set("truncated", Value(true))
      .set("bytes", Value(static_cast<int64_t>(bytes)))
      .set("kind", Value(json::kind_name(value.kind())))
      .set("size", Value(static_cast<int64_t>(size)));
}

Value ShownValues::shown(const Value& value) {
  json::ObjectBuilder out;
  show(out, value);
  return std::move(out).build();
}

aws::ApiResult<Value> whole_value(const Value& answer, std::string_view pointer) {
  const auto missing = [&] {
    return aws::validation_exception(
        "\"whole\" must be the JSON pointer of a value in the answer: " + std::string(pointer));
  };
  if (!pointer.starts_with('/')) return missing();
  const Value* found = &answer;
  for (const std::string& token : json::pointer_tokens(pointer)) {
    if (found->is_array()) {
      const auto index = base::parse_int64(token);
      if (!index || *index < 0 || static_cast<size_t>(*index) >= found->size()) return missing();
      found = &found->items()[static_cast<size_t>(*index)];
    } else {
      found = found->find(token);
      if (found == nullptr) return missing();
    }
  }
  const Value* value = found->find("value");
  if (value == nullptr) return missing();
  return Value::object({{"value", *value}});
}

}  // namespace pawl::console
