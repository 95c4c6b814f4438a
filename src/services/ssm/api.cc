// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/api.h"

#include <algorithm>
#include <array>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::ssm {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::array<std::string_view, 6> kDescribeKeys = {"Name",  "Path", "Type",
                                                           "KeyId", "Tier", "DataType"};
constexpr std::array<std::string_view, 3> kPathKeys = {"Type", "KeyId", "Label"};

bool is_below(const std::string& name, std::string folder, bool is_recursive) {
  if (!folder.ends_with('/')) folder += '/';
  if (!name.starts_with(folder)) return false;
  return is_recursive || name.find('/', folder.size()) == std::string::npos;
}

/// The texts of a parameter that a filter looks at.
std::vector<std::string> texts_for(const std::string& key, const Parameter& parameter,
                                   const Version& version) {
  if (key == "Name") return {parameter.name};
  if (key == "Type") return {version.type};
  if (key == "KeyId") return {version.key_id};
  if (key == "Tier") return {version.tier};
  if (key == "DataType") return {version.data_type};
  if (key == "Label") return parameter.labels_of(version.number);
  std::vector<std::string> values;
  for (const auto& [tag, value] : parameter.tags)
    if (key == "tag:" + tag) values.push_back(value);
  return values;
}

}  // namespace

ApiError parameter_not_found() { return {"ParameterNotFound", std::nullopt}; }

ApiError invalid_key(const ApiError& of_kms, const std::string& request_id) {
  return {"InvalidKeyId", of_kms.message.value_or("") +
                              " (Service: AWSKMS; Status Code: 400; Error Code: " + of_kms.code +
                              "; Request ID: " + request_id + "; Proxy: null)"};
}

aws::Principal key_user(const std::string& key_id, const aws::Principal& caller) {
  if (!key_id.ends_with("alias/aws/ssm")) return caller;
  return aws::service_principal(caller.account_id, "ssm.amazonaws.com");
}

Value policies_value(const Version& version) {
  std::vector<Value> list;
  const auto parsed = json::parse(version.policies);
  if (parsed && parsed->is_array()) {
    for (const Value& each : parsed->items()) {
      ObjectBuilder out;
      out.set("PolicyText", Value(json::write(each)))
          .set("PolicyType", Value(text_member(each, "Type")))
          .set("PolicyStatus", Value("Pending"));
      list.push_back(std::move(out).build());
    }
  }
  return Value::array(std::move(list));
}

void describe(ObjectBuilder& out, const Parameter& parameter, const Version& version) {
  out.set("Name", Value(parameter.name)).set("Type", Value(version.type));
  if (version.type == "SecureString") out.set("KeyId", Value(version.key_id));
  out.set("LastModifiedDate", aws::time_value(version.modified_ms))
      .set("LastModifiedUser", Value(version.user_arn));
  if (!version.description.empty()) out.set("Description", Value(version.description));
  if (!version.allowed_pattern.empty()) out.set("AllowedPattern", Value(version.allowed_pattern));
  out.set("Version", Value(version.number))
      .set("Tier", Value(version.tier))
      .set("Policies", policies_value(version))
      .set("DataType", Value(version.data_type));
}

ApiResult<std::string> page_start(const Value& input) {
  std::optional<std::string> start = base::base64_decode(text_member(input, "NextToken"));
  if (!start) return ApiError("InvalidNextToken", "The specified token isn't valid.");
  return *std::move(start);
}

Value page_token(const std::string& last) { return Value(base::base64_encode(last)); }

ApiResult<std::vector<Filter>> filters_member(const Value& input, bool by_path) {
  std::vector<Filter> filters;
  for (const Value& each : items_member(input, "Filters")) {
    const std::string key = text_member(each, "Key");
    filters.push_back({key, key == "Name" ? "BeginsWith" : "Equals", texts_member(each, "Values")});
  }
  for (const Value& each : items_member(input, "ParameterFilters")) {
    Filter filter{text_member(each, "Key"), text_member(each, "Option"),
                  texts_member(each, "Values")};
    const bool is_known =
        by_path ? std::find(kPathKeys.begin(), kPathKeys.end(), filter.key) != kPathKeys.end()
                : filter.key.starts_with("tag:") ||
                      std::find(kDescribeKeys.begin(), kDescribeKeys.end(), filter.key) !=
                          kDescribeKeys.end();
    if (!is_known) {
      return ApiError("InvalidFilterKey",
                      "The following filter key is not valid: " + filter.key + ".");
    }
    const bool is_path = filter.key == "Path";
    if (filter.option.empty()) filter.option = is_path ? "OneLevel" : "Equals";
    const bool fits = is_path ? filter.option == "Recursive" || filter.option == "OneLevel"
                              : filter.option == "Equals" || filter.option == "BeginsWith" ||
                                    (filter.key == "Name" && filter.option == "Contains");
    if (!fits) {
      return ApiError("InvalidFilterOption",
                      "The following filter option is not valid: " + filter.option +
                          ". Valid options include: " +
                          (is_path ? "[Recursive, OneLevel]" : "[BeginsWith, Equals]") + ".");
    }
    if (filter.values.empty() && !filter.key.starts_with("tag:")) {
      return ApiError(
          "InvalidFilterValue",
          "The following filter values are missing : null for filter key " + filter.key);
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

bool passes(const Filter& filter, const Parameter& parameter, const Version& version) {
  const auto matches = [&](const std::string& text, const std::string& value) {
    if (filter.option == "BeginsWith") return text.starts_with(value);
    if (filter.option == "Contains") return text.find(value) != std::string::npos;
    return text == value;
  };
  if (filter.key == "Path") {
    return std::any_of(filter.values.begin(), filter.values.end(), [&](const std::string& path) {
      return is_below(parameter.name, path, filter.option == "Recursive");
    });
  }
  const std::vector<std::string> texts = texts_for(filter.key, parameter, version);
  if (filter.values.empty()) return !texts.empty();
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    return std::any_of(filter.values.begin(), filter.values.end(),
                       [&](const std::string& value) { return matches(text, value); });
  });
}

}  // namespace pawl::ssm
