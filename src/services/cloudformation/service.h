// SPDX-License-Identifier: Apache-2.0
// CloudFormationService: AWS CloudFormation (API reference 2010-05-15): stacks, change sets, stack
// sets. Which operations there are says bind(); what is modelled besides answers 501. See
// README.md. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/model/model_catalog.h"
#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/random.h"
#include "services/cloudformation/operations/change_calculation.h"
#include "services/cloudformation/operations/operations_engine.h"
#include "services/cloudformation/operations/stack_set_runner.h"
#include "services/cloudformation/operations/template_preparation.h"
#include "services/cloudformation/own_types/response_box.h"
#include "services/cloudformation/own_types/response_site.h"
#include "services/cloudformation/state/stack_store.h"
#include "store/store.h"

namespace pawl::cloudformation {

/// Actions may run on any thread at once. Those that take templates, and operations on stacks, run
/// on stack threads, which begin with the first of them.
class CloudFormationService final : public aws::Service {
 public:
  struct Options {
    store::Store& store;
    aws::ModelCatalog& models;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    /// "http://127.0.0.1:4566": ourselves; AWS::URLSuffix is made of it.
    std::function<std::string()> endpoint_url;
    /// Runs when everything committed so far is on disk.
    std::function<void(std::function<void()>)> after_sync;
    uint64_t seed = 0;
    /// Null: threads of its own.
    std::unique_ptr<StackExecutor> executor = nullptr;
    /// An operation cannot go on, for a reason that no user can mend: for the log; may be empty.
    std::function<void(const std::string& stack_id, const aws::ApiError&)> stuck = {};
  };

  /// What the options name must outlive the service. Errors: the store's.
  static base::Result<std::unique_ptr<CloudFormationService>> open(Options options);
  ~CloudFormationService() override;

  void bind(aws::ActionTable& table) override;
  /// Goes on with what the last process left.
  void run();
  /// Ends what is under way, to be gone on with by the next process. Idempotent. Before any service
  /// that stacks call ends.
  void stop();
  /// Where custom resources and wait conditions answer.
  aws::HttpSite& site() { return site_; }

 private:
  using Request = aws::Request;
  using Reply = aws::Reply;
  using ActionResult = aws::ActionResult;
  template <typename T>
  using Result = aws::ApiResult<T>;
  struct FoundStack {
    StackKey key;
    StackRecord stack;
  };

  explicit CloudFormationService(Options options, std::unique_ptr<StackStore> store);

  // service.cc
  /// An action that may wait for other services: on a stack thread, answered after the sync.
  void on_thread(aws::ActionTable& table, std::string_view operation,
                 ActionResult (CloudFormationService::*method)(const Request&));
  void bind_stack_sets(aws::ActionTable& table);
  BlockingCalls calls_for(const Request& request, const std::string& role_arn = {});
  std::string draw_uuid();
  int64_t now_ms() const { return options_.loop.now().ms; }
  std::string url_suffix() const;
  static records::Owner owner_of(const Request& request) {
    return {request.account_id(), request.region};
  }
  /// By name the one that is there, by ARN also one that is deleted. nullopt: there is none.
  Result<std::optional<FoundStack>> find_stack(const Request& request,
                                               const std::string& name_or_id) const;
  /// Errors: ValidationError with this text, "%" being the name.
  Result<FoundStack> require_stack(const Request& request, const std::string& name_or_id,
                                   std::string_view absence = "Stack [%] does not exist") const;
  PreparationPorts preparation_ports(const Request& request, StackCalls& calls);

  // actions/create_stack.cc
  ActionResult create_stack(const Request& request);
  /// A stack whose transform has failed is there, and rolled back.
  ActionResult create_failed_stack(const Request& request, FoundStack made, const std::string& text,
                                   const std::string& reason);
  ActionResult update_stack(const Request& request);
  struct AskedUpdate {
    Configuration configuration;
    PreparedTemplate prepared;
  };
  struct UpdateOptions {
    bool is_change_set = false;
  };
  Result<AskedUpdate> prepare_update(const Request& request, StackCalls& calls,
                                     const FoundStack& found, const UpdateOptions& options);
  /// `behind`: what lies behind the same template, as in nested stacks, counts as a change.
  Result<bool> has_changes(const FoundStack& found, const AskedUpdate& asked,
                           bool behind = true) const;
  /// `operation` brings id, kind, actor and what it does on failure.
  Result<void> begin_update(const StackKey& key, Configuration next,
                            const StackStore::TemplateTexts& texts, OperationRecord operation,
                            const std::string& policy);
  Result<FoundStack> new_stack(const Request& request, const std::string& status);
  Result<std::string> policy_text(const Request& request, StackCalls& calls, std::string_view body,
                                  std::string_view url);

  // actions/stack_operations.cc
  ActionResult delete_stack(const Request& request);
  ActionResult cancel_update(const Request& request);
  ActionResult continue_rollback(const Request& request);
  ActionResult rollback_stack(const Request& request);
  ActionResult signal_resource(const Request& request);
  ActionResult update_protection(const Request& request);
  ActionResult set_policy(const Request& request);
  ActionResult get_policy(const Request& request);

  /// Goes back from where an operation has stopped. `operation` brings kind and what to skip.
  Result<void> begin_undo(const Request& request, const FoundStack& found,
                          const std::string& status, OperationRecord operation);

