// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/stack_run.h"

#include <utility>

#include "aws/service/input_members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/template_values.h"

namespace pawl::cloudformation {

void StackRun::advance() {
  const std::lock_guard lock(mutex_);
  advance_locked();
}

void StackRun::wake(const std::string& logical_id) {
  const std::lock_guard lock(mutex_);
  if (logical_id.empty()) {
    std::vector<std::string> waiting;
    for (const auto& [name, timer] : timers_) {
      if (!name.empty()) waiting.push_back(name);
    }
    for (const std::string& name : waiting) wake_locked(name);
    return;
  }
  wake_locked(logical_id);
}

void StackRun::wake_locked(const std::string& logical_id) {
  const auto timer = timers_.find(logical_id);
  if (timer == timers_.end()) return;
  ports_.loop.cancel(timer->second);
  timers_.erase(timer);
  start(logical_id, false);
}

void StackRun::advance_locked() {
  while (!ports_.gate->is_closed()) {
    if (!is_loaded_) {
      const Result<bool> loaded = load();
      if (!loaded) return fail_internally(loaded.error());
      if (!*loaded) return engine_.forget(key_, this);
    }
    if (const auto begun = begin_ready(); !begun) return fail_internally(begun.error());
    if (!is_loaded_) continue;  // the stage has ended before its first step
    if (!graph_.running().empty()) return;
    if (const auto ended = end_stage(); !ended) return fail_internally(ended.error());
  }
}

void StackRun::fail_internally(const aws::ApiError& error) {
  // The store has failed, and with it the process: what is recorded is gone on with by the next.
  // Else a record is not what it should be: it stays as it is, for somebody to look at.
  if (ports_.failed) ports_.failed(key_, error);
  is_loaded_ = false;
}

StackRun::Result<void> StackRun::refresh() {
  auto operation = PAWL_TRY(ports_.store.operation(key_));
  auto stack = PAWL_TRY(ports_.store.stack(key_));
  if (!operation || !stack) return aws::internal_failure("a stack in operation has no record");
  operation_ = *std::move(operation);
  stack_ = *std::move(stack);
  return {};
}

StackRun::Result<bool> StackRun::load() {
  const auto operation = PAWL_TRY(ports_.store.operation(key_));
  if (!operation) return false;
  PAWL_TRY_VOID(refresh());
  graph_ = {};
  evaluator_.reset();
  template_.reset();
  is_loaded_ = true;
  if (operation_.stage == "apply") {
    PAWL_TRY_VOID(load_template(stack_.current.template_number));
    PAWL_TRY_VOID(plan_apply());
  } else if (operation_.stage == "clean-up") {
    PAWL_TRY_VOID(plan_clean_up());
  } else if (operation_.stage == "undo" && operation_.kind != "CREATE") {
    PAWL_TRY_VOID(plan_undo());
  } else {
    PAWL_TRY_VOID(plan_removal());
  }
  return true;
}

StackRun::Result<void> StackRun::load_template(int64_t number) {
  const auto texts = PAWL_TRY(ports_.store.template_texts(key_, number));
  auto document = aws::from_store(json::parse(texts.processed));
  if (!document) return document.error();
  auto compiled = aws::from_store(formation::Template::compile(*std::move(document)));
  if (!compiled) return compiled.error();
  template_ = std::make_unique<formation::Template>(*std::move(compiled));
  const formation::ParameterValues values = parameter_values(stack_.current.parameters);
  auto evaluator = aws::from_store(formation::Evaluator::create(*template_, values, environment()));
  if (!evaluator) return evaluator.error();
  evaluator_.emplace(*std::move(evaluator));
  return {};
}

StackRun::Result<void> StackRun::begin_ready() {
  PAWL_TRY_VOID(refresh());
  const bool is_stopped = operation_.is_cancelled || operation_.is_deleted ||
                          (operation_.timeout_ms != 0 && now_ms() >= operation_.timeout_ms);
  if (is_stopped && operation_.stage == "apply") {
    graph_.hold();
    const std::lock_guard lock(ports_.store.mutex());
    PAWL_TRY_VOID(cancel_waiting());
  }
  while (is_loaded_) {
    const std::vector<std::string> ready = graph_.take_ready();
    if (ready.empty()) return {};
    for (const std::string& name : ready) {
      if (!is_loaded_) return {};
      if (operation_.stage == "apply") {
        PAWL_TRY_VOID(begin_apply(name));
      } else if (operation_.stage == "clean-up") {
        PAWL_TRY_VOID(begin_clean_up(name));
      } else if (operation_.stage == "undo" && operation_.kind != "CREATE") {
        PAWL_TRY_VOID(begin_undo(name));
      } else {
        PAWL_TRY_VOID(begin_removal(name));
      }
    }
  }
  return {};
}

StackRun::Result<void> StackRun::end_stage() {
  is_loaded_ = false;
  if (operation_.stage == "apply") return end_apply();
  if (operation_.stage == "clean-up") return end_clean_up();
  if (operation_.stage == "undo" && operation_.kind != "CREATE") return end_undo();
  return end_removal();
}

StackRun::Result<void> StackRun::enter(Batch& batch, const std::string& stage) {
  operation_.stage = stage;
  ports_.store.put_operation(batch, key_, operation_);
  is_loaded_ = false;
  return commit(batch);
}

StackRun::Result<void> StackRun::end_operation(Batch& batch, const std::string& status,
                                               const std::string& reason) {
  set_status(batch, status, reason);
  ports_.store.erase_operation(batch, key_);
  ports_.store.erase_answers(batch, key_);
  for (const ChangeSetRecord& record : PAWL_TRY(ports_.store.change_sets(key_))) {
    // Those that are nested in another end with it.
    const bool is_own = record.root_id.empty() && !stack_.is_deleted();
    if (record.execution_status != "EXECUTE_IN_PROGRESS" || !is_own) continue;
    const bool is_success = operation_.failure.empty() && status.ends_with("_COMPLETE");
    PAWL_TRY_VOID(ports_.store.put_execution_status(
        batch, key_, record, is_success ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED"));
  }
  is_loaded_ = false;
  return commit(batch);
}

void StackRun::set_status(Batch& batch, const std::string& status, const std::string& reason) {
  stack_.status = status;
  stack_.reason = reason;
  ports_.store.put_stack(batch, key_, stack_);
  add_event(batch, stack_event(stack_, operation_, reason, now_ms()));
}

void StackRun::add_event(Batch& batch, EventRecord event) {
  ports_.store.add_event(batch, key_, event);
  told_.emplace_back(stack_, std::move(event));
}

StackRun::Result<void> StackRun::commit(const Batch& batch) {
  PAWL_TRY_VOID(ports_.store.commit(batch));
  auto told = std::exchange(told_, {});
  if (!ports_.announce) return {};
  for (const auto& [stack, event] : told) ports_.announce(key_, stack, event);
  return {};
}

BlockingCalls StackRun::calls(AnswerScope answers) const {
  return BlockingCalls(ports_.caller, ports_.models, ports_.gate,
                       {.principal = operation_.actor.principal(),
                        .region = key_.owner.region,
                        .role_arn = operation_.role_arn},
                       std::move(answers));
}

formation::Environment StackRun::environment() const {
  return environment_of(key_, stack_, ports_.url_suffix());
}

}  // namespace pawl::cloudformation
