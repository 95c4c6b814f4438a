// SPDX-License-Identifier: Apache-2.0
// LambdaService: the API of AWS Lambda (version 2015-03-31) over a store and worker processes.
// Which operations there are says bind(); the others of the model answer 501. README.md.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "base/error.h"
#include "base/time.h"
#include "services/lambda/function_store.h"
#include "services/lambda/invoker.h"
#include "store/store.h"

namespace pawl::lambda {

/// Actions may run on any thread and at the same time; those that change something wait for each
/// other and for the disk, Invoke for nothing.
class LambdaService : public aws::Service {
 public:
  struct Options {
    std::string data_folder = {};  ///< code is unpacked to "lambda-code" below it; "": elsewhere
    LambdaRuntime::Options runtime = {};
    int concurrency_max = 100;             ///< worker processes of one version
    std::function<base::Timestamp()> now;  ///< wall clock
  };

  /// `store` must outlive the service. Errors: Io, and those of the store.
  static base::Result<std::unique_ptr<LambdaService>> open(store::Store& store, Options options);

  void bind(aws::ActionTable& table) override;

  /// API Invoke without the wire, for callers in this process; does not block.
  void invoke(InvokeCall call, Invoker::Done done) {
    invoker_->invoke(std::move(call), std::move(done));
  }

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  LambdaService(FunctionStore store, std::unique_ptr<Invoker> invoker,
                std::function<base::Timestamp()> now)
      : store_(store), invoker_(std::move(invoker)), now_(std::move(now)) {}

  // actions/create_function.cc
  ActionResult create_function(const Request& request);
  // actions/delete_function.cc
  ActionResult delete_function(const Request& request);
  aws::ApiResult<void> delete_version(const FunctionReference& reference,
                                      const FunctionRecord& record);
  // actions/get_function.cc
  ActionResult get_function(const Request& request);
  ActionResult get_function_configuration(const Request& request);
  // actions/update_function.cc
  ActionResult update_function_code(const Request& request);
  ActionResult update_function_configuration(const Request& request);
  // actions/list_functions.cc
  ActionResult list_functions(const Request& request);
  // actions/versions.cc
  ActionResult publish_version(const Request& request);
  ActionResult list_versions(const Request& request);
  // actions/aliases.cc
  ActionResult create_alias(const Request& request);
  ActionResult get_alias(const Request& request);
  ActionResult update_alias(const Request& request);
  ActionResult delete_alias(const Request& request);
  ActionResult list_aliases(const Request& request);
  aws::ApiResult<void> check_routing(const FunctionKey& key, const json::Value& alias) const;
  // actions/invoke.cc
  void invoke_function(Request request, aws::Reply reply);
  // actions/tags.cc
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags(const Request& request);
  // actions/concurrency.cc
  ActionResult put_concurrency(const Request& request);
  ActionResult get_concurrency(const Request& request);
  ActionResult delete_concurrency(const Request& request);
  // actions/permissions.cc
  ActionResult add_permission(const Request& request);
  ActionResult get_policy(const Request& request);
  ActionResult remove_permission(const Request& request);
  // actions/account_settings.cc
  ActionResult get_account_settings(const Request& request);

  // service.cc: what several actions need.

  /// ResourceNotFoundException naming `arn` if there is none.
  aws::ApiResult<FunctionRecord> require_function(const FunctionKey& key,
                                                  const std::string& arn) const;
  /// What a qualifier means: $LATEST, a version, or an alias' version.
  aws::ApiResult<Revision> require_revision(const FunctionReference& reference) const;
  /// Makes a version of `record.latest`, or finds the one that is the same already. The caller puts
  /// `record` and commits.
  aws::ApiResult<Revision> publish(store::Batch& batch, const FunctionKey& key,
                                   FunctionRecord& record, const json::Value* description) const;

  FunctionStore store_;
  std::unique_ptr<Invoker> invoker_;
  std::function<base::Timestamp()> now_;
  std::mutex changing_;  ///< held from the read to the commit of every change
};

/// The member's text; "" if it is not there.
std::string text_member(const json::Value& input, std::string_view name);
/// The member if it is there and not null.
const json::Value* member_of(const json::Value& input, std::string_view name);
/// A member RevisionId of the input must be `current`. Errors: PreconditionFailedException.
aws::ApiResult<void> check_revision_id(const json::Value& input, std::string_view current,
                                       std::string_view operation);

}  // namespace pawl::lambda
