// SPDX-License-Identifier: Apache-2.0
// Every list of records: by id, by filter, page by page. And tags.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "json/value.h"
#include "services/ec2/filter.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// What stands before the last hyphen: "vpc-0123" is of a vpc.
const ResourceKind* kind_of(std::string_view id) {
  const std::string_view prefix = id.substr(0, id.rfind('-'));
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const ResourceKind* kind) { return kind->prefix == prefix; });
  return found == std::end(kKinds) ? nullptr : *found;
}

/// GroupNames, LaunchTemplateNames, PublicIps: other ways to name what is wanted.
struct OtherNames {
  const ResourceKind* kind;
  const char* input;
  const char* member;
};
constexpr OtherNames kOtherNames[] = {
    {&kSecurityGroup, "GroupNames", "GroupName"},
    {&kLaunchTemplate, "LaunchTemplateNames", "LaunchTemplateName"},
    {&kAddress, "PublicIps", "PublicIp"}};

}  // namespace

ActionResult Ec2Service::describe(const Request& request, const ResourceKind& kind) {
  const Value& input = request.input;
  const aws::Member* list = request.operation->output->find(kind.list);
  const Filters filters = PAWL_TRY(Filters::of(input, *list->shape->item.shape));
  const auto start = base::base64_decode(text_member(input, "NextToken"));
  if (!start)
    return aws::ApiError("InvalidNextToken",
                         "The token '" + text_member(input, "NextToken") + "' is invalid");
  auto records = records_.list(owner_of(request), kind.prefix);
  if (!records) return as_api_error(records.error());
  const auto wanted = items_member(input, kind.ids);
  for (const Value& id : wanted) {
    const bool is_there = std::any_of(records->begin(), records->end(), [&](const auto& record) {
      return record.name == id.as_string();
    });
    if (!is_there) return not_found(kind, id.as_string());
  }
  const auto limit = static_cast<size_t>(integer_member(input, "MaxResults", 1'000));
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (auto& record : *records) {
    const bool is_wanted =
        wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const Value& id) {
          return id.as_string() == record.name;
        });
    if (!is_wanted || record.name <= *start) continue;
    Value value = std::move(record.value);
    if (&kind == &kSecurityGroup) {
      auto group = with_permissions(owner_of(request), std::move(value));
      if (!group) return as_api_error(group.error());
      value = *std::move(group);
    }
    bool is_named = true;
    for (const OtherNames& other : kOtherNames) {
      const auto names = items_member(input, other.input);
      if (other.kind != &kind || names.empty()) continue;
      is_named = std::any_of(names.begin(), names.end(), [&](const Value& name) {
        return name.as_string() == text_member(value, other.member);
      });
    }
    if (!is_named || !filters.pass(value)) continue;
    if (page.size() == limit) {
      out.set("NextToken", Value(base::base64_encode(last)));
      break;
    }
    last = record.name;
    page.push_back(std::move(value));
  }
  for (const OtherNames& other : kOtherNames) {
    const auto names = items_member(input, other.input);
    if (other.kind == &kind && page.size() < names.size() && wanted.empty())
      return not_found(kind, names.front().as_string());
  }
  out.set(kind.list, Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

ActionResult Ec2Service::describe_nothing(const Request& request, const ResourceKind& kind) {
  const auto wanted = items_member(request.input, kind.ids);
  if (!wanted.empty()) return not_found(kind, wanted.front().as_string());
  return aws::Output(Value::object().with_member(kind.list, Value::array()));
}

// API CreateTags.
ActionResult Ec2Service::create_tags(const Request& request) {
  std::vector<std::pair<const ResourceKind*, Value>> changed;
  for (const Value& resource : items_member(request.input, "Resources")) {
    const std::string id(resource.as_string());
    const ResourceKind* kind = kind_of(id);
    if (kind == nullptr) return aws::ApiError("InvalidID", "The ID '" + id + "' is not valid");
    const Value record = PAWL_TRY(find(request, *kind, id));
    std::vector<Value> tags;
    for (const Value& tag : items_member(record, "Tags")) tags.push_back(tag);
    for (const Value& tag : items_member(request.input, "Tags")) {
      const std::string key = text_member(tag, "Key");
      std::erase_if(tags, [&](const Value& each) { return text_member(each, "Key") == key; });
      ObjectBuilder whole;
      whole.set("Key", Value(key)).set("Value", Value(text_member(tag, "Value")));
      tags.push_back(std::move(whole).build());
    }
    if (tags.size() > 50) return aws::ApiError("TagLimitExceeded", "More than 50 tags on " + id);
    changed.emplace_back(kind, record.with_member("Tags", Value::array(std::move(tags))));
  }
  for (const auto& [kind, record] : changed) PAWL_TRY_VOID(store_record(request, *kind, record));
  return aws::Output();
}

// API DeleteTags: without tags all go; a tag with a value goes only with that value.
ActionResult Ec2Service::delete_tags(const Request& request) {
  for (const Value& resource : items_member(request.input, "Resources")) {
    const std::string id(resource.as_string());
    const ResourceKind* kind = kind_of(id);
    if (kind == nullptr) return aws::ApiError("InvalidID", "The ID '" + id + "' is not valid");
    const Value record = PAWL_TRY(find(request, *kind, id));
    const auto named = items_member(request.input, "Tags");
    std::vector<Value> kept;
    for (const Value& tag : items_member(record, "Tags")) {
      const bool is_named = std::any_of(named.begin(), named.end(), [&](const Value& each) {
        return text_member(each, "Key") == text_member(tag, "Key") &&
               (each.find("Value") == nullptr ||
                text_member(each, "Value") == text_member(tag, "Value"));
      });
      if (!is_named && !named.empty()) kept.push_back(tag);
    }
    PAWL_TRY_VOID(
        store_record(request, *kind, record.with_member("Tags", Value::array(std::move(kept)))));
  }
  return aws::Output();
}

// API DescribeTags: filters are of the tags themselves: resource-id, resource-type, key, value.
ActionResult Ec2Service::describe_tags(const Request& request) {
  const aws::Member* list = request.operation->output->find("Tags");
  const Filters filters = PAWL_TRY(Filters::of(request.input, *list->shape->item.shape));
  std::vector<Value> tags;
  for (const ResourceKind* kind : kKinds) {
    const auto records = records_.list(owner_of(request), kind->prefix);
    if (!records) return as_api_error(records.error());
    for (const auto& record : *records) {
      for (const Value& tag : items_member(record.value, "Tags")) {
        ObjectBuilder one;
        one.set("ResourceId", Value(record.name)).set("ResourceType", Value(kind->type));
        copy_members(tag, {"Key", "Value"}, one);
        Value built = std::move(one).build();
        if (filters.pass(built)) tags.push_back(std::move(built));
      }
    }
  }
  return aws::Output(Value::object().with_member("Tags", Value::array(std::move(tags))));
}

}  // namespace pawl::ec2
