// SPDX-License-Identifier: Apache-2.0
#include "services/states/configuration.h"

#include "aws/arn.h"
#include "json/members.h"
#include "services/states/api_errors.h"

namespace pawl::states {

namespace {

using json::Value;

constexpr int64_t kDataKeyReuseSecondsDefault = 300;

/// Developer Guide "Logging using CloudWatch Logs": one log group, its ARN with ":*" at the end.
aws::ApiResult<void> check_log_destination(const Value& destination) {
  const Value* group = destination.find("cloudWatchLogsLogGroup");
  const std::string arn = group == nullptr ? "" : text_member(*group, "logGroupArn");
  if (arn.empty()) return invalid_logging_configuration("Log Destination must be specified.");
  const auto parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "logs" || parsed->resource_type() != "log-group") {
    return invalid_logging_configuration("Invalid Log Group ARN: " + arn);
  }
  if (!arn.ends_with(":*")) {
    return invalid_logging_configuration("Log Group ARN must be provided with '*' qualifier.");
  }
  return {};
}

}  // namespace

aws::ApiResult<Value> complete_logging_configuration(const Value* given) {
  const Value nothing = Value::object();
  const Value& input = given == nullptr ? nothing : *given;
  const std::string level = text_member(input, "level");
  const Value* destinations = input.find("destinations");
  const size_t count = destinations == nullptr ? 0 : destinations->size();
  const bool is_off = level.empty() || level == "OFF";
  if (count > 1 || (!is_off && count == 0)) {
    return invalid_logging_configuration("Must specify exactly one Log Destination.");
  }
  json::ObjectBuilder out;
  out.set("level", Value(is_off ? "OFF" : level));
  out.set("includeExecutionData", Value(flag_member(input, "includeExecutionData")));
  if (count == 1) {
    PAWL_TRY_VOID(check_log_destination(destinations->items()[0]));
    out.set("destinations", *destinations);
  }
  return std::move(out).build();
}

Value complete_tracing_configuration(const Value* given) {
  const bool enabled = given != nullptr && flag_member(*given, "enabled");
  return Value::object().with_member("enabled", Value(enabled));
}

aws::ApiResult<Value> complete_encryption_configuration(const Value* given) {
  const std::string type = given == nullptr ? "AWS_OWNED_KEY" : text_member(*given, "type");
  json::ObjectBuilder out;
  out.set("type", Value(type));
  const Value* key = given == nullptr ? nullptr : given->find("kmsKeyId");
  const Value* period = given == nullptr ? nullptr : given->find("kmsDataKeyReusePeriodSeconds");
  if (type == "AWS_OWNED_KEY") {
    if (key != nullptr || period != nullptr) {
      return invalid_encryption_configuration(
          "kmsKeyId and kmsDataKeyReusePeriodSeconds cannot be specified for AWS_OWNED_KEY.");
    }
    return std::move(out).build();
  }
  if (key == nullptr) {
    return invalid_encryption_configuration(
        "kmsKeyId must be specified for CUSTOMER_MANAGED_KMS_KEY.");
  }
  out.set("kmsKeyId", *key);
  out.set("kmsDataKeyReusePeriodSeconds",
          period == nullptr ? Value(kDataKeyReuseSecondsDefault) : *period);
  return std::move(out).build();
}

aws::ApiResult<void> check_role_arn(std::string_view arn) {
  const auto parsed = aws::Arn::parse(arn);
  if (!parsed || parsed->service != "iam" || !parsed->resource.starts_with("role/") ||
      parsed->resource.size() == 5 || parsed->account_id.empty()) {
    return invalid_role_arn(arn);
  }
  return {};
}

}  // namespace pawl::states
