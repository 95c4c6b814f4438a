// SPDX-License-Identifier: Apache-2.0
#include "services/s3/lifecycle.h"

#include <algorithm>
#include <set>

#include "aws/protocol/timestamp_text.h"
#include "base/bytes.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using json::Value;

constexpr int64_t kDayMs = 86'400'000;
constexpr size_t kIdBytesMax = 255;

ApiResult<void> check_filter(const Value& filter) {
  if (!filter.is_object()) return malformed_xml();
  if (filter.size() > 1) return malformed_xml();
  const Value* both = filter.find("And");
  if (both == nullptr) return {};
  std::set<std::string> keys;
  for (const Value& tag : Input(*both).items("Tags")) {
    if (!keys.insert(Input(tag).text("Key")).second) {
      return invalid_request("Duplicate Tag Keys are not allowed.");
    }
  }
  return {};
}

ApiResult<void> check_expiration(const Value& expiration) {
  const Input input(expiration);
  if (expiration.size() != 1) return malformed_xml();
  if (const auto days = input.integer("Days"); days && *days <= 0) {
    return invalid_argument("'Days' for Expiration action must be a positive integer", "Days",
                            std::to_string(*days));
  }
  const auto date = input.time("Date");
  if (date && date->ms % kDayMs != 0) {
    return invalid_argument("'Date' must be at midnight GMT", "Date", base::format_iso8601(*date));
  }
  return {};
}

ApiResult<Value> check_rule(const Value& rule, std::set<std::string>& ids) {
  static constexpr std::string_view kActions[] = {
      "Expiration", "Transitions", "NoncurrentVersionTransitions", "NoncurrentVersionExpiration",
      "AbortIncompleteMultipartUpload"};
  const Input input(rule);
  const std::string status = input.text("Status");
  if (status != "Enabled" && status != "Disabled") return malformed_xml();
  if (!input.has("Filter") && !input.has("Prefix")) return malformed_xml();
  if (const Value* filter = input.find("Filter")) PAWL_TRY_VOID(check_filter(*filter));
  const Value* noncurrent = input.find("NoncurrentVersionExpiration");
  if (noncurrent != nullptr && !Input(*noncurrent).has("NoncurrentDays")) return malformed_xml();
  if (const Value* expiration = input.find("Expiration")) {
    PAWL_TRY_VOID(check_expiration(*expiration));
  }
  if (std::none_of(std::begin(kActions), std::end(kActions),
                   [&](std::string_view action) { return input.has(action); })) {
    return invalid_request("At least one action needs to be specified in a rule");
  }
  std::string id = input.text("ID");
  if (id.size() > kIdBytesMax) {
    return invalid_argument("ID length should not exceed allowed limit of 255", "id");
  }
  const bool is_given = !id.empty();
  if (!is_given) id = base::base64_encode(random_bytes(24));
  if (!ids.insert(id).second) {
    return invalid_argument("Rule ID must be unique. Found same ID for more than one rule", "id");
  }
  return is_given ? rule : rule.with_member("ID", Value(id));
}

bool has_tag(const ObjectVersion& version, const Value& tag) {
  const std::string* value = find_pair(version.attributes.tags, Input(tag).text("Key"));
  return value != nullptr && *value == Input(tag).text("Value");
}

/// Prefix, sizes and tags of a filter or of its And.
bool passes(const Value& filter, const ObjectVersion& version) {
  const Input input(filter);
  if (const Value* both = input.find("And")) return passes(*both, version);
  if (!version.key.starts_with(input.text("Prefix"))) return false;
  const auto size = static_cast<int64_t>(version.size);
  if (const auto least = input.integer("ObjectSizeGreaterThan"); least && size <= *least)
    return false;
  if (const auto most = input.integer("ObjectSizeLessThan"); most && size >= *most) return false;
  if (const Value* tag = input.find("Tag"); tag != nullptr && !has_tag(version, *tag)) return false;
  const auto tags = input.items("Tags");
  return std::all_of(tags.begin(), tags.end(),
                     [&](const Value& tag) { return has_tag(version, tag); });
}

