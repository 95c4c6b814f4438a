// SPDX-License-Identifier: Apache-2.0
// PutParameter.

#include "aws/service/input_members.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/ssm/api.h"
#include "services/ssm/secure_string.h"
#include "services/ssm/service.h"
#include "store/sealing/aes_gcm.h"
#include "text/regex.h"

namespace pawl::ssm {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kStandardMax = 4096;
constexpr size_t kAdvancedMax = 8192;
constexpr const char* kDefaultKey = "alias/aws/ssm";

ApiResult<void> check_size(const std::string& tier, size_t bytes) {
  if (tier == "Standard" && bytes > kStandardMax) {
    return aws::validation_exception(
        "Standard tier parameters support a maximum parameter value of 4096 characters. To create "
        "a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For "
        "more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/"
        "parameter-store-advanced-parameters.html");
  }
  if (bytes > kAdvancedMax) {
    return aws::validation_exception(
        "Advanced tier parameters support a maximum parameter value of 8192 characters.");
  }
  return {};
}

ApiResult<void> check_pattern(const std::string& pattern, const std::string& value) {
  if (pattern.empty()) return {};
  const auto regex = text::Regex::compile(pattern);
  if (!regex) {
    return ApiError("InvalidAllowedPatternException",
                    "The regular expression isn't valid: " + pattern);
  }
  if (!regex->matches_whole(value)) {
    return ApiError("ParameterPatternMismatchException",
                    "Parameter value, cannot be validated against allowedPattern: " + pattern);
  }
  return {};
}

ApiResult<void> check_policies(const std::string& policies, const std::string& tier) {
  if (policies.empty()) return {};
  if (tier == "Standard") {
    return aws::validation_exception(
        "Standard tier parameters don't support parameter policies. To use parameter policies, "
        "upgrade the parameter to the advanced-parameter tier.");
  }
  const auto parsed = json::parse(policies);
  if (!parsed || !parsed->is_array()) {
    return ApiError("InvalidPolicyAttributeException",
                    "The policies of a parameter must be an array of JSON objects.");
  }
  for (const Value& each : parsed->items()) {
    const std::string type = text_member(each, "Type");
    if (type != "Expiration" && type != "ExpirationNotification" && type != "NoChangeNotification")
      return ApiError("InvalidPolicyTypeException", "Invalid policy type: " + type);
  }
  return {};
}

/// The new version as the input has it, checked as far as that can be without the one before.
ApiResult<Version> plan_version(const Request& request) {
  const Value& input = request.input;
  PAWL_TRY_VOID(check_new_name(text_member(input, "Name")));
  Version version;
  version.value = text_member(input, "Value");
  if (version.value.empty()) {
    return aws::validation_exception(
        "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member "
        "must have length greater than or equal to 1.");
  }
  if (flag_member(input, "Overwrite") && !items_member(input, "Tags").empty()) {
    return aws::validation_exception(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with "
        "tags, please remove overwrite flag. To update tags for an existing parameter, please use "
        "AddTagsToResource or RemoveTagsFromResource.");
  }
  version.type = text_member(input, "Type");
  version.description = text_member(input, "Description");
  version.allowed_pattern = text_member(input, "AllowedPattern");
  version.policies = text_member(input, "Policies");
  version.data_type = find_text(input, "DataType").value_or("text");
  version.key_id = text_member(input, "KeyId");
  version.user_arn = request.principal.arn;
  version.tier = text_member(input, "Tier");
  if (version.tier == "Intelligent-Tiering") {
    const bool needs_more = version.value.size() > kStandardMax || !version.policies.empty();
    version.tier = needs_more ? "Advanced" : "Standard";
  }
  PAWL_TRY_VOID(check_pattern(version.allowed_pattern, version.value));
  if (version.data_type != "text" && version.data_type != "aws:ec2:image" &&
      version.data_type != "aws:ssm:integration") {
    return aws::validation_exception("The following data type is not supported: " +
                                     version.data_type + " (Data type names are all lowercase.)");
  }
  return version;
}

}  // namespace

void SsmService::put_parameter(Request request, aws::Reply reply) {
  ApiResult<Version> planned = plan_version(request);
  if (!planned) {
    reply(planned.error());
    return;
  }
  Version version = *std::move(planned);
  const Scope scope = scope_of(request);
  const std::string name = text_member(request.input, "Name");
  // What is overwritten keeps its type, key and tier.
  std::string type = version.type;
  if (const auto there = parameters_.find(scope, name); there && *there) {
    const auto before = parameters_.find_version(**there, (*there)->newest);
    if (before && *before) {
      if (type.empty()) type = (*before)->type;
      if (version.key_id.empty()) version.key_id = (*before)->key_id;
      if (version.tier.empty()) version.tier = (*before)->tier;
    }
  }
  if (type != "SecureString") {
    ActionResult result = put_version(request, std::move(version));
    if (result) result->after_sync = true;
    reply(std::move(result));
    return;
  }
  if (version.key_id.empty()) version.key_id = kDefaultKey;
  put_secure(std::move(request), std::move(reply), std::move(version));
}

