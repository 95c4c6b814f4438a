// SPDX-License-Identifier: Apache-2.0
#include "console/execution_watch.h"

#include <algorithm>
#include <utility>

#include "console/history_api.h"
#include "engine/map_run_record.h"
#include "json/write.h"
#include "services/states/api_errors.h"
#include "services/states/execution_members.h"
#include "services/states/map_run_members.h"

namespace pawl::console {

using aws::ApiResult;
using engine::ExecutionRecord;
using interpreter::ExecutionStatus;
using json::Value;

/// Touched on the loop's thread only, but for the stream.
struct ExecutionWatch::Watcher {
  engine::ExecutionId id = 0;
  std::string arn;
  std::string region;
  aws::Principal principal;
  std::shared_ptr<EventStream> stream;
  int64_t after = 0;  ///< the last event that was sent

  std::string described;  ///< status, stop and redrives that were told, or are being asked for
  bool is_describing = false;
  std::string map_runs;  ///< as they were told
  bool has_map_runs = false;
  bool was_looked_for_map_runs = false;

  base::Timestamp looked_at;
  aws::ServiceLoop::TimerId timer = 0;  ///< of the next look; 0: none
  base::Timestamp timer_due;
  bool is_blocked = false;  ///< the client does not read: on_change comes when it does
  bool is_ended = false;

