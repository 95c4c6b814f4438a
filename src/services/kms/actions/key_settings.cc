// SPDX-License-Identifier: Apache-2.0
// Key policies and tags.
#include <algorithm>

#include "json/members.h"
#include "services/kms/api.h"
#include "services/kms/service.h"

namespace pawl::kms {

using aws::ActionResult;
using aws::ApiError;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr const char* kPolicyName = "default";
constexpr size_t kTagsMax = 50;
constexpr size_t kTagsPage = 50;

}  // namespace

ActionResult KmsService::get_policy(const Request& request) {
  const Key key = PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  if (find_text(request.input, "PolicyName").value_or(kPolicyName) != kPolicyName)
    return not_found("No such policy exists");
  ObjectBuilder out;
  out.set("Policy", Value(key.policy)).set("PolicyName", Value(kPolicyName));
  return std::move(out).build();
}

ActionResult KmsService::put_policy(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  if (find_text(request.input, "PolicyName").value_or(kPolicyName) != kPolicyName)
    return not_found("No such policy exists");
  key.policy = text_member(request.input, "Policy");
  PAWL_TRY_VOID(check_policy(key.policy));
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::list_policies(const Request& request) {
  PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  ObjectBuilder out;
  out.set("PolicyNames", json::texts_value({kPolicyName})).set("Truncated", Value(false));
  return std::move(out).build();
}

ActionResult KmsService::tag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  for (const auto& [name, value] : PAWL_TRY(tags_member(request.input))) {
    const auto found = std::find_if(key.tags.begin(), key.tags.end(),
                                    [&name = name](const auto& tag) { return tag.first == name; });
    if (found == key.tags.end()) {
      key.tags.emplace_back(name, value);
    } else {
      found->second = value;
    }
  }
  if (key.tags.size() > kTagsMax) return ApiError("TagException", "Too many tags");
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::untag_resource(const Request& request) {
  const std::lock_guard lock(mutex_);
  Key key = PAWL_TRY(find_to_change(request));
  PAWL_TRY_VOID(check_not_deleted(key));
  for (const std::string& name : texts_member(request.input, "TagKeys"))
    std::erase_if(key.tags, [&](const auto& tag) { return tag.first == name; });
  PAWL_TRY_VOID(store_key(request, key, Value::object()));
  return Value::object();
}

ActionResult KmsService::list_tags(const Request& request) {
  const Key key = PAWL_TRY(find(request, text_member(request.input, "KeyId")));
  const std::string after = PAWL_TRY(page_start(request.input));
  const auto max = static_cast<size_t>(find_integer(request.input, "Limit").value_or(kTagsPage));
  auto from = std::find_if(key.tags.begin(), key.tags.end(),
                           [&](const auto& tag) { return tag.first == after; });
  from = from == key.tags.end() ? key.tags.begin() : from + 1;
  const auto left = static_cast<size_t>(key.tags.end() - from);
  const Tags page(from, from + static_cast<std::ptrdiff_t>(std::min(left, max)));
  ObjectBuilder out;
  out.set("Tags", tags_value(page));
  end_page(out, left > max, page.empty() ? "" : page.back().first);
  return std::move(out).build();
}

}  // namespace pawl::kms
