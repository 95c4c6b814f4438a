// SPDX-License-Identifier: Apache-2.0
// API of code signing configurations: kept and shown. Nothing here is signed, so no signature is
// ever checked.
#include <limits>

#include "aws/arn.h"
#include "json/members.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr ResourceKind kKind = ResourceKind::CodeSigningConfig;
constexpr std::string_view kSetting = "codeSigning";
constexpr size_t kIdCharacters = 17;

std::string id_of(const Value& input) {
  const std::string arn = text_member(input, "CodeSigningConfigArn");
  return arn.substr(arn.rfind(':') + 1);
}

std::string arn_of(const ResourceScope& scope, const std::string& id) {
  return "arn:" + std::string(aws::partition_of(scope.region)) + ":lambda:" + scope.region + ":" +
         scope.account + ":code-signing-config:" + id;
}

Value wrapped(const Value& config) {
  ObjectBuilder out;
  out.set("CodeSigningConfig", config.without_member("tags"));
  return std::move(out).build();
}

aws::ApiError cannot_find(const std::string& arn) {
  return resource_not_found("The Lambda code signing configuration " + arn + " can not be found.");
}

Value policies(const Value& input) {
  const Value* given = member_of(input, "CodeSigningPolicies");
  if (given != nullptr) return *given;
  ObjectBuilder out;
  out.set("UntrustedArtifactOnDeployment", Value("Warn"));
  return std::move(out).build();
}

}  // namespace

