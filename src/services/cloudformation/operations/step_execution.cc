// SPDX-License-Identifier: Apache-2.0
// One step: the call of the resource's handler, and what its answer means.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/operations/failure_text.h"
#include "services/cloudformation/operations/stack_run.h"
#include "services/cloudformation/operations/template_values.h"
#include "services/cloudformation/state/answer_log.h"

namespace pawl::cloudformation {
namespace {

using json::Value;

Value parsed(const std::string& text) {
  auto value = json::parse(text);
  return value ? *std::move(value) : Value::object();
}

Value memory_of(const std::string& text) {
  auto value = json::parse(text);
  return text.empty() || !value ? Value() : *std::move(value);
}

std::string verb(StepKind kind) {
  switch (kind) {
    case StepKind::Create: return "CREATE";
    case StepKind::Adopt: return "IMPORT";
    case StepKind::Remove: return "DELETE";
    default: return "UPDATE";
  }
}

std::string noun(StepKind kind) {
  switch (kind) {
    case StepKind::Create: return "creation";
    case StepKind::Remove: return "deletion";
    default: return "update";
  }
}

}  // namespace

/// All that a handler is called with; made under the run's mutex, used without it.
struct StackRun::Job {
  std::shared_ptr<const ResourceHandler> handler;
  StepKind kind = StepKind::None;
  bool is_made = false;
  formation::Environment environment;
  std::string logical_id;
  std::string physical_id;
  std::string properties;
  std::string previous;
  std::string attributes;
  std::string memory;
  NamedTexts tags;
  NamedTexts previous_tags;
  std::string token;
};

StackRun::Result<Progress> StackRun::call_handler(const Job& job, StackCalls& services,
                                                  const ResourceRequest& request) {
  switch (job.kind) {
    case StepKind::Create:
    case StepKind::Replace: return job.handler->create(services, request);
    case StepKind::Update: return job.handler->update(services, request);
    case StepKind::Adopt: return job.handler->adopt(services, request);
    case StepKind::Remove: return job.handler->remove(services, request);
    case StepKind::None: break;
  }
  return Progress{};
}

void StackRun::start(const std::string& name, bool is_repeated) {
  in_handler_.insert(name);
  ports_.executor.run(
      [run = shared_from_this(), name, is_repeated] { run->execute(name, is_repeated); });
}

void StackRun::execute(const std::string& name, bool is_repeated) {
  std::unique_lock lock(mutex_);
  if (ports_.gate->is_closed() || !is_loaded_) return;
  const Result<Job> job = make_job(name);
  if (!job) return fail_internally(job.error());
  BlockingCalls services =
      calls({.store = &ports_.store,
             .key = answers_of(key_.uuid) + job->token + "/" + uuid_from(job->memory) + "/",
             .is_repeated = is_repeated});
  lock.unlock();
  Result<Progress> result = Progress{};
  {
    const ResourceRequest request{.environment = job->environment,
                                  .logical_id = job->logical_id,
                                  .physical_id = job->physical_id,
                                  .properties = parsed(job->properties),
                                  .previous = parsed(job->previous),
                                  .attributes = parsed(job->attributes),
                                  .stack_tags = job->tags,
                                  .previous_stack_tags = job->previous_tags,
                                  .token = job->token,
                                  .is_repeated = is_repeated,
                                  .memory = memory_of(job->memory)};
    if (job->is_made) {
      result = Progress::done(job->physical_id, request.attributes);
    } else {
      result = call_handler(*job, services, request);
    }
  }
  // An answer that the end of the process has given is none: the next one asks again.
  if (ports_.gate->is_closed()) return;
  lock.lock();
  in_handler_.erase(name);
  const auto concluded = conclude(name, std::move(result));
  if (!concluded) return fail_internally(concluded.error());
  advance_locked();
}

StackRun::Result<StackRun::Job> StackRun::make_job(const std::string& name) {
  Job job;
  job.environment = environment();
  job.tags = stack_.current.tags;
  if (operation_.stage == "clean-up") {
    for (const auto& leftover : PAWL_TRY(ports_.store.leftovers(key_))) {
      if (leftover.name != name) continue;
      job.kind = StepKind::Remove;
      job.handler = ports_.handlers.find(leftover.record.type);
      job.logical_id = leftover.record.logical_id;
      job.physical_id = leftover.record.physical.id;
      job.properties = leftover.record.physical.properties;
      job.attributes = leftover.record.physical.attributes;
      job.memory = leftover.record.memory;
    }
  } else {
    const auto record = PAWL_TRY(ports_.store.resource(key_, name));
    if (!record) return aws::internal_failure("a step has no record");
    const bool is_undo = operation_.stage == "undo" && operation_.kind != "CREATE";
    job.kind = is_undo ? StepKind::Update : record->kind();
    job.handler = ports_.handlers.find(record->type);
    job.logical_id = name;
    const bool makes = job.kind == StepKind::Create || job.kind == StepKind::Replace;
    job.physical_id = makes ? record->next.id : record->now.id;
    job.properties = is_undo                        ? record->before.properties
                     : job.kind == StepKind::Remove ? record->now.properties
                                                    : record->next.properties;
    job.previous = is_undo ? record->next.properties : record->now.properties;
    if (is_undo) job.tags = record->before.tags;
    job.previous_tags = is_undo ? record->next.tags : record->now.tags;
    job.is_made = makes && record->is_made;
    job.attributes = job.is_made ? record->next.attributes : record->now.attributes;
    job.memory = record->memory;
    if (job.kind == StepKind::Adopt) job.memory = import_identifier(name);
  }
  if (job.handler == nullptr) return aws::internal_failure("a resource's type is gone");
  job.token = uuid_from(operation_.stage_key() + "/" + name);
  job.tags.emplace_back("aws:cloudformation:stack-name", stack_.name);
  job.tags.emplace_back("aws:cloudformation:logical-id", job.logical_id);
  job.tags.emplace_back("aws:cloudformation:stack-id", stack_.id);
  return job;
}

std::string StackRun::import_identifier(const std::string& logical_id) const {
  for (const ImportRecord& import : operation_.imports) {
    if (import.logical_id != logical_id) continue;
    json::ObjectBuilder identifier;
    for (const auto& [key, value] : import.identifier) identifier.set(key, Value(value));
    return json::write(std::move(identifier).build());
  }
  return {};
}

StackRun::Result<void> StackRun::conclude(const std::string& name, Result<Progress> result) {
  if (operation_.stage == "clean-up") {
    for (auto& leftover : PAWL_TRY(ports_.store.leftovers(key_))) {
      if (leftover.name != name) continue;
      return conclude_leftover(name, std::move(leftover.record), std::move(result));
    }
    graph_.finish(name);
    return {};
  }
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  auto record = PAWL_TRY(ports_.store.resource(key_, name));
  if (!record) return aws::internal_failure("a step has no record");
  return conclude_resource(*std::move(record), std::move(result));
}

StackRun::Result<void> StackRun::conclude_resource(ResourceRecord record, Result<Progress> result) {
  const std::string name = record.logical_id;
  const bool is_undo = operation_.stage == "undo" && operation_.kind != "CREATE";
  const StepKind kind = is_undo ? StepKind::Update : record.kind();
  const bool makes = kind == StepKind::Create || kind == StepKind::Replace;
  if (!result) {
    const std::string token = uuid_from(operation_.stage_key() + "/" + name);
    const std::string reason = event_reason(result.error(), record.type, token);
    // A custom resource that fails says what it has made nevertheless.
    const std::string id = json::text_member(result.error().members, "PhysicalResourceId");
    if (makes && !id.empty()) record.next.id = id;
    return record_failure(std::move(record), reason);
  }
  Batch batch;
  if (makes && !result->physical_id.empty() && record.next.id != result->physical_id) {
    record.next.id = result->physical_id;
    record.reason = "Resource creation Initiated";
    EventRecord event = event_of(record, record.status, record.reason);
    event.physical_id = record.next.id;
    event.properties = record.next.shown;
    add_event(batch, std::move(event));
  }
  if (!result->is_done) {
    record.memory = json::write(result->memory);
    ports_.store.put_resource(batch, key_, record);
    PAWL_TRY_VOID(commit(batch));
    wait_for(name, result->again_ms);
    return {};
  }
  if (makes && record.signals_needed > record.signals) {
    return await_signals(batch, std::move(record), *result);
  }
  record.is_finished = true;
  record.memory.clear();
  record.reason.clear();
  record.updated_ms = now_ms();
  record.status = verb(kind) + "_COMPLETE";
  if (kind != StepKind::Remove) succeed(batch, record, *result);
  EventRecord event = event_of(record, record.status);
  if (!is_undo && kind != StepKind::Remove) event.properties = record.next.shown;
  add_event(batch, std::move(event));
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  graph_.finish(name);
  return {};
}

void StackRun::succeed(Batch& batch, ResourceRecord& record, const Progress& progress) {
  const bool is_undo = operation_.stage == "undo";
  PhysicalResource made = is_undo ? record.before : record.next;
  made.id = progress.physical_id.empty() ? record.now.id : progress.physical_id;
  made.attributes = json::write(progress.attributes);
  if (!record.now.id.empty() && record.now.id != made.id) {
    // Replaced, also where only the handler knew that it would be.
    const std::string& policy = record.now.update_replace_policy;
    put_leftover(batch, record, record.now, is_undo ? "Delete" : policy, true);
    if (!is_undo) record.step = step_name(StepKind::Replace);
  }
  record.now = std::move(made);
}

StackRun::Result<void> StackRun::conclude_leftover(const std::string& name, LeftoverRecord record,
                                                   Result<Progress> result) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  Batch batch;
  if (result && !result->is_done) {
    record.memory = json::write(result->memory);
    ports_.store.put_leftover(batch, key_, name, record);
    PAWL_TRY_VOID(commit(batch));
    wait_for(name, result->again_ms);
    return {};
  }
  const std::string token = uuid_from(operation_.stage_key() + "/" + name);
  EventRecord event = event_of({.logical_id = record.logical_id, .type = record.type},
                               result ? "DELETE_COMPLETE" : "DELETE_FAILED",
                               result ? "" : event_reason(result.error(), record.type, token));
  event.physical_id = record.physical.id;
  add_event(batch, std::move(event));
  if (result) ports_.store.erase_leftover(batch, key_, name);
  PAWL_TRY_VOID(commit(batch));
  if (result) {
    graph_.finish(name);
  } else {
    graph_.fail(name);
  }
  return {};
}

