// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/lifecycle_policy.h"

#include <algorithm>
#include <set>

#include "json/parse.h"
#include "services/ecr/errors.h"
#include "text/wildcard.h"

namespace pawl::ecr {
namespace {

using aws::ApiResult;
using json::Value;

constexpr int64_t kDayMs = int64_t{24} * 3600 * 1000;
constexpr size_t kRulesMax = 50;

aws::ApiError failure(std::string_view what) {
  return invalid_parameter(
      "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy "
      "validation failure: " +
      std::string(what) + "'");
}

ApiResult<void> check_members(const Value& object, const std::vector<std::string_view>& required,
                              const std::vector<std::string_view>& optional) {
  std::string missing;
  for (const std::string_view each : required) {
    if (object.find(each) != nullptr) continue;
    missing += (missing.empty() ? "\"" : ", \"") + std::string(each) + "\"";
  }
  if (!missing.empty()) {
    return failure("object has missing required properties ([" + missing + "])");
  }
  for (const json::Member& member : object.members()) {
    const auto is_it = [&member](std::string_view name) { return name == member.name(); };
    if (std::any_of(required.begin(), required.end(), is_it) ||
        std::any_of(optional.begin(), optional.end(), is_it)) {
      continue;
    }
    return failure("object instance has properties which are not allowed by the schema: ([\"" +
                   std::string(member.name()) + "\"])");
  }
  return {};
}

ApiResult<void> read_selection(const Value& selection, LifecycleRule& rule) {
  PAWL_TRY_VOID(check_members(selection, {"countNumber", "countType", "tagStatus"},
                              {"countUnit", "tagPrefixList", "tagPatternList"}));
  const std::string status = text_member(selection, "tagStatus");
  if (status != "tagged" && status != "untagged" && status != "any") {
    return failure("instance value (\"" + status +
                   "\") not found in enum (possible values: [\"any\",\"tagged\",\"untagged\"])");
  }
  rule.status = status == "tagged"     ? LifecycleRule::Status::Tagged
                : status == "untagged" ? LifecycleRule::Status::Untagged
                                       : LifecycleRule::Status::Any;
  rule.tag_prefixes = texts_member(selection, "tagPrefixList");
  rule.tag_patterns = texts_member(selection, "tagPatternList");
  const bool has_tags = !rule.tag_prefixes.empty() || !rule.tag_patterns.empty();
  if ((rule.status == LifecycleRule::Status::Tagged) != has_tags) {
    return failure("instance failed to match exactly one schema (matched 0 out of 2)");
  }
  const int64_t count = integer_member(selection, "countNumber", -1);
  if (count < 1) return failure("numeric instance is lower than the required minimum (minimum: 1)");
  const std::string type = text_member(selection, "countType");
  const std::string unit = text_member(selection, "countUnit");
  if (type == "imageCountMoreThan" && unit.empty()) {
    rule.count_max = count;
  } else if (type == "sinceImagePushed" && unit == "days") {
    rule.days_max = count;
  } else {
    return failure("instance failed to match exactly one schema (matched 0 out of 2)");
  }
  return {};
}

ApiResult<LifecycleRule> read_rule(const Value& object) {
  if (!object.is_object()) {
    return failure(
        "instance type does not match any allowed primitive type (allowed: [\"object\"])");
  }
  PAWL_TRY_VOID(check_members(object, {"action", "rulePriority", "selection"}, {"description"}));
  LifecycleRule rule;
  rule.priority = integer_member(object, "rulePriority");
  if (rule.priority < 1) {
    return failure("numeric instance is lower than the required minimum (minimum: 1)");
  }
  const Value& action = *object.find("action");
  const Value& selection = *object.find("selection");
  if (!action.is_object() || !selection.is_object()) {
    return failure(
        "instance type does not match any allowed primitive type (allowed: [\"object\"])");
  }
  PAWL_TRY_VOID(check_members(action, {"type"}, {}));
  if (text_member(action, "type") != "expire") {
    return failure("instance value (\"" + text_member(action, "type") +
                   "\") not found in enum (possible values: [\"expire\"])");
  }
  PAWL_TRY_VOID(read_selection(selection, rule));
  return rule;
}

/// "Only the images with all specified tags are selected."
bool has_tags(const LifecycleRule& rule, const Image& image) {
  const auto any_tag = [&image](const auto& test) {
    return std::any_of(image.tags.begin(), image.tags.end(), test);
  };
  switch (rule.status) {
    case LifecycleRule::Status::Any: return true;
    case LifecycleRule::Status::Untagged: return image.tags.empty();
    case LifecycleRule::Status::Tagged: break;
  }
  for (const std::string& prefix : rule.tag_prefixes) {
    if (!any_tag([&](const std::string& tag) { return tag.starts_with(prefix); })) return false;
  }
  for (const std::string& pattern : rule.tag_patterns) {
    if (!any_tag([&](const std::string& tag) { return text::matches_wildcard(pattern, tag); })) {
      return false;
    }
  }
  return !image.tags.empty();
}

}  // namespace

ApiResult<LifecyclePolicy> LifecyclePolicy::parse(std::string_view text) {
  const base::Result<Value> document = json::parse(text, {.depth_max = 32});
  if (!document || !document->is_object()) {
    return failure("Could not map policyString into LifecyclePolicy.");
  }
  const Value* rules = document->find("rules");
  if (rules == nullptr || !rules->is_array()) {
    return failure("object has missing required properties ([\"rules\"])");
  }
  if (rules->size() == 0 || rules->size() > kRulesMax) {
    return failure("array must have 1 to 50 rules");
  }
  LifecyclePolicy out;
  std::set<int64_t> priorities;
  for (const Value& each : rules->items()) {
    LifecycleRule rule = PAWL_TRY(read_rule(each));
    if (!priorities.insert(rule.priority).second) {
      return failure("Rule priorities must be unique, found duplicate of " +
                     std::to_string(rule.priority));
    }
    out.rules_.push_back(std::move(rule));
  }
  std::sort(out.rules_.begin(), out.rules_.end(),
            [](const LifecycleRule& a, const LifecycleRule& b) { return a.priority < b.priority; });
  return out;
}

std::vector<ExpiredImage> LifecyclePolicy::evaluate(const std::vector<Image>& images,
                                                    base::Timestamp now) const {
  std::vector<const Image*> newest_first;
  std::set<std::string> referenced;
  for (const Image& image : images) {
    newest_first.push_back(&image);
    referenced.insert(image.manifests.begin(), image.manifests.end());
  }
  std::sort(newest_first.begin(), newest_first.end(), [](const Image* a, const Image* b) {
    return std::pair(b->pushed_at, a->digest) < std::pair(a->pushed_at, b->digest);
  });
  std::vector<ExpiredImage> out;
  // "Rules can never mark images that are marked by higher priority rules, but can still identify
  // them as if they haven't been expired." And what meets the tags of one is no lower one's.
  std::set<const Image*> decided;
  for (const LifecycleRule& rule : rules_) {
    int64_t count = 0;
    std::vector<const Image*> met;
    for (const Image* image : newest_first) {
      if (!has_tags(rule, *image)) continue;
      met.push_back(image);
      ++count;
      const bool is_too_old =
          rule.days_max && now.ms - image->pushed_at.ms > *rule.days_max * kDayMs;
      const bool is_too_many = rule.count_max && count > *rule.count_max;
      if ((!is_too_old && !is_too_many) || decided.contains(image)) continue;
      if (referenced.contains(image->digest)) continue;
      out.push_back({*image, rule.priority});
    }
    decided.insert(met.begin(), met.end());
  }
  return out;
}

}  // namespace pawl::ecr