aws::ActionResult LambdaService::create_code_signing_config(const Request& request) {
  const Value& input = request.input;
  const ResourceScope scope = scope_of(request);
  const std::string id = "csc-" + random_lower_case(kIdCharacters);
  ObjectBuilder made;
  made.set("CodeSigningConfigId", Value(id))
      .set("CodeSigningConfigArn", Value(arn_of(scope, id)))
      .set("Description", Value(text_member(input, "Description")))
      .set("AllowedPublishers", *input.find("AllowedPublishers"))
      .set("CodeSigningPolicies", policies(input))
      .set("LastModified", Value(last_modified_text(now())));
  if (const Value* tags = member_of(input, "Tags")) made.set("tags", *tags);
  const Value config = std::move(made).build();
  store::Batch batch;
  resources_.put(batch, scope, kKind, id, 0, config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(wrapped(config));
}

aws::ActionResult LambdaService::update_code_signing_config(const Request& request) {
  const Value& input = request.input;
  const ResourceScope scope = scope_of(request);
  const std::lock_guard lock(changing_);
  std::optional<Value> config = PAWL_TRY(resources_.find(scope, kKind, id_of(input)));
  if (!config) return cannot_find(text_member(input, "CodeSigningConfigArn"));
  for (const char* member : {"Description", "AllowedPublishers", "CodeSigningPolicies"}) {
    if (const Value* given = member_of(input, member)) {
      config = config->with_member(member, *given);
    }
  }
  config = config->with_member("LastModified", Value(last_modified_text(now())));
  store::Batch batch;
  resources_.put(batch, scope, kKind, id_of(input), 0, *config);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output(wrapped(*config));
}

aws::ActionResult LambdaService::get_code_signing_config(const Request& request) {
  const std::optional<Value> config =
      PAWL_TRY(resources_.find(scope_of(request), kKind, id_of(request.input)));
  if (!config) return cannot_find(text_member(request.input, "CodeSigningConfigArn"));
  return aws::Output(wrapped(*config));
}

aws::ActionResult LambdaService::delete_code_signing_config(const Request& request) {
  const ResourceScope scope = scope_of(request);
  const std::string arn = text_member(request.input, "CodeSigningConfigArn");
  const std::lock_guard lock(changing_);
  if (!PAWL_TRY(resources_.find(scope, kKind, id_of(request.input)))) return cannot_find(arn);
  if (!PAWL_TRY(functions_signed_by(scope, arn)).empty()) {
    return resource_conflict("The code signing configuration " + arn +
                             " is used by a function. Delete it from the function first.");
  }
  store::Batch batch;
  resources_.erase(batch, scope, kKind, id_of(request.input));
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

aws::ActionResult LambdaService::list_code_signing_configs(const Request& request) {
  std::vector<std::pair<std::string, Value>> items;
  PAWL_TRY_VOID(resources_.visit(scope_of(request), kKind, "", 0,
                                 [&](const std::string& id, uint64_t, Value config) {
                                   items.emplace_back(id, config.without_member("tags"));
                                   return true;
                                 }));
  return list_page(request, "code signing configs", "CodeSigningConfigs", std::move(items));
}

ApiResult<std::vector<std::string>> LambdaService::functions_signed_by(
    const ResourceScope& scope, const std::string& config_arn) const {
  std::vector<std::string> found;
  for (const std::string& name : PAWL_TRY(
           store_.names(scope.account, scope.region, "", std::numeric_limits<size_t>::max()))) {
    const FunctionKey key{scope.account, scope.region, name};
    const std::optional<Value> setting =
        PAWL_TRY(store_.part(key, FunctionPart::Setting, kSetting));
    if (setting && text_member(*setting, "arn") == config_arn) found.push_back(key.arn());
  }
  return found;
}

aws::ActionResult LambdaService::list_functions_by_code_signing_config(const Request& request) {
  const ResourceScope scope = scope_of(request);
  const std::string arn = text_member(request.input, "CodeSigningConfigArn");
  if (!PAWL_TRY(resources_.find(scope, kKind, id_of(request.input)))) return cannot_find(arn);
  std::vector<std::pair<std::string, Value>> items;
  for (const std::string& function : PAWL_TRY(functions_signed_by(scope, arn))) {
    items.emplace_back(function, Value(function));
  }
  return list_page(request, "functions of " + arn, "FunctionArns", std::move(items));
}

ApiResult<void> LambdaService::put_code_signing(store::Batch& batch, const Request& request,
                                                const FunctionKey& key,
                                                const std::string& config_arn) const {
  const std::string id = config_arn.substr(config_arn.rfind(':') + 1);
  if (!PAWL_TRY(resources_.find(scope_of(request), kKind, id))) {
    aws::ApiError error("CodeSigningConfigNotFoundException",
                        "The code signing configuration cannot be found. Check that the provided "
                        "configuration is not deleted: " +
                            config_arn + ".",
                        404);
    error.members = error.members.with_member("Type", Value("User"));
    return error;
  }
  ObjectBuilder setting;
  setting.set("arn", Value(config_arn));
  store_.put_part(batch, key, FunctionPart::Setting, kSetting, std::move(setting).build());
  return {};
}

aws::ActionResult LambdaService::put_function_code_signing(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::string arn = text_member(request.input, "CodeSigningConfigArn");
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  store::Batch batch;
  PAWL_TRY_VOID(put_code_signing(batch, request, reference.key, arn));
  PAWL_TRY_VOID(store_.commit(batch));
  ObjectBuilder out;
  out.set("CodeSigningConfigArn", Value(arn)).set("FunctionName", Value(reference.key.name));
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::get_function_code_signing(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  const std::optional<Value> setting =
      PAWL_TRY(store_.part(reference.key, FunctionPart::Setting, kSetting));
  ObjectBuilder out;
  if (setting) {
    out.set("CodeSigningConfigArn", *setting->find("arn"))
        .set("FunctionName", Value(reference.key.name));
  }
  return aws::Output(std::move(out).build());
}

aws::ActionResult LambdaService::delete_function_code_signing(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const std::lock_guard lock(changing_);
  PAWL_TRY_VOID(require_function(reference.key, reference.arn()));
  store::Batch batch;
  store_.erase_part(batch, reference.key, FunctionPart::Setting, kSetting);
  PAWL_TRY_VOID(store_.commit(batch));
  return aws::Output();
}

}  // namespace pawl::lambda
