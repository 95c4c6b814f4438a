// SPDX-License-Identifier: Apache-2.0
// API CreateFunction.
#include "services/lambda/deployment_package.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::Value;

namespace {

constexpr size_t kNameMax = 64;
constexpr size_t kTagsMax = 50;

bool is_image(const Value& input) { return text_member(input, "PackageType") == "Image"; }

ApiResult<void> check_new_function(const Value& input, const FunctionKey& key) {
  if (key.name.size() > kNameMax) {
    return invalid_parameter("1 validation error detected: Value '" + key.name +
                             "' at 'functionName' failed to satisfy constraint: Member must have "
                             "length less than or equal to 64");
  }
  if (is_image(input)) {
    for (const char* member : {"Runtime", "Handler", "Layers"}) {
      if (member_of(input, member) == nullptr) continue;
      return invalid_parameter(std::string(member) +
                               " is not supported for functions created with container images.");
    }
    if (const Value* code = member_of(input, "Code");
        code == nullptr || member_of(*code, "ImageUri") == nullptr) {
      return invalid_parameter(
          "Please provide ImageUri when creating a function with packageType Image.");
    }
  } else if (member_of(input, "Runtime") == nullptr || member_of(input, "Handler") == nullptr) {
    return invalid_parameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  const Value* tags = member_of(input, "Tags");
  if (tags != nullptr && tags->size() > kTagsMax) {
    return invalid_parameter("Number of tags exceeds resource tag limit.");
  }
  return {};
}

aws::ApiError already_exists(const FunctionKey& key) {
  return resource_conflict("Function already exist: " + key.name);
}

}  // namespace

void LambdaService::create_function(Request request, aws::Reply reply) {
  const Value& input = request.input;
  const aws::ApiResult<FunctionReference> reference = function_reference(request);
  if (!reference) {
    // NOTE: of this operation alone AWS says no more than that (recorded).
    if (reference.error().code == "AccessDeniedException") {
      aws::ApiError denied("AccessDeniedException", std::nullopt);
      denied.status = 403;
      denied.members = denied.members.with_member("Message", Value());
      return reply(std::move(denied));
    }
    return reply(reference.error());
  }
  if (auto checked = check_new_function(input, reference->key); !checked) {
    return reply(std::move(checked).error());
  }
  with_package(std::move(request), std::move(reply), "Code",
               [this](const Request& each, const Package& package) {
                 return create_function_of(each, package);
               });
}

aws::ActionResult LambdaService::create_function_of(const Request& request,
                                                    const Package& package) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  if (package.image.uri.empty() == is_image(input)) {
    return invalid_parameter("The code that is provided does not match the packageType.");
  }
  FunctionRecord record;
  record.latest = default_revision(key, now());
  PAWL_TRY_VOID(apply_configuration(input, key, record.latest));
  if (const Value* layers = member_of(input, "Layers")) {
    set_layers(record.latest, PAWL_TRY(find_layers(resources_, *layers, request)));
  }
  set_package(record.latest, package);
  if (PAWL_TRY(store_.function(key))) return already_exists(key);
  if (package.is_zip()) {
    PAWL_TRY_VOID(invoker_->unpack(record.latest.code, package.zip));
  }

  const std::lock_guard lock(changing_);
  if (PAWL_TRY(store_.function(key))) {
    if (package.is_zip()) invoker_->forget_code(record.latest.code);
    return already_exists(key);
  }
  if (const Value* tags = member_of(input, "Tags")) record.tags = *tags;
  store::Batch batch;
  Value answer = shown(record.latest, key.arn(), now());
  const Value* publish_too = member_of(input, "Publish");
  if (publish_too != nullptr && publish_too->as_boolean()) {
    const Revision version = PAWL_TRY(publish(batch, key, record, nullptr));
    // NOTE: the version's number with the function's own ARN (recorded).
    answer = shown(version, key.arn(), now());
  }
  store_.put(batch, key, record);
  if (package.is_zip()) store_.put_package(batch, key, record.latest.code, package.zip);
  if (const Value* signing = member_of(input, "CodeSigningConfigArn")) {
    PAWL_TRY_VOID(put_code_signing(batch, request, key, std::string(signing->as_string())));
  }
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {});
  return aws::Output(as_being_created(std::move(answer)));
}

}  // namespace pawl::lambda