/// Calls `visit(rule)` for each enabled rule that is for the version.
template <typename Visit>
void for_each_rule(const Value& configuration, const ObjectVersion& version, Visit visit) {
  for (const Value& each : Input(configuration).items("Rules")) {
    const Input rule(each);
    if (rule.text("Status") != "Enabled") continue;
    const Value* filter = rule.find("Filter");
    if (filter != nullptr ? !passes(*filter, version)
                          : !version.key.starts_with(rule.text("Prefix"))) {
      continue;
    }
    visit(rule);
  }
}

/// "S3 … rounds the resulting time to the next day at midnight UTC."
base::Timestamp day_after(base::Timestamp time, int64_t days) {
  return {(time.ms + days * kDayMs + kDayMs - 1) / kDayMs * kDayMs};
}

}  // namespace

ApiResult<Value> check_lifecycle(const Value& configuration) {
  const auto rules = Input(configuration).items("Rules");
  if (rules.empty()) return malformed_xml();
  std::set<std::string> ids;
  std::vector<Value> kept;
  for (const Value& rule : rules) kept.push_back(PAWL_TRY(check_rule(rule, ids)));
  json::ObjectBuilder out;
  out.set("Rules", Value::array(std::move(kept)));
  return std::move(out).build();
}

std::optional<Expiry> expiry_of(const Value& configuration, const ObjectVersion& version) {
  std::optional<Expiry> first;
  for_each_rule(configuration, version, [&](const Input& rule) {
    const Value* expiration = rule.find("Expiration");
    if (expiration == nullptr) return;
    const Input input(*expiration);
    std::optional<base::Timestamp> time = input.time("Date");
    if (const auto days = input.integer("Days")) time = day_after(version.modified, *days);
    if (time && (!first || *time < first->time)) first = Expiry{*time, rule.text("ID")};
  });
  return first;
}

std::string expiration_header(const Expiry& expiry) {
  return "expiry-date=\"" + aws::format_http_date(expiry.time) + "\", rule-id=\"" + expiry.rule_id +
         "\"";
}

std::optional<NoncurrentRule> noncurrent_rule_of(const Value& configuration,
                                                 const ObjectVersion& version) {
  std::optional<NoncurrentRule> found;
  for_each_rule(configuration, version, [&](const Input& rule) {
    const Value* noncurrent = rule.find("NoncurrentVersionExpiration");
    if (noncurrent == nullptr) return;
    const Input input(*noncurrent);
    const NoncurrentRule one{input.integer("NoncurrentDays").value_or(0),
                             input.integer("NewerNoncurrentVersions").value_or(0)};
    if (!found || one.days < found->days) found = one;
  });
  return found;
}

bool removes_lone_markers(const Value& configuration, const ObjectVersion& marker) {
  bool removes = false;
  for_each_rule(configuration, marker, [&](const Input& rule) {
    const Value* expiration = rule.find("Expiration");
    if (expiration == nullptr) return;
    // A rule that expires objects takes the markers that it leaves behind along.
    const Input input(*expiration);
    removes = removes || input.is_true("ExpiredObjectDeleteMarker") || input.has("Days");
  });
  return removes;
}

std::optional<int64_t> abort_days_of(const Value& configuration, const Upload& upload) {
  ObjectVersion likeness;
  likeness.key = upload.key;
  std::optional<int64_t> days;
  for_each_rule(configuration, likeness, [&](const Input& rule) {
    const Value* abort = rule.find("AbortIncompleteMultipartUpload");
    if (abort == nullptr) return;
    const auto one = Input(*abort).integer("DaysAfterInitiation");
    if (one && (!days || *one < *days)) days = one;
  });
  return days;
}

}  // namespace pawl::s3