StackRun::Result<void> StackRun::fail_step(ResourceRecord record, const std::string& reason) {
  const std::lock_guard lock(ports_.store.mutex());
  PAWL_TRY_VOID(refresh());
  return record_failure(std::move(record), reason);
}

StackRun::Result<void> StackRun::record_failure(ResourceRecord record, const std::string& reason) {
  const std::string name = record.logical_id;
  const bool is_undo = operation_.stage == "undo" && operation_.kind != "CREATE";
  const StepKind kind = is_undo ? StepKind::Update : record.kind();
  Batch batch;
  record.is_finished = true;
  record.memory.clear();
  record.updated_ms = now_ms();
  record.reason = reason;
  record.status = verb(kind) + "_FAILED";
  const bool is_removal = kind == StepKind::Remove;
  if (is_removal && operation_.forces_deletion) {
    record.status = "DELETE_SKIPPED";
  }
  if (kind == StepKind::Create && !record.next.id.empty()) {
    // Something is there, if not whole: it goes when the operation is taken back.
    record.now = record.next;
  } else if (kind == StepKind::Replace && !record.next.id.empty() &&
             record.next.id != record.now.id) {
    put_leftover(batch, record, record.next, "Delete", true);
  }
  EventRecord event = event_of(record, record.status, reason);
  if (kind == StepKind::Create || (kind == StepKind::Update && !is_undo)) {
    event.properties = record.next.shown;
  }
  add_event(batch, std::move(event));
  ports_.store.put_resource(batch, key_, record);
  PAWL_TRY_VOID(commit(batch));
  if (record.status == "DELETE_SKIPPED") {
    graph_.finish(name);
    return {};
  }
  graph_.fail(name);
  if (operation_.stage != "apply") return {};
  graph_.hold();
  return cancel_waiting();
}

