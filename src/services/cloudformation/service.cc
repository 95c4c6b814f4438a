// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/service.h"

#include "aws/arn.h"
#include "json/members.h"
#include "services/cloudformation/own_types/own_types.h"

namespace pawl::cloudformation {
namespace {

constexpr size_t kThreadsMax = 12;

}  // namespace

base::Result<std::unique_ptr<CloudFormationService>> CloudFormationService::open(Options options) {
  auto store = PAWL_TRY(StackStore::open(options.store));
  return std::unique_ptr<CloudFormationService>(
      new CloudFormationService(std::move(options), std::move(store)));
}

CloudFormationService::CloudFormationService(Options options, std::unique_ptr<StackStore> store)
    : options_(std::move(options)),
      store_(std::move(store)),
      executor_(options_.executor ? std::move(options_.executor)
                                  : std::make_unique<StackThreads>(kThreadsMax)),
      responses_({.store = *store_,
                  .endpoint_url = options_.endpoint_url,
                  .draw_uuid = [this] { return draw_uuid(); }}),
      handlers_(make_handlers({.store = *store_, .responses = responses_, .loop = options_.loop})),
      engine_({.store = *store_,
               .loop = options_.loop,
               .caller = options_.caller,
               .models = options_.models,
               .executor = *executor_,
               .handlers = *handlers_,
               .gate = gate_,
               .url_suffix = [this] { return url_suffix(); },
               .announce = [this](const StackKey& key, const StackRecord& stack,
                                  const EventRecord& event) { announce(key, stack, event); },
               .failed =
                   [this](const StackKey& key, const aws::ApiError& error) {
                     if (options_.stuck) options_.stuck(key.uuid, error);
                   }}),
      stack_sets_(engine_.ports()),
      site_({.box = responses_,
             .answered = [this](const StackKey& key) { engine_.wake(key, ""); },
             .after_sync = options_.after_sync}),
      random_(options_.seed) {}

CloudFormationService::~CloudFormationService() { stop(); }

void CloudFormationService::stop() {
  gate_->close();
  executor_->stop();
}

void CloudFormationService::run() {
  // What cannot be read now cannot be gone on with either: the store has failed.
  static_cast<void>(engine_.go_on_all());
  static_cast<void>(stack_sets_.go_on_all());
}

void CloudFormationService::bind(aws::ActionTable& table) {
  using S = CloudFormationService;
  on_thread(table, "CreateStack", &S::create_stack);
  on_thread(table, "UpdateStack", &S::update_stack);
  table.on_write("DeleteStack", &S::delete_stack);
  table.on_write("CancelUpdateStack", &S::cancel_update);
  table.on_write("ContinueUpdateRollback", &S::continue_rollback);
  table.on_write("RollbackStack", &S::rollback_stack);
  table.on_write("SignalResource", &S::signal_resource);
  table.on_write("UpdateTerminationProtection", &S::update_protection);
  on_thread(table, "SetStackPolicy", &S::set_policy);
  table.on("GetStackPolicy", &S::get_policy);
  on_thread(table, "CreateChangeSet", &S::create_change_set);
  table.on("DescribeChangeSet", &S::describe_change_set);
  table.on("ListChangeSets", &S::list_change_sets);
  table.on_write("DeleteChangeSet", &S::delete_change_set);
  table.on_write("ExecuteChangeSet", &S::execute_change_set);
  table.on("DescribeStacks", &S::describe_stacks);
  table.on("ListStacks", &S::list_stacks);
  table.on("ListExports", &S::list_exports);
  table.on("ListImports", &S::list_imports);
  table.on("DescribeStackResource", &S::describe_resource);
  table.on("DescribeStackResources", &S::describe_resources);
  table.on("ListStackResources", &S::list_resources);
  table.on("DescribeStackEvents", &S::describe_stack_events);
  table.on("GetTemplate", &S::get_template);
  on_thread(table, "GetTemplateSummary", &S::get_template_summary);
  on_thread(table, "ValidateTemplate", &S::validate_template);
  on_thread(table, "EstimateTemplateCost", &S::estimate_cost);
  table.on("DescribeEvents", &S::describe_events);
  table.on("ListHookResults", &S::list_hook_results);
  table.on("DescribeAccountLimits", &S::describe_limits);
  table.on("DescribeType", &S::describe_type);
  table.on("ListTypes", &S::list_types);
  on_thread(table, "DetectStackDrift", &S::detect_stack_drift);
  on_thread(table, "DetectStackResourceDrift", &S::detect_resource_drift);
  table.on("DescribeStackDriftDetectionStatus", &S::describe_drift_detection);
  table.on("DescribeStackResourceDrifts", &S::describe_resource_drifts);
  bind_stack_sets(table);
}

void CloudFormationService::bind_stack_sets(aws::ActionTable& table) {
  using S = CloudFormationService;
  on_thread(table, "CreateStackSet", &S::create_stack_set);
  table.on("DescribeStackSet", &S::describe_stack_set);
  table.on("ListStackSets", &S::list_stack_sets);
  on_thread(table, "UpdateStackSet", &S::update_stack_set);
  table.on_write("DeleteStackSet", &S::delete_stack_set);
  table.on_write("CreateStackInstances", &S::create_instances);
  table.on_write("UpdateStackInstances", &S::update_instances);
  table.on_write("DeleteStackInstances", &S::delete_instances);
  table.on("DescribeStackInstance", &S::describe_instance);
  table.on("ListStackInstances", &S::list_instances);
  table.on("DescribeStackSetOperation", &S::describe_set_operation);
  table.on("ListStackSetOperations", &S::list_set_operations);
  table.on("ListStackSetOperationResults", &S::list_set_results);
}

void CloudFormationService::on_thread(
    aws::ActionTable& table, std::string_view operation,
    ActionResult (CloudFormationService::*method)(const Request&)) {
  table.on_async(operation, [this, method](Request request, Reply reply) {
    // Copied where it is handed over, given whole: no node is shared.
    const auto held =
        std::make_shared<std::pair<Request, Reply>>(std::move(request), std::move(reply));
    executor_->run([this, method, held] {
      ActionResult result = (this->*method)(held->first);
      if (result) result->after_sync = true;
      held->second(std::move(result));
    });
  });
}

BlockingCalls CloudFormationService::calls_for(const Request& request,
                                               const std::string& role_arn) {
  return BlockingCalls(
      options_.caller, options_.models, gate_,
      {.principal = request.principal, .region = request.region, .role_arn = role_arn});
}

std::string CloudFormationService::draw_uuid() {
  const std::lock_guard lock(random_mutex_);
  return base::make_uuid(random_);
}

std::string CloudFormationService::url_suffix() const {
  const std::string url = options_.endpoint_url ? options_.endpoint_url() : "";
  const size_t colon = url.rfind(':');
  const size_t scheme = url.find("://");
  if (colon == std::string::npos || colon == scheme) return "localhost";
  return "localhost" + url.substr(colon);
}

CloudFormationService::Result<std::optional<CloudFormationService::FoundStack>>
CloudFormationService::find_stack(const Request& request, const std::string& name_or_id) const {
  StackKey key{owner_of(request), ""};
  if (const auto arn = aws::Arn::parse(name_or_id)) {
    const size_t slash = arn->resource.rfind('/');
    if (slash == std::string::npos || arn->region != request.region) {
      return std::optional<FoundStack>();
    }
    key.uuid = arn->resource.substr(slash + 1);
  } else {
    const auto uuid = PAWL_TRY(store_->uuid_of(key.owner, name_or_id));
    if (!uuid) return std::optional<FoundStack>();
    key.uuid = *uuid;
  }
  auto stack = PAWL_TRY(store_->stack(key));
  if (!stack) return std::optional<FoundStack>();
  return std::optional<FoundStack>(FoundStack{std::move(key), *std::move(stack)});
}

CloudFormationService::Result<CloudFormationService::FoundStack>
CloudFormationService::require_stack(const Request& request, const std::string& name_or_id,
                                     std::string_view absence) const {
  auto found = PAWL_TRY(find_stack(request, name_or_id));
  if (found) return *std::move(found);
  std::string message(absence);
  const size_t place = message.find('%');
  if (place != std::string::npos) message.replace(place, 1, name_or_id);
  return validation_error(message);
}

PreparationPorts CloudFormationService::preparation_ports(const Request& request,
                                                          StackCalls& calls) {
  return {.calls = calls,
          .store = *store_,
          .handlers = *handlers_,
          .owner = owner_of(request),
          .draw_uuid = [this] { return draw_uuid(); },
          .now_ms = now_ms()};
}

}  // namespace pawl::cloudformation