/// With a data key of KMS's.
void SsmService::put_secure(Request request, aws::Reply reply, Version version) {
  const std::string name = text_member(request.input, "Name");
  const std::string arn = Parameter{.scope = scope_of(request), .name = name}.arn();
  ObjectBuilder context;
  context.set("PARAMETER_ARN", Value(arn));
  ObjectBuilder input;
  input.set("KeyId", Value(version.key_id))
      .set("KeySpec", Value("AES_256"))
      .set("EncryptionContext", std::move(context).build());
  aws::Call call{.service = "kms",
                 .operation = "GenerateDataKey",
                 .input = std::move(input).build(),
                 .region = request.region,
                 .principal = key_user(version.key_id, request.principal)};
  struct Waiting {
    Request request;
    aws::Reply reply;
    Version version;
  };
  auto waiting =
      std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply), std::move(version)});
  options_.caller.call(
      std::move(call), [this, waiting, arn, is_there = is_there_](const ApiResult<Value>& made) {
        if (!*is_there) return;
        if (!made) {
          waiting->reply(invalid_key(made.error(), waiting->request.request_id));
          return;
        }
        std::string key = aws::find_blob(*made, "Plaintext").value_or("");
        if (key.size() != store::kAesKeyBytes) {
          waiting->reply(aws::internal_failure("KMS gave no data key"));
          return;
        }
        // Sizes are the value's, not the envelope's: they are checked before it is closed.
        const std::string tier = waiting->version.tier.empty() ? "Standard" : waiting->version.tier;
        if (const auto fits = check_size(tier, waiting->version.value.size()); !fits) {
          waiting->reply(fits.error());
          return;
        }
        std::string sealed = close_envelope(
            key, aws::find_blob(*made, "CiphertextBlob").value_or(""), waiting->version.value, arn);
        store::wipe(key);
        store::wipe(waiting->version.value);
        waiting->version.value = std::move(sealed);
        waiting->version.type = "SecureString";
        ActionResult result = put_version(waiting->request, std::move(waiting->version));
        if (result) result->after_sync = true;
        waiting->reply(std::move(result));
      });
}

ActionResult SsmService::put_version(const Request& request, Version version) {
  const Value& input = request.input;
  const std::lock_guard lock(mutex_);
  Parameter parameter;
  parameter.scope = scope_of(request);
  parameter.name = text_member(input, "Name");
  std::optional<Parameter> there =
      PAWL_TRY(from_store(parameters_.find(parameter.scope, parameter.name)));
  store::Batch batch;
  std::optional<Version> before;
  if (there) {
    if (!flag_member(input, "Overwrite")) {
      return ApiError("ParameterAlreadyExists",
                      "The parameter already exists. To overwrite this value, set the overwrite "
                      "option in the request to true.");
    }
    parameter = *std::move(there);
    before = PAWL_TRY(from_store(parameters_.find_version(parameter, parameter.newest)));
  } else {
    if (version.type.empty()) {
      return aws::validation_exception("A parameter type is required when you create a parameter.");
    }
    for (const Value& tag : items_member(input, "Tags"))
      parameter.tags.emplace_back(text_member(tag, "Key"), text_member(tag, "Value"));
  }
  if (before) {
    if (version.type.empty()) version.type = before->type;
    if (version.tier.empty()) version.tier = before->tier;
    if (input.find("Description") == nullptr) version.description = before->description;
    if (before->tier == "Advanced" && version.tier == "Standard") {
      return aws::validation_exception(
          "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from "
          "the advanced-parameter tier to the standard-parameter tier. If necessary, you can "
          "delete the advanced parameter and recreate it as a standard parameter.");
    }
  }
  if (version.tier.empty()) version.tier = "Standard";
  if (version.type != "SecureString") PAWL_TRY_VOID(check_size(version.tier, version.value.size()));
  PAWL_TRY_VOID(check_policies(version.policies, version.tier));
  if (parameter.newest - parameter.oldest + 1 >= static_cast<int64_t>(kVersionsMax) && before) {
    if (!parameter.labels_of(parameter.oldest).empty()) {
      return ApiError("ParameterMaxVersionLimitExceeded",
                      "You attempted to create a new version of " + parameter.name +
                          " by calling the PutParameter API with the overwrite flag. Version " +
                          std::to_string(parameter.oldest) +
                          ", the oldest version, can't be deleted because it has a label "
                          "associated with it. Move the label to another version of the parameter, "
                          "and try again.");
    }
    parameters_.erase_version(batch, parameter, parameter.oldest);
    ++parameter.oldest;
  }
  version.number = ++parameter.newest;
  if (parameter.oldest == 0) parameter.oldest = 1;
  version.modified_ms = now_ms();
  parameters_.put_version(batch, parameter, version);
  parameters_.put(batch, parameter);
  ObjectBuilder out;
  out.set("Version", Value(version.number)).set("Tier", Value(version.tier));
  Value output = std::move(out).build();
  PAWL_TRY_VOID(commit(request, batch, output));
  announce(request, parameter, version.type, before ? "Update" : "Create");
  return output;
}

}  // namespace pawl::ssm
