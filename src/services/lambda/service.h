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
#include "aws/service/caller.h"
#include "aws/service/http_site.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "base/error.h"
#include "base/time.h"
#include "json/members.h"
#include "services/lambda/deployment_package.h"
#include "services/lambda/event_source/event_sources.h"
#include "services/lambda/function_logs.h"
#include "services/lambda/function_store.h"
#include "services/lambda/invoker.h"
#include "services/lambda/layer.h"
#include "services/lambda/resource_store.h"
#include "store/store.h"
#include "store/sync_queue.h"

namespace pawl::lambda {

/// Actions may run on any thread and at the same time; those that change something wait for each
/// other, none for the disk.
class LambdaService : public aws::Service, public aws::HttpSite {
 public:
  struct Options {
    std::string data_folder = {};  ///< code is unpacked to "lambda-code" below it; "": elsewhere
    LambdaRuntime::Options runtime = {};
    int concurrency_max = 100;          ///< worker processes of one version
    aws::ServiceLoop* loop = nullptr;   ///< not null
    aws::Caller* caller = nullptr;      ///< not null; not used before run()
    store::SyncQueue* syncs = nullptr;  ///< null: what is committed is on disk
    /// Of functions from images; may block. Empty: there are none.
    std::function<base::Result<container::ImageCache*>()> images = {};
    /// What functions get as AWS_ENDPOINT_URL. Empty: nothing.
    std::function<std::string()> endpoint_url = {};
    /// Whether a request for a function URL with AWS_IAM, which bears a signature, may pass. Empty:
    /// any signature will do.
    std::function<bool(const aws::HttpRequest& request)> is_signed = {};
    /// A record of an invocation could not be sent to `target_arn` and is dropped. May be empty.
    std::function<void(const std::string& target_arn, const aws::ApiError& error)> letter_lost = {};
  };

  /// `store` and what the options name must outlive the service; the loop's tasks must have ended
  /// before it does. Errors: Io, and those of the store.
  static base::Result<std::unique_ptr<LambdaService>> open(store::Store& store, Options options);
  ~LambdaService() override;

  void bind(aws::ActionTable& table) override;
  /// All services are there: goes on with stored events, polls event sources.
  void run();

  /// Why functions run without a sandbox; "" if they have one.
  std::string sandbox_failure() const { return invoker_->sandbox_failure(); }

  /// API Invoke without the wire, for callers in this process; does not block.
  void invoke(InvokeCall call, Invoker::Done done) {
    invoker_->invoke(std::move(call), std::move(done));
  }

  // Function URLs and the packages of functions and layers; site.cc.
  bool serves(const aws::HttpRequest& request) const override;
  bool allows_origin(const aws::HttpRequest& request) const override;
  void serve(const aws::HttpRequest& request, Answer answer) override;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;
  /// What is to be done with a package once it is there; on a thread that may block.
  using WithPackage = std::function<ActionResult(const Request&, const Package&)>;

  LambdaService(FunctionStore store, ResourceStore resources, Options options);

  void bind_functions(aws::ActionTable& table);
  void bind_settings(aws::ActionTable& table);
  void bind_resources(aws::ActionTable& table);

