// SPDX-License-Identifier: Apache-2.0
// API UpdateFunctionCode, UpdateFunctionConfiguration.
#include <algorithm>

#include "services/lambda/deployment_package.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::Value;

void LambdaService::update_function_code(Request request, aws::Reply reply) {
  with_package(std::move(request), std::move(reply), "",
               [this](const Request& each, const Package& package) {
                 return update_function_code_of(each, package);
               });
}

aws::ActionResult LambdaService::update_function_code_of(const Request& request,
                                                         const Package& package) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const FunctionRecord there = PAWL_TRY(require_function(key, key.arn()));
  const bool is_image = there.latest.text("PackageType") == "Image";
  if (is_image && package.image.uri.empty()) {
    return invalid_parameter(
        "Please provide ImageUri when updating a function with packageType Image.");
  }
  if (!is_image && !package.image.uri.empty()) {
    return invalid_parameter(
        "Please don't provide ImageUri when updating a function with packageType Zip.");
  }
  Revision unpacked;
  set_package(unpacked, package);
  if (package.is_zip()) PAWL_TRY_VOID(invoker_->unpack(unpacked.code, package.zip));

  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  PAWL_TRY_VOID(check_revision_id(input, record.latest.revision_id(now()), "GetFunction"));
  const Revision before = record.latest;
  record.latest.code = unpacked.code;
  record.latest.deployment = unpacked.deployment;
  for (const char* member : {"CodeSize", "CodeSha256"}) {
    record.latest.set(member, *unpacked.configuration.find(member));
  }
  if (const Value* architectures = member_of(input, "Architectures")) {
    record.latest.set("Architectures", *architectures);
  }
  touch(record.latest, now());
  if (flag_member(input, "DryRun")) {
    if (package.is_zip()) invoker_->forget_code(record.latest.code);
    return aws::Output(shown(record.latest, key.arn(), now()));
  }
  settle(record.latest, now());
  store::Batch batch;
  Value answer = shown(record.latest, key.arn(), now());
  const std::vector<Revision> versions = PAWL_TRY(store_.versions(key));
  const bool is_shared = std::any_of(versions.begin(), versions.end(), [&](const Revision& each) {
    return each.code == before.code;
  });
  if (!is_shared) store_.erase_package(batch, key, before.code);
  if (flag_member(input, "Publish")) {
    Revision version = PAWL_TRY(publish(batch, key, record, nullptr));
    const std::string number = version.text("Version");
    settle(version, now());
    store_.put_version(batch, key, *version_number(number), version);
    answer = shown(version, key.arn(number), now());
  }
  store_.put(batch, key, record);
  if (package.is_zip()) store_.put_package(batch, key, record.latest.code, package.zip);
  PAWL_TRY_VOID(store_.commit(batch));
  // The old code's folder stays for the invocations under way, until the next start.
  invoker_->forget(key, {before.deployment});
  return aws::Output(std::move(answer));
}

aws::ActionResult LambdaService::update_function_configuration(const Request& request) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;

  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  PAWL_TRY_VOID(check_revision_id(input, record.latest.revision_id(now()), "GetFunction"));
  const std::string deployment_before = record.latest.deployment;
  PAWL_TRY_VOID(apply_configuration(input, key, record.latest));
  if (const Value* layers = member_of(input, "Layers")) {
    set_layers(record.latest, PAWL_TRY(find_layers(resources_, *layers, request)));
  }
  record.latest.deployment = new_uuid();
  touch(record.latest, now());
  settle(record.latest, now());
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {deployment_before});
  return aws::Output(shown(record.latest, key.arn(), now()));
}

}  // namespace pawl::lambda