  bool send(std::string_view event, std::string_view data, int64_t event_id = 0) {
    is_blocked = !stream->send(event, data, event_id);
    return !is_blocked;
  }
};

namespace {

/// What DescribeExecution would say differently.
std::string standing_of(const ExecutionRecord& record) {
  return std::string(interpreter::execution_status_name(record.status)) + " " +
         std::to_string(record.stopped_at.ms) + " " + std::to_string(record.redrive_count);
}

}  // namespace

void ExecutionWatch::add_to(ApiTable& table) {
  table.on("execution/watch", [this](const ApiRequest& request, net::HttpReply reply) {
    open(request, std::move(reply));
  });
}

void ExecutionWatch::open(const ApiRequest& request, net::HttpReply reply) {
  const auto read = [&]() -> ApiResult<Handle> {
    auto watcher = std::make_shared<Watcher>();
    watcher->arn = PAWL_TRY(text_of(request.body, "executionArn"));
    watcher->after = PAWL_TRY(number_of(request.body, "after", 0, 0, INT64_MAX - 1));
    PAWL_TRY_VOID(request.may("states:GetExecutionHistory", watcher->arn));
    PAWL_TRY_VOID(request.may("states:DescribeExecution", watcher->arn));
    watcher->id = PAWL_TRY(find_execution(ports_.executions, watcher->arn)).id;
    watcher->region = request.region;
    watcher->principal = request.principal;
    return watcher;
  };
  const ApiResult<Handle> made = read();
  if (!made) return reply.send(error_answer(made.error()));
  (*made)->stream = ports_.streams.open(std::move(reply));
  if (!(*made)->stream) return;
  ports_.loop.post([this, watcher = *made] { begin(watcher); });
}

void ExecutionWatch::begin(const Handle& watcher) {
  ports_.board.watch(watcher->id);
  watchers_.emplace(watcher->id, watcher);
  // It holds the watcher weakly: the stream would hold itself.
  watcher->stream->on_change([this, weak = std::weak_ptr<Watcher>(watcher)] {
    ports_.loop.post([this, weak] {
      const Handle held = weak.lock();
      if (!held) return;
      held->is_blocked = false;
      look_soon(held);
    });
  });
  look(watcher);
}

void ExecutionWatch::end(const Handle& watcher) {
  if (std::exchange(watcher->is_ended, true)) return;
  ports_.board.unwatch(watcher->id);
  if (watcher->timer != 0) ports_.loop.cancel(watcher->timer);
  watcher->stream->close();
  const auto [first, last] = watchers_.equal_range(watcher->id);
  const auto found =
      std::find_if(first, last, [&](const auto& each) { return each.second == watcher; });
  if (found != last) watchers_.erase(found);
}

void ExecutionWatch::look_at_moved() {
  ports_.loop.post([this] {
    for (const engine::ExecutionId id : ports_.board.take_moved()) {
      std::vector<Handle> mine;
      const auto [first, last] = watchers_.equal_range(id);
      for (auto each = first; each != last; ++each) mine.push_back(each->second);
      for (const Handle& watcher : mine) look_soon(watcher);
    }
  });
}

/// Now, or as soon as the last look is kMessageGapMs ago.
void ExecutionWatch::look_soon(const Handle& watcher) {
  if (watcher->is_ended || watcher->is_blocked) return;
  const base::Timestamp due{watcher->looked_at.ms + kMessageGapMs};
  const base::Timestamp now = ports_.loop.now();
  // A clock that was set back must not make anybody wait.
  if (now >= due || now < watcher->looked_at) return look(watcher);
  if (watcher->timer == 0 || watcher->timer_due > due) look_at(watcher, due);
}

void ExecutionWatch::look_at(const Handle& watcher, base::Timestamp due) {
  if (watcher->timer != 0) ports_.loop.cancel(watcher->timer);
  watcher->timer_due = due;
  watcher->timer = ports_.loop.run_at(due, [this, watcher] {
    watcher->timer = 0;
    look(watcher);
  });
}

/// Reads what is there and tells it. What is refused is told when there is room again.
void ExecutionWatch::look(const Handle& watcher) {
  if (watcher->is_ended) return;
  if (watcher->stream->is_gone()) return end(watcher);
  watcher->looked_at = ports_.loop.now();
  look_at(watcher, {watcher->looked_at.ms + kLookAnywayMs});
  if (watcher->is_blocked) return;
  const auto record = ports_.executions.record(watcher->id);
  if (!record) return fail(watcher, states::store_failed(record.error()));
  if (!*record) {
    // It need not be read any more to be believed.
    if (watcher->send("gone", "{}")) end(watcher);
    return;
  }
  // In this order, so that whoever hears of the end has all events.
  if (!tell_events(*watcher, **record)) {
    if (!watcher->is_blocked) look_at(watcher, {watcher->looked_at.ms + kMessageGapMs});
    return;
  }
  if (!tell_map_runs(*watcher) || watcher->is_describing) return;
  if (watcher->described != standing_of(**record)) return describe(watcher, **record);
  if ((*record)->status != ExecutionStatus::Running) end(watcher);
}

/// False if there are more, or they were refused.
bool ExecutionWatch::tell_events(Watcher& watcher, const ExecutionRecord& record) {
  const auto events = ports_.executions.outlines(record.id, watcher.after + 1, kEventsMax);
  const auto revision = ports_.revisions.find_revision(record.revision);
  // Damage is told by whoever is asked for the history.
  if (!events || !revision || events->empty()) return true;
  watcher.has_map_runs =
      watcher.has_map_runs || std::any_of(events->begin(), events->end(), [](const auto& event) {
        return event.type == interpreter::HistoryEventType::MapRunStarted;
      });
  const int64_t last = events->back().id;
  const std::string text =
      outline_text(record.status, watcher.after, *events, *(*revision)->program);
  if (!watcher.send("history", text, last)) return false;
  watcher.after = last;
  return events->size() < kEventsMax;
}

bool ExecutionWatch::tell_map_runs(Watcher& watcher) {
  if (!watcher.has_map_runs && watcher.was_looked_for_map_runs) return true;
  watcher.was_looked_for_map_runs = true;
  const auto runs =
      engine::MapRunStore(ports_.executions).list(watcher.id, UINT64_MAX, kMapRunsMax);
  if (!runs || runs->empty()) return true;
  watcher.has_map_runs = true;
  std::vector<Value> list;
  for (const engine::MapRunRecord& run : *runs) list.push_back(states::map_run_description(run));
  json::ObjectBuilder out;
  out.set("mapRuns", Value::array(std::move(list)));
  std::string text = json::write(std::move(out).build());
  if (text == watcher.map_runs) return true;
  if (!watcher.send("mapRuns", text)) return false;
  watcher.map_runs = std::move(text);
  return true;
}

void ExecutionWatch::describe(const Handle& watcher, const ExecutionRecord& record) {
  watcher->is_describing = true;
  watcher->described = standing_of(record);
  aws::Call call;
  call.service = "stepfunctions";
  call.operation = "DescribeExecution";
  call.region = watcher->region;
  call.principal = watcher->principal;
  json::ObjectBuilder input;
  input.set("executionArn", Value(watcher->arn));
  call.input = std::move(input).build();
  ports_.caller.call(std::move(call), [this, watcher](const ApiResult<Value>& answer) {
    told_description(watcher, answer);
  });
}

void ExecutionWatch::told_description(const Handle& watcher, const ApiResult<Value>& answer) {
  watcher->is_describing = false;
  if (watcher->is_ended) return;
  if (!answer) {
    // It may have been deleted since: the next look says so.
    watcher->described.clear();
    if (answer.error().code == "ExecutionDoesNotExist") return look_soon(watcher);
    return fail(watcher, answer.error());
  }
  if (!watcher->send("execution", json::write(*answer))) watcher->described.clear();
  look_soon(watcher);
}

void ExecutionWatch::fail(const Handle& watcher, const aws::ApiError& error) {
  json::ObjectBuilder out;
  out.set("__type", Value(error.code)).set("message", Value(error.message.value_or("")));
  static_cast<void>(watcher->stream->send("error", json::write(std::move(out).build())));
  end(watcher);
}

}  // namespace pawl::console
