// SPDX-License-Identifier: Apache-2.0
// API UpdateFunctionCode, UpdateFunctionConfiguration.
#include <algorithm>

#include "services/lambda/deployment_package.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::Value;

namespace {

bool is_true(const Value& input, std::string_view member) {
  const Value* found = member_of(input, member);
  return found != nullptr && found->is_boolean() && found->as_boolean();
}

}  // namespace

aws::ActionResult LambdaService::update_function_code(const Request& request) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string zip = PAWL_TRY(read_package(input));

  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  PAWL_TRY_VOID(check_revision_id(input, record.latest.text("RevisionId"), "GetFunction"));
  const Revision before = record.latest;
  set_package(record.latest, zip);
  if (const Value* architectures = member_of(input, "Architectures")) {
    record.latest.set("Architectures", *architectures);
  }
  touch(record.latest, now_());
  PAWL_TRY_VOID(invoker_->unpack(record.latest.code, zip));
  if (is_true(input, "DryRun")) {
    invoker_->forget_code(record.latest.code);
    return aws::Output(shown(record.latest, key.arn()));
  }
  store::Batch batch;
  Value answer = as_being_updated(shown(record.latest, key.arn()));
  const std::vector<Revision> versions = PAWL_TRY(store_.versions(key));
  const bool is_shared = std::any_of(versions.begin(), versions.end(), [&](const Revision& each) {
    return each.code == before.code;
  });
  if (!is_shared) store_.erase_package(batch, key, before.code);
  if (is_true(input, "Publish")) {
    const Revision version = PAWL_TRY(publish(batch, key, record, nullptr));
    answer = as_being_created(shown(version, key.arn(version.text("Version"))));
  }
  store_.put(batch, key, record);
  store_.put_package(batch, key, record.latest.code, zip);
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
  PAWL_TRY_VOID(check_revision_id(input, record.latest.text("RevisionId"), "GetFunction"));
  const std::string deployment_before = record.latest.deployment;
  PAWL_TRY_VOID(apply_configuration(input, key, record.latest));
  record.latest.deployment = new_uuid();
  touch(record.latest, now_());
  store::Batch batch;
  store_.put(batch, key, record);
  PAWL_TRY_VOID(store_.commit(batch));
  invoker_->forget(key, {deployment_before});
  return aws::Output(as_being_updated(shown(record.latest, key.arn())));
}

}  // namespace pawl::lambda