  // actions/describe_stacks.cc
  ActionResult describe_stacks(const Request& request);
  ActionResult list_stacks(const Request& request);
  ActionResult list_exports(const Request& request);
  ActionResult list_imports(const Request& request);

  // actions/describe_resources.cc
  ActionResult describe_resource(const Request& request);
  ActionResult describe_resources(const Request& request);
  ActionResult list_resources(const Request& request);
  ActionResult describe_stack_events(const Request& request);

  // actions/templates.cc
  ActionResult get_template(const Request& request);
  ActionResult get_template_summary(const Request& request);
  ActionResult validate_template(const Request& request);
  ActionResult estimate_cost(const Request& request);

  // actions/change_sets.cc
  ActionResult create_change_set(const Request& request);
  ActionResult describe_change_set(const Request& request);
  ActionResult list_change_sets(const Request& request);
  ActionResult delete_change_set(const Request& request);
  Result<FoundStack> stack_for_change_set(const Request& request, const std::string& kind);
  /// A change set that is not kept yet, with those of nested stacks.
  struct ChangeSetDraft {
    StackKey key = {};
    ChangeSetRecord record = {};
    StackStore::TemplateTexts texts = {};
    std::vector<ChangeSetDraft> nested = {};
  };
  ChangeSetRecord new_change_set(const Request& request, const FoundStack& found,
                                 const std::string& name, const std::string& kind);
  /// Fills in status, changes and what is asked. Errors: those that refuse the change set.
  Result<void> calculate(const Request& request, const FoundStack& found, ChangeSetDraft& draft);
  /// Looks into a nested stack of `parent`, and adds what it finds to the draft.
  Result<NestedChange> calculate_nested(const Request& request, const FoundStack& parent,
                                        ChangeSetDraft& draft, const std::string& logical_id,
                                        const ResourceRecord* record,
                                        const json::Value& properties);
  void put_drafts(store::Batch& batch, ChangeSetDraft& draft) const;
  Result<void> check_imports(const AskedUpdate& asked, const FoundStack& found,
                             const ChangeSetRecord& record) const;
  /// By ARN, or by name and stack. Errors: ChangeSetNotFound, ValidationError.
  Result<std::pair<StackKey, ChangeSetRecord>> require_change_set(
      const Request& request, const std::string& stack_name, const std::string& name_or_id) const;

  // actions/execute_change_set.cc
  ActionResult execute_change_set(const Request& request);
  /// Nested stacks tell from now on which change set they have.
  Result<void> name_change_sets(store::Batch& batch, const StackKey& key,
                                const ChangeSetRecord& record) const;

  // actions/events.cc
  ActionResult describe_events(const Request& request);
  ActionResult list_hook_results(const Request& request);
  ActionResult describe_limits(const Request& request);
  /// To EventBridge and the stack's topics.
  void announce(const StackKey& key, const StackRecord& stack, const EventRecord& event);
  /// Of an action: keeps the event, and announces it.
  void add_event(store::Batch& batch, const StackKey& key, const StackRecord& stack,
                 const EventRecord& event);

  // actions/types.cc
  ActionResult describe_type(const Request& request);
  ActionResult list_types(const Request& request);

  // actions/drift.cc
  ActionResult detect_stack_drift(const Request& request);
  ActionResult detect_resource_drift(const Request& request);
  ActionResult describe_drift_detection(const Request& request);
  ActionResult describe_resource_drifts(const Request& request);

  // actions/stack_sets.cc
  ActionResult create_stack_set(const Request& request);
  ActionResult describe_stack_set(const Request& request);
  ActionResult list_stack_sets(const Request& request);
  ActionResult update_stack_set(const Request& request);
  ActionResult delete_stack_set(const Request& request);
  Result<StackSetRecord> require_set(const Request& request) const;

  // actions/stack_instances.cc
  ActionResult create_instances(const Request& request);
  ActionResult update_instances(const Request& request);
  ActionResult delete_instances(const Request& request);
  ActionResult describe_instance(const Request& request);
  ActionResult list_instances(const Request& request);
  ActionResult describe_set_operation(const Request& request);
  ActionResult list_set_operations(const Request& request);
  ActionResult list_set_results(const Request& request);
  Result<std::vector<StackInstanceRecord>> known_instances(const Request& request,
                                                           const StackSetRecord& set) const;
  Result<std::pair<StackSetRecord, StackSetOperationRecord>> require_set_operation(
      const Request& request) const;
  /// Its id. Keeps set and instances as given. Errors: OperationInProgressException.
  Result<std::string> begin_set_operation(const Request& request, const StackSetRecord& set,
                                          const std::string& action,
                                          const std::vector<StackInstanceRecord>& instances);

  Options options_;
  const std::unique_ptr<StackStore> store_;
  const std::shared_ptr<AnswerGate> gate_ = std::make_shared<AnswerGate>();
  const std::unique_ptr<StackExecutor> executor_;
  const ResponseBox responses_;
  const std::unique_ptr<HandlerRegistry> handlers_;
  OperationsEngine engine_;
  StackSetRunner stack_sets_;
  ResponseSite site_;
  std::mutex random_mutex_;
  base::Random random_;  ///< guarded by random_mutex_
};

}  // namespace pawl::cloudformation
