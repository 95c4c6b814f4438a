// SPDX-License-Identifier: Apache-2.0
#include "services/s3/configuration_checks.h"

#include <algorithm>

#include "base/bytes.h"
#include "services/s3/encryption.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/lifecycle.h"
#include "services/s3/tags.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kCorsRulesMax = 100;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

Value with_rules(std::vector<Value> rules) {
  ObjectBuilder out;
  out.set("Rules", Value::array(std::move(rules)));
  return std::move(out).build();
}

aws::ApiError other_location(const Bucket& source, const Bucket& target) {
  aws::ApiError made =
      error("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ", 403,
            {{"TargetBucketLocation", target.region}});
  if (source.region != "us-east-1") {
    made.members = made.members.with_member("SourceBucketLocation", Value(source.region));
  }
  return made;
}

}  // namespace

ApiResult<Value> check_cors(const PutContext&, const Value& given) {
  const auto rules = Input(given).items("CORSRules");
  if (rules.empty() || rules.size() > kCorsRulesMax) return malformed_xml();
  for (const Value& rule : rules) {
    const auto methods = Input(rule).items("AllowedMethods");
    if (methods.empty() || Input(rule).items("AllowedOrigins").empty()) return malformed_xml();
    for (const Value& method : methods) {
      const std::string name(method.is_string() ? method.as_string() : "");
      if (!is_one_of(name, {"GET", "PUT", "HEAD", "POST", "DELETE"})) {
        return invalid_request(
            "Found unsupported HTTP method in CORS config. Unsupported method is " + name);
      }
    }
    for (const Value& origin : Input(rule).items("AllowedOrigins")) {
      const std::string text(origin.is_string() ? origin.as_string() : "");
      if (std::count(text.begin(), text.end(), '*') > 1) {
        return invalid_request("AllowedOrigin \"" + text +
                               "\" can not have more than one wildcard.");
      }
    }
  }
  return given;
}

ApiResult<Value> check_tagging(const PutContext& context, const Value& given) {
  const bool is_system = !context.request.principal.via_service.empty();
  const Pairs tags = PAWL_TRY(read_tags(Input(given).items("TagSet"),
                                        is_system ? TagOwner::SystemBucket : TagOwner::Bucket));
  if (tags.empty()) return Value();
  ObjectBuilder out;
  out.set("TagSet", tag_list(tags));
  return std::move(out).build();
}

ApiResult<Value> check_encryption(const PutContext&, const Value& given) {
  PAWL_TRY_VOID(check_encryption_configuration(given));
  std::vector<Value> rules;
  for (const Value& rule : Input(given).items("Rules")) {
    rules.push_back(Input(rule).has("BucketKeyEnabled")
                        ? rule
                        : rule.with_member("BucketKeyEnabled", Value(false)));
  }
  return with_rules(std::move(rules));
}

ApiResult<Value> check_lifecycle_put(const PutContext& context, const Value& given) {
  const std::string size = Input(context.request.input).text("TransitionDefaultMinimumObjectSize");
  if (!size.empty() && !is_one_of(size, {"varies_by_storage_class", "all_storage_classes_128K"})) {
    return invalid_request("Invalid TransitionDefaultMinimumObjectSize found: " + size);
  }
  const Value checked = PAWL_TRY(check_lifecycle(given));
  return checked.with_member("TransitionDefaultMinimumObjectSize",
                             Value(size.empty() ? "all_storage_classes_128K" : size));
}

