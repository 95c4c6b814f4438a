// SPDX-License-Identifier: Apache-2.0
#include "console/executions_watch.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "engine/execution_record.h"
#include "json/write.h"
#include "services/states/execution_members.h"
#include "services/states/resource_arn.h"

namespace pawl::console {

using aws::ApiResult;
using interpreter::ExecutionStatus;
using json::Value;

struct ExecutionsWatch::Watcher {
  std::string scope;  ///< "": all of `place`
  std::string place;
  std::shared_ptr<EventStream> stream;
  std::string counts;  ///< as they were told
  uint64_t change = 0;
};

namespace {

constexpr size_t kMachinesMax = 1'000;

Value counts_value(const engine::StatusCounts& counts, bool is_complete) {
  json::ObjectBuilder out;
  for (const auto status :
       {ExecutionStatus::Running, ExecutionStatus::Succeeded, ExecutionStatus::Failed,
        ExecutionStatus::TimedOut, ExecutionStatus::Aborted}) {
    out.set(interpreter::execution_status_name(status),
            Value(std::max<int64_t>(counts[static_cast<size_t>(status)], 0)));
  }
  out.set("PENDING_REDRIVE", Value(int64_t{0})).set("isComplete", Value(is_complete));
  return std::move(out).build();
}

ApiResult<std::string> scope_of(const std::string& state_machine_arn) {
  const auto arn = PAWL_TRY(states::parse_state_machine_arn(state_machine_arn));
  return engine::scope_of_machine(arn.key.region, arn.key.account_id, arn.key.name);
}

Value changed_execution(const ExecutionBoard::Change& change) {
  const engine::ExecutionRecord& record = change.record;
  json::ObjectBuilder out;
  out.set("executionArn", Value(execution_arn_of(record)))
      .set("stateMachineArn", Value(state_machine_arn_of(record)))
      .set("name", Value(record.name))
      .set("status", Value(change.is_erased ? std::string_view("DELETED")
                                            : interpreter::execution_status_name(record.status)))
      .set("startDate", states::seconds_of(record.started_at));
  if (record.status != ExecutionStatus::Running)
    out.set("stopDate", states::seconds_of(record.stopped_at));
  return std::move(out).build();
}

std::string changes_text(const ExecutionBoard::Changes& changes) {
  std::unordered_set<engine::ExecutionId> seen;
  std::vector<Value> list;
  for (auto change = changes.list.rbegin(); change != changes.list.rend(); ++change) {
    if (seen.insert(change->record.id).second) list.push_back(changed_execution(*change));
  }
  std::reverse(list.begin(), list.end());
  json::ObjectBuilder out;
  out.set("executions", Value::array(std::move(list)))
      .set("isIncomplete", Value(changes.is_incomplete))
      .set("change", Value(static_cast<int64_t>(changes.last)));
  return json::write(std::move(out).build());
}

}  // namespace

void ExecutionsWatch::add_to(ApiTable& table) {
  table.on("executions/watch", [this](const ApiRequest& request, net::HttpReply reply) {
    open(request, std::move(reply));
  });
  table.on_result("executions/counts",
                  [this](const ApiRequest& request) { return counts(request); });
}

ApiResult<Value> ExecutionsWatch::counts(const ApiRequest& request) const {
  const Value* machines = request.body.find("stateMachineArns");
  if (machines == nullptr || !machines->is_array() || machines->size() > kMachinesMax)
    return aws::validation_exception(R"("stateMachineArns" must be a list of at most 1000 ARNs.)");
  const bool is_complete = ports_.board.is_complete();
  std::vector<Value> counts;
  for (const Value& machine : machines->items()) {
    if (!machine.is_string())
      return aws::validation_exception(R"("stateMachineArns" must be a list of ARNs.)");
    const std::string arn(machine.as_string());
    PAWL_TRY_VOID(request.may("states:ListExecutions", arn));
    counts.push_back(counts_value(ports_.board.counts(PAWL_TRY(scope_of(arn))), is_complete));
  }
  json::ObjectBuilder out;
  out.set("counts", Value::array(std::move(counts)));
  return std::move(out).build();
}

void ExecutionsWatch::open(const ApiRequest& request, net::HttpReply reply) {
  const auto read = [&]() -> ApiResult<std::shared_ptr<Watcher>> {
    auto watcher = std::make_shared<Watcher>();
    const std::string machine = PAWL_TRY(text_or_empty(request.body, "stateMachineArn"));
    PAWL_TRY_VOID(request.may("states:ListExecutions", machine.empty() ? "*" : machine));
    watcher->change =
        static_cast<uint64_t>(PAWL_TRY(number_of(request.body, "after", 0, 0, INT64_MAX - 1)));
    watcher->place = request.region + ":" + request.principal.account_id;
    if (machine.empty()) return watcher;
    watcher->scope = PAWL_TRY(scope_of(machine));
    return watcher;
  };
  const ApiResult<std::shared_ptr<Watcher>> made = read();
  if (!made) return reply.send(error_answer(made.error()));
  (*made)->stream = ports_.streams.open(std::move(reply));
  if (!(*made)->stream) return;
  ports_.loop.post([this, watcher = *made] {
    ports_.board.watch_changes();
    if (watcher->change == 0) watcher->change = ports_.board.last_change();
    watchers_.push_back(watcher);
    watcher->stream->on_change([this] { tell_soon(); });
    tell(*watcher);
  });
}

void ExecutionsWatch::tell_soon() {
  ports_.loop.post([this] {
    if (std::exchange(is_due_, true)) return;
    const base::Timestamp now = ports_.loop.now();
    const base::Timestamp due{told_at_.ms + kMessageGapMs};
    if (now >= due || now < told_at_) return tell_all();
    ports_.loop.run_at(due, [this] { tell_all(); });
  });
}

void ExecutionsWatch::tell_all() {
  is_due_ = false;
  told_at_ = ports_.loop.now();
  // First, so that what comes meanwhile rings again.
  ports_.board.take_changed();
  std::erase_if(watchers_, [this](const auto& watcher) {
    const bool is_gone = !tell(*watcher);
    if (is_gone) ports_.board.unwatch_changes();
    return is_gone;
  });
}

/// False if nobody listens any more. What is refused is told when there is room again.
bool ExecutionsWatch::tell(Watcher& watcher) {
  if (watcher.stream->is_gone()) return false;
  const Value counts =
      counts_value(watcher.scope.empty() ? ports_.board.counts_of_place(watcher.place)
                                         : ports_.board.counts(watcher.scope),
                   ports_.board.is_complete());
  std::string text = json::write(counts);
  if (text != watcher.counts) {
    const Value change(static_cast<int64_t>(watcher.change));
    if (!watcher.stream->send("counts", json::write(counts.with_member("change", change))))
      return !watcher.stream->is_gone();
    watcher.counts = std::move(text);
  }
  const auto changes =
      ports_.board.changes(watcher.change, watcher.scope, watcher.place, kChangesMax);
  const bool is_news = !changes.list.empty() || changes.is_incomplete;
  if (is_news && !watcher.stream->send("changed", changes_text(changes)))
    return !watcher.stream->is_gone();
  watcher.change = changes.last;
  return true;
}

}  // namespace pawl::console
