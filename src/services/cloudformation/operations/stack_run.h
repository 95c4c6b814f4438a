// SPDX-License-Identifier: Apache-2.0
// StackRun: one operation of one stack, from the record that begins it to the last status. It goes
// through stages: "apply" makes what the template asks for, "undo" goes back, "clean-up" deletes
// what an update left behind, "delete" deletes everything. A stage is a graph of steps, one a
// resource; a step is begun by a commit (record, event), done by a call of the resource's handler,
// and ended by a commit. See docs/formats/cloudformation.md for what is on disk in between.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formation/evaluator.h"
#include "formation/template.h"
#include "services/cloudformation/operations/operations_engine.h"
#include "services/cloudformation/operations/step_graph.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

/// Always in a shared_ptr. advance(), wake() and the steps run on stack threads; the run's mutex is
/// held but while a handler works.
class StackRun : public std::enable_shared_from_this<StackRun> {
 public:
  StackRun(OperationsEngine& engine, StackKey key)
      : engine_(engine), ports_(engine.ports()), key_(std::move(key)) {}

  /// Begins what may begin and ends what is over.
  void advance();
  /// A step that waits for its time is called now.
  void wake(const std::string& logical_id);

 private:
  template <typename T>
  using Result = aws::ApiResult<T>;
  using Batch = store::Batch;

  // stack_run.cc: the whole
  void advance_locked();
  void wake_locked(const std::string& logical_id);
  Result<bool> load();
  Result<void> load_template(int64_t number);
  Result<void> begin_ready();
  Result<void> end_stage();
  Result<void> enter(Batch& batch, const std::string& stage);
  Result<void> end_operation(Batch& batch, const std::string& status, const std::string& reason);
  void fail_internally(const aws::ApiError& error);
  /// Sets the stack's status with its event.
  void set_status(Batch& batch, const std::string& status, const std::string& reason = {});
  void add_event(Batch& batch, EventRecord event);
  Result<void> commit(const Batch& batch);
  Result<void> refresh();

  // apply_stage.cc
  Result<void> plan_apply();
  Result<void> begin_apply(const std::string& logical_id);
  Result<void> prepare_step(const formation::ResourceDeclaration& declaration,
                            ResourceRecord& record);
  Result<bool> choose_step(ResourceRecord& record);
  Result<void> end_apply();
  Result<void> fail_apply(const std::string& reason);
  void put_leftover(Batch& batch, const ResourceRecord& record, const PhysicalResource& physical,
                    const std::string& policy, bool is_replaced);
  std::string failure_text() const;

  // outputs.cc
  struct Outputs {
    std::vector<OutputRecord> outputs;
    std::vector<std::string> imports;
  };
  Result<void> evaluate_outputs(Outputs& outputs);
  Result<void> publish_outputs(Batch& batch, const Outputs& outputs);
  /// "" or why the stack's exports cannot go.
  Result<std::string> used_export();

  // undo_stage.cc
  Result<void> plan_undo();
  Result<void> begin_undo(const std::string& logical_id);
  Result<void> end_undo();

  // removal_stage.cc
  Result<void> plan_removal();
  Result<void> begin_removal(const std::string& name);
  Result<void> plan_clean_up();
  Result<void> begin_clean_up(const std::string& name);
  Result<void> end_removal();
  Result<void> end_clean_up();
  bool is_retained(const ResourceRecord& record) const;

  // step_execution.cc
  struct Job;
  void start(const std::string& name, bool is_repeated);
  void execute(const std::string& name, bool is_repeated);
  static Result<Progress> call_handler(const Job& job, StackCalls& services,
                                       const ResourceRequest& request);
  Result<Job> make_job(const std::string& name);
  Result<void> conclude(const std::string& name, Result<Progress> result);
  Result<void> conclude_resource(ResourceRecord record, Result<Progress> result);
  Result<void> conclude_leftover(const std::string& name, LeftoverRecord record,
                                 Result<Progress> result);
  void succeed(Batch& batch, ResourceRecord& record, const Progress& progress);
  /// Called with the store's mutex held, as the next one.
  Result<void> record_failure(ResourceRecord record, const std::string& reason);
  Result<void> cancel_waiting();
  /// The same, and takes it.
  Result<void> fail_step(ResourceRecord record, const std::string& reason);
  std::string import_identifier(const std::string& logical_id) const;
  void wait_for(const std::string& name, uint64_t ms);
  void post_wake(const std::string& name);
  EventRecord event_of(const ResourceRecord& record, const std::string& status,
                       const std::string& reason = {}) const;

  // signals.cc
  Result<void> read_creation_policy(const formation::ResourceDeclaration& declaration,
                                    formation::References& references, ResourceRecord& record);
  /// Of a resource that is there and has still to be told of.
  Result<void> await_signals(Batch& batch, ResourceRecord record, const Progress& progress);

  BlockingCalls calls(AnswerScope answers = {}) const;
  formation::Environment environment() const;
  int64_t now_ms() const { return ports_.loop.now().ms; }

  OperationsEngine& engine_;
  const EnginePorts& ports_;
  const StackKey key_;

  std::mutex mutex_;
  // All below are guarded by mutex_.
  bool is_loaded_ = false;
  OperationRecord operation_;
  StackRecord stack_;
  std::unique_ptr<formation::Template> template_;
  std::optional<formation::Evaluator> evaluator_;
  StepGraph graph_;
  std::set<std::string> in_handler_;
  std::map<std::string, aws::ServiceLoop::TimerId> timers_;
  std::vector<std::pair<StackRecord, EventRecord>> told_;  ///< events not announced yet
};

}  // namespace pawl::cloudformation