ApiResult<Value> check_public_access(const PutContext&, const Value& given) {
  ObjectBuilder out;
  for (const std::string_view name :
       {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    out.set(name, Value(Input(given).is_true(name)));
  }
  return std::move(out).build();
}

ApiResult<Value> check_ownership_controls(const PutContext&, const Value& given) {
  const auto rules = Input(given).items("Rules");
  if (rules.size() != 1 ||
      !is_one_of(Input(rules[0]).text("ObjectOwnership"),
                 {"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"})) {
    return malformed_xml();
  }
  return given;
}

ApiResult<Value> check_website(const PutContext&, const Value& given) {
  const Input input(given);
  if (input.has("RedirectAllRequestsTo")) {
    if (given.size() > 1) {
      return invalid_argument(
          "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
          "RedirectAllRequestsTo", "not null");
    }
    return given;
  }
  const Value* index = input.find("IndexDocument");
  if (index == nullptr) {
    return invalid_argument(
        "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
        "IndexDocument", "null");
  }
  const std::string suffix = Input(*index).text("Suffix");
  if (suffix.empty() || suffix.find('/') != std::string::npos) {
    return invalid_argument("The IndexDocument Suffix is not well formed", "IndexDocument", suffix);
  }
  const Value* failure = input.find("ErrorDocument");
  if (failure != nullptr && Input(*failure).text("Key").empty()) {
    return invalid_argument("The ErrorDocument Key is not well formed", "ErrorDocument", "");
  }
  return given;
}

ApiResult<Value> check_logging(const PutContext& context, const Value& given) {
  const Value* enabled = Input(given).find("LoggingEnabled");
  if (enabled == nullptr) return Value();
  const std::string name = Input(*enabled).text("TargetBucket");
  const auto target = PAWL_TRY(context.storage.metadata().find_bucket(name));
  if (!target || target->account != context.bucket.account) {
    return error("InvalidTargetBucketForLogging", "The target bucket for logging does not exist",
                 400, {{"TargetBucket", name}});
  }
  if (target->region != context.bucket.region) return other_location(context.bucket, *target);
  return given;
}

ApiResult<Value> check_acceleration(const PutContext& context, const Value& given) {
  if (context.bucket.name.find('.') != std::string::npos) {
    return invalid_request(
        "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
  }
  if (!is_one_of(Input(given).text("Status"), {"Enabled", "Suspended"})) return malformed_xml();
  return given;
}

ApiResult<Value> check_request_payment(const PutContext&, const Value& given) {
  if (!is_one_of(Input(given).text("Payer"), {"Requester", "BucketOwner"})) return malformed_xml();
  return given;
}

ApiResult<Value> check_replication(const PutContext& context, const Value& given) {
  const auto rules = Input(given).items("Rules");
  if (context.bucket.versioning != Versioning::Enabled) {
    return invalid_request(
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  if (rules.empty()) return malformed_xml();
  std::vector<Value> kept;
  for (const Value& rule : rules) {
    const Value* destination = Input(rule).find("Destination");
    constexpr std::string_view kArn = "arn:aws:s3:::";
    const std::string arn = destination == nullptr ? "" : Input(*destination).text("Bucket");
    const auto bucket =
        arn.starts_with(kArn)
            ? PAWL_TRY(context.storage.metadata().find_bucket(arn.substr(kArn.size())))
            : std::nullopt;
    if (!bucket || bucket->versioning != Versioning::Enabled) {
      return invalid_request("Destination bucket must have versioning enabled.");
    }
    kept.push_back(Input(rule).has("ID")
                       ? rule
                       : rule.with_member("ID", Value(base::hex_encode(random_bytes(16)))));
  }
  return given.with_member("Rules", Value::array(std::move(kept)));
}

ApiResult<Value> check_object_lock(const PutContext& context, const Value& given) {
  const Input input(given);
  if (context.bucket.versioning != Versioning::Enabled) {
    return error("InvalidBucketState",
                 "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
                 409);
  }
  if (input.text("ObjectLockEnabled") != "Enabled") return malformed_xml();
  if (const Value* rule = input.find("Rule")) {
    const Value* retention = Input(*rule).find("DefaultRetention");
    if (retention == nullptr) return malformed_xml();
    const Input how(*retention);
    if (!is_one_of(how.text("Mode"), {"GOVERNANCE", "COMPLIANCE"}) ||
        how.has("Days") == how.has("Years")) {
      return malformed_xml();
    }
    const std::string_view unit = how.has("Days") ? "Days" : "Years";
    if (how.integer(unit).value_or(0) <= 0) {
      return invalid_argument("Default retention period must be a positive integer value.", unit,
                              std::to_string(how.integer(unit).value_or(0)));
    }
  }
  return given;
}

ApiResult<Value> check_with_id(const PutContext& context, const Value& given) {
  if (Input(given).text("Id") != Input(context.request.input).text("Id")) return malformed_xml();
  return given;
}

}  // namespace pawl::s3
