// SPDX-License-Identifier: Apache-2.0
#include "services/states/tags.h"

#include <algorithm>
#include <vector>

#include "json/members.h"
#include "services/states/api_errors.h"

namespace pawl::states {

using json::Value;

aws::ApiResult<Value> with_tags(const Value& present, const Value* added, std::string_view arn,
                                const aws::Principal& principal) {
  if (added == nullptr) return present;
  std::vector<Value> tags(present.items().begin(), present.items().end());
  for (const Value& tag : added->items()) {
    const std::string key = text_member(tag, "key");
    if (key.starts_with("aws:") && principal.via_service.empty()) {
      return aws::validation_exception("Tag keys that begin with 'aws:' are reserved: " + key);
    }
    // Both members are optional in the model; AWS shows both.
    Value made = Value::object({{"key", Value(key)}, {"value", Value(text_member(tag, "value"))}});
    const auto same = std::find_if(tags.begin(), tags.end(), [&](const Value& other) {
      return text_member(other, "key") == key;
    });
    if (same == tags.end()) {
      tags.push_back(std::move(made));
    } else {
      *same = std::move(made);
    }
  }
  if (tags.size() > kTagsMax) return too_many_tags(arn);
  return Value::array(std::move(tags));
}

Value without_tags(const Value& present, const Value& keys) {
  std::vector<Value> tags;
  for (const Value& tag : present.items()) {
    const Value* key = tag.find("key");
    const bool is_named = std::any_of(keys.items().begin(), keys.items().end(),
                                      [&](const Value& name) { return name == *key; });
    if (!is_named) tags.push_back(tag);
  }
  return Value::array(std::move(tags));
}

}  // namespace pawl::states