void StackRun::wait_for(const std::string& name, uint64_t ms) {
  timers_[name] =
      ports_.loop.run_at({now_ms() + static_cast<int64_t>(ms)}, [weak = weak_from_this(), name] {
        if (const auto run = weak.lock()) run->post_wake(name);
      });
}

/// From the loop's thread. As long as there is a run there is an executor.
void StackRun::post_wake(const std::string& name) {
  ports_.executor.run([run = shared_from_this(), name] {
    if (name.empty()) {
      run->advance();
    } else {
      run->wake(name);
    }
  });
}

StackRun::Result<void> StackRun::cancel_waiting() {
  for (const std::string& name : graph_.running()) {
    const auto timer = timers_.find(name);
    if (timer == timers_.end() || in_handler_.contains(name)) continue;
    ports_.loop.cancel(timer->second);
    timers_.erase(timer);
    auto record = PAWL_TRY(ports_.store.resource(key_, name));
    if (!record) continue;
    const StepKind kind = record->kind();
    PAWL_TRY_VOID(record_failure(*std::move(record), "Resource " + noun(kind) + " cancelled"));
  }
  return {};
}

EventRecord StackRun::event_of(const ResourceRecord& record, const std::string& status,
                               const std::string& reason) const {
  const int64_t now = now_ms();
  return {.id = record.logical_id + "-" + status + "-" + base::format_iso8601({now}),
          .logical_id = record.logical_id,
          .physical_id = record.now.id.empty() ? record.next.id : record.now.id,
          .type = record.type,
          .status = status,
          .reason = reason,
          .token = operation_.token,
          .operation_id = operation_.told_id(),
          .time_ms = now};
}

}  // namespace pawl::cloudformation