  // actions/create_function.cc
  void create_function(Request request, aws::Reply reply);
  ActionResult create_function_of(const Request& request, const Package& package);
  // actions/delete_function.cc
  ActionResult delete_function(const Request& request);
  aws::ApiResult<void> delete_version(const FunctionReference& reference,
                                      const FunctionRecord& record);
  // actions/get_function.cc
  ActionResult get_function(const Request& request);
  ActionResult get_function_configuration(const Request& request);
  // actions/update_function.cc
  void update_function_code(Request request, aws::Reply reply);
  ActionResult update_function_code_of(const Request& request, const Package& package);
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
  void invoke_async(Request request, aws::Reply reply);
  void invoke_with_stream(Request request, aws::Reply reply);
  // actions/tags.cc
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags(const Request& request);
  aws::ApiResult<void> change_tags(
      const Request& request,
      const std::function<aws::ApiResult<json::Value>(json::Value)>& change);
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
  // actions/layers.cc
  void publish_layer(Request request, aws::Reply reply);
  ActionResult publish_layer_of(const Request& request, const Package& package);
  ActionResult get_layer(const Request& request);
  ActionResult get_layer_by_arn(const Request& request);
  ActionResult delete_layer(const Request& request);
  ActionResult list_layers(const Request& request);
  ActionResult list_layer_versions(const Request& request);
  json::Value shown_layer(const json::Value& record, const LayerReference& layer,
                          const Request& request) const;
  // actions/layer_permissions.cc
  ActionResult add_layer_permission(const Request& request);
  ActionResult get_layer_policy(const Request& request);
  ActionResult remove_layer_permission(const Request& request);
  aws::ApiResult<json::Value> require_layer(const LayerReference& layer) const;
  // actions/function_urls.cc
  ActionResult create_url(const Request& request);
  ActionResult get_url(const Request& request);
  ActionResult update_url(const Request& request);
  ActionResult delete_url(const Request& request);
  ActionResult list_urls(const Request& request);
  // actions/event_invoke_config.cc
  ActionResult put_event_invoke_config(const Request& request);
  ActionResult update_event_invoke_config(const Request& request);
  ActionResult get_event_invoke_config(const Request& request);
  ActionResult delete_event_invoke_config(const Request& request);
  ActionResult list_event_invoke_configs(const Request& request);
  ActionResult set_event_invoke_config(const Request& request, const FunctionReference& reference,
                                       const std::optional<json::Value>& before);
  aws::ApiResult<void> check_destinations(const Request& request, const json::Value& config,
                                          const FunctionKey& key) const;
  // actions/provisioned_concurrency.cc
  ActionResult put_provisioned_concurrency(const Request& request);
  ActionResult get_provisioned_concurrency(const Request& request);
  ActionResult delete_provisioned_concurrency(const Request& request);
  ActionResult list_provisioned_concurrency(const Request& request);
  aws::ApiResult<FunctionReference> provisioned_target(const Request& request) const;
  // actions/function_settings.cc
  ActionResult put_recursion_config(const Request& request);
  ActionResult get_recursion_config(const Request& request);
  ActionResult put_runtime_management(const Request& request);
  ActionResult get_runtime_management(const Request& request);
  ActionResult put_scaling_config(const Request& request);
  ActionResult get_scaling_config(const Request& request);
  // actions/code_signing.cc
  ActionResult create_code_signing_config(const Request& request);
  ActionResult update_code_signing_config(const Request& request);
  ActionResult get_code_signing_config(const Request& request);
  ActionResult delete_code_signing_config(const Request& request);
  ActionResult list_code_signing_configs(const Request& request);
  ActionResult list_functions_by_code_signing_config(const Request& request);
  ActionResult put_function_code_signing(const Request& request);
  ActionResult get_function_code_signing(const Request& request);
  ActionResult delete_function_code_signing(const Request& request);
  aws::ApiResult<void> put_code_signing(store::Batch& batch, const Request& request,
                                        const FunctionKey& key,
                                        const std::string& config_arn) const;
  aws::ApiResult<std::vector<std::string>> functions_signed_by(const ResourceScope& scope,
                                                               const std::string& config_arn) const;
  // actions/event_source_mappings.cc
  void create_event_source(Request request, aws::Reply reply);
  ActionResult create_event_source_of(const Request& request);
  ActionResult get_event_source(const Request& request);
  ActionResult update_event_source(const Request& request);
  ActionResult delete_event_source(const Request& request);
  ActionResult list_event_sources(const Request& request);
  aws::ApiResult<FunctionReference> mapped_function(const Request& request) const;

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

  // packages.cc: code in requests and in S3.

  /// Fetches the package that `source` names, a member of the input or, if empty, the input itself,
  /// does `then` with it on a thread that may block, and answers what comes of it.
  void with_package(Request request, aws::Reply reply, const std::string& source, WithPackage then);
  /// A URL below `host` where the package can be had.
  aws::ApiResult<PackageImage> resolve_image(const std::string& uri);
  std::string package_location(const FunctionKey& key, const std::string& code,
                               const std::string& host) const;
  bool serves_package(std::string_view path) const;
  void serve_package(const std::string& path, const Answer& answer);

  base::Timestamp now() const { return options_.loop->now(); }

  FunctionStore store_;
  ResourceStore resources_;
  Options options_;
  std::unique_ptr<FunctionLogs> logs_;  ///< outlives the invoker, whose workers print
  std::unique_ptr<Invoker> invoker_;
  std::unique_ptr<EventSources> event_sources_;
  std::mutex changing_;  ///< held from the read to the commit of every change
};

/// Whose resources a request is about.
ResourceScope scope_of(const aws::Request& request);
/// A member RevisionId of the input must be `current`. Errors: PreconditionFailedException.
aws::ApiResult<void> check_revision_id(const json::Value& input, std::string_view current,
                                       std::string_view operation);

}  // namespace pawl::lambda
