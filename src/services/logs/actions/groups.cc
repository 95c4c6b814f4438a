// SPDX-License-Identifier: Apache-2.0
// Log groups and what is set on them.
#include <algorithm>
#include <utility>
#include <vector>

#include "json/value.h"
#include "text/regex.h"
#include "services/logs/api_members.h"
#include "services/logs/logs_service.h"

namespace pawl::logs {
namespace {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

/// API PutRetentionPolicy.
bool is_retention(int64_t days) {
  constexpr int64_t kDays[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                               365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
  return std::find(std::begin(kDays), std::end(kDays), days) != std::end(kDays);
}

Value describe(const LogGroup& group, size_t metric_filters) {
  ObjectBuilder out;
  out.set("logGroupName", Value(group.name.name)).set("creationTime", Value(group.created_at.ms));
  if (group.retention_days) out.set("retentionInDays", Value(*group.retention_days));
  out.set("metricFilterCount", Value(static_cast<int64_t>(metric_filters)))
      .set("arn", Value(group_arn(group.name) + ":*"));
  if (!group.kms_key_id.empty()) out.set("kmsKeyId", Value(group.kms_key_id));
  out.set("logGroupClass", Value(group.group_class))
      .set("logGroupArn", Value(group_arn(group.name)));
  if (group.is_protected) out.set("deletionProtectionEnabled", Value(true));
  return std::move(out).build();
}

}  // namespace

// API CreateLogGroup.
ActionResult LogsService::create_log_group(const Request& request) {
  LogGroup group{
      .name = {request.account_id(), request.region, text_member(request.input, "logGroupName")},
      .created_at = request.received,
      .kms_key_id = text_member(request.input, "kmsKeyId"),
      .is_protected = flag_member(request.input, "deletionProtectionEnabled", false)};
  if (const std::string given = text_member(request.input, "logGroupClass"); !given.empty())
    group.group_class = given;
  if (const Value* tags = request.input.find("tags")) {
    for (const json::Member& tag : tags->members())
      group.tags[std::string(tag.name())] = tag.value.as_string();
  }
  if (!store_.find_group(group.name)) request.keep_answer(Value::object());
  const base::Result<bool> created = store_.create_group(group);
  if (!created) return as_api_error(created.error());
  if (!*created) {
    return aws::ApiError("ResourceAlreadyExistsException",
                         "The specified log group already exists");
  }
  return aws::Output();
}

// API DeleteLogGroup: with its filters.
ActionResult LogsService::delete_log_group(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  if (group.is_protected) {
    return aws::ApiError("ValidationException",
                         "The specified log group has deletion protection enabled.");
  }
  if (const auto deleted = store_.delete_group(group.name); !deleted)
    return as_api_error(deleted.error());
  store::Batch batch;
  const records::Owner owner{group.name.account, group.name.region};
  for (const std::string_view kind : {kMetricFilters, kSubscriptionFilters})
    records_.erase_all(batch, owner, kind, group.name.name + '\0');
  if (const auto erased = records_.commit(batch); !erased) return as_api_error(erased.error());
  forwarder_.forget(group.name);
  return aws::Output();
}

// API DescribeLogGroups.
ActionResult LogsService::describe_log_groups(const Request& request) {
  const Value& input = request.input;
  const std::string prefix = text_member(input, "logGroupNamePrefix");
  const std::string pattern = text_member(input, "logGroupNamePattern");
  if (!prefix.empty() && !pattern.empty()) {
    return invalid_parameter(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const std::string group_class = text_member(input, "logGroupClass");
  const Value* identifiers = input.find("logGroupIdentifiers");
  const auto is_named = [&](const LogGroup& group) {
    if (identifiers == nullptr) return true;
    const auto items = identifiers->items();
    return std::any_of(items.begin(), items.end(), [&](const Value& item) {
      const std::string text(item.as_string());
      return text == group.name.name || parse_group_arn(text) == group.name;
    });
  };
  const std::string start = PAWL_TRY(page_start(input));
  const size_t limit = page_size(input);
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const LogGroup& group : store_.groups(request.account_id(), request.region)) {
    const std::string& name = group.name.name;
    if (name <= start || !name.starts_with(prefix) || name.find(pattern) == std::string::npos ||
        (!group_class.empty() && group_class != group.group_class) || !is_named(group)) {
      continue;
    }
    if (page.size() == limit) {
      out.set("nextToken", Value(page_token(last)));
      break;
    }
    const auto filters = records_.list(owner_of(request), kMetricFilters, name + '\0');
    if (!filters) return as_api_error(filters.error());
    page.push_back(describe(group, filters->size()));
    last = name;
  }
  out.set("logGroups", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

// API ListLogGroups: the pattern is a part of the name, or a regular expression of it.
ActionResult LogsService::list_log_groups(const Request& request) {
  const Value& input = request.input;
  const std::string pattern = text_member(input, "logGroupNamePattern");
  const base::Result<text::Regex> regex = text::Regex::compile(pattern);
  if (!regex) return invalid_parameter("Invalid logGroupNamePattern: " + regex.error().message);
  const std::string group_class = text_member(input, "logGroupClass");
  const std::string start = PAWL_TRY(page_start(input));
  const size_t limit = page_size(input);
  std::vector<Value> page;
  std::string last;
  ObjectBuilder out;
  for (const LogGroup& group : store_.groups(request.account_id(), request.region)) {
    const std::string& name = group.name.name;
    if (name <= start || !regex->match(name) ||
        (!group_class.empty() && group_class != group.group_class))
      continue;
    if (page.size() == limit) {
      out.set("nextToken", Value(page_token(last)));
      break;
    }
    ObjectBuilder one;
    one.set("logGroupName", Value(name))
        .set("logGroupArn", Value(group_arn(group.name)))
        .set("logGroupClass", Value(group.group_class));
    page.push_back(std::move(one).build());
    last = name;
  }
  out.set("logGroups", Value::array(std::move(page)));
  return aws::Output(std::move(out).build());
}

// API PutRetentionPolicy.
ActionResult LogsService::put_retention_policy(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const int64_t days = integer_member(request.input, "retentionInDays");
  if (!is_retention(days)) {
    return invalid_parameter("1 validation error detected: Value '" + std::to_string(days) +
                             "' at 'retentionInDays' failed to satisfy constraint: Member must "
                             "satisfy enum value set");
  }
  PAWL_TRY_VOID(change_group(group.name, [&](LogGroup& kept) { kept.retention_days = days; }));
  return aws::Output();
}

// API DeleteRetentionPolicy.
ActionResult LogsService::delete_retention_policy(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  PAWL_TRY_VOID(change_group(group.name, [](LogGroup& kept) { kept.retention_days.reset(); }));
  return aws::Output();
}

// API AssociateKmsKey: of a group, by name or as arn:…:log-group:NAME. The key is named, not used.
ActionResult LogsService::associate_kms_key(const Request& request) {
  const std::string resource = text_member(request.input, "resourceIdentifier");
  const LogGroup group = PAWL_TRY(find_group(
      request, resource.empty() ? text_member(request.input, "logGroupName") : resource));
  const std::string key = text_member(request.input, "kmsKeyId");
  PAWL_TRY_VOID(change_group(group.name, [&](LogGroup& kept) { kept.kms_key_id = key; }));
  return aws::Output();
}

// API DisassociateKmsKey.
ActionResult LogsService::disassociate_kms_key(const Request& request) {
  const std::string resource = text_member(request.input, "resourceIdentifier");
  const LogGroup group = PAWL_TRY(find_group(
      request, resource.empty() ? text_member(request.input, "logGroupName") : resource));
  PAWL_TRY_VOID(change_group(group.name, [](LogGroup& kept) { kept.kms_key_id.clear(); }));
  return aws::Output();
}

// API PutLogGroupDeletionProtection.
ActionResult LogsService::put_deletion_protection(const Request& request) {
  const LogGroup group = PAWL_TRY(find_group(request));
  const bool is_protected = flag_member(request.input, "deletionProtectionEnabled", false);
  PAWL_TRY_VOID(
      change_group(group.name, [&](LogGroup& kept) { kept.is_protected = is_protected; }));
  return aws::Output();
}

}  // namespace pawl::logs
