// SPDX-License-Identifier: Apache-2.0
#include "console/history_api.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/execution_record.h"
#include "interpreter/history_json.h"
#include "json/write.h"
#include "services/states/api_errors.h"
#include "services/states/execution_members.h"
#include "services/states/resource_arn.h"

namespace pawl::console {

using aws::ApiResult;
using engine::ExecutionRecord;
using interpreter::EventOutline;
using interpreter::HistoryEvent;
using json::Value;

namespace {

constexpr size_t kEventsBytesMax = size_t{8} << 20;
/// Ids that are read together are no further apart: payloads are large, at worst.
constexpr int64_t kSpanMax = 200;

void append_json(std::string_view text, std::string& out) { json::write_string(text, out); }

/// Names of types in the order in which they come, each once.
class TypeTable {
 public:
  size_t index_of(interpreter::HistoryEventType type) {
    size_t& index = indexes_[static_cast<size_t>(type)];
    if (index == 0) {
      types_.push_back(type);
      index = types_.size();
    }
    return index - 1;
  }
  void write(std::string& out) const {
    out += '[';
    for (size_t i = 0; i < types_.size(); ++i) {
      if (i > 0) out += ',';
      append_json(interpreter::history_event_type_name(types_[i]), out);
    }
    out += ']';
  }

 private:
  std::array<size_t, 256> indexes_{};
  std::vector<interpreter::HistoryEventType> types_;
};

/// Names of states as JSON, made once each.
class StateNames {
 public:
  explicit StateNames(const asl::Program& program)
      : program_(program), names_(program.states.size()) {}
  std::string_view of(asl::StateIndex state) {
    if (state >= names_.size()) return "null";
    if (names_[state].empty()) append_json(program_.states[state].name, names_[state]);
    return names_[state];
  }

 private:
  const asl::Program& program_;
  std::vector<std::string> names_;
};

}  // namespace

std::string outline_text(interpreter::ExecutionStatus status, int64_t after,
                         std::span<const EventOutline> events, const asl::Program& program) {
  TypeTable types;
  StateNames names(program);
  std::string list;
  list.reserve(events.size() * 64);
  for (const EventOutline& event : events) {
    list += list.empty() ? "[" : ",[";
    list.append(std::to_string(event.id)).append(",");
    list.append(std::to_string(event.previous_event_id)).append(",");
    list.append(std::to_string(types.index_of(event.type))).append(",");
    list.append(std::to_string(event.timestamp.ms)).append(",");
    list.append(event.state ? names.of(*event.state) : "null").append(",");
    list.append(event.number ? std::to_string(*event.number) : "null").append("]");
  }
  std::string text = R"({"status":)";
  append_json(interpreter::execution_status_name(status), text);
  text += R"(,"last":)" + std::to_string(events.empty() ? after : events.back().id);
  text += R"(,"types":)";
  types.write(text);
  text.append(R"(,"events":[)").append(list).append("]}");
  return text;
}

ApiResult<ExecutionRecord> find_execution(const engine::ExecutionStore& executions,
                                          const std::string& execution_arn) {
  PAWL_TRY(states::parse_states_arn(execution_arn, {"execution"}));
  const auto name = engine::parse_execution_arn(execution_arn);
  if (!name) return states::execution_does_not_exist(execution_arn);
  const auto id = executions.find(name->scope, name->name);
  if (!id) return states::store_failed(id.error());
  if (!*id) return states::execution_does_not_exist(execution_arn);
  auto record = executions.record(**id);
  if (!record) return states::store_failed(record.error());
  if (!*record) return states::execution_does_not_exist(execution_arn);
  return **std::move(record);
}

void HistoryApi::add_to(ApiTable& table) {
  const auto add = [&](const char* name,
                       ApiResult<std::string> (HistoryApi::*answer)(const ApiRequest&) const) {
    table.on(name, [this, answer](const ApiRequest& request, net::HttpReply reply) {
      ApiResult<std::string> text = (this->*answer)(request);
      reply.send(text ? json_answer(*std::move(text)) : error_answer(text.error()));
    });
  };
  add("execution/history", &HistoryApi::history);
  add("execution/events", &HistoryApi::events);
}

ApiResult<ExecutionRecord> HistoryApi::find(const ApiRequest& request) const {
  const std::string arn = PAWL_TRY(text_of(request.body, "executionArn"));
  PAWL_TRY_VOID(request.may("states:GetExecutionHistory", arn));
  return find_execution(executions_, arn);
}

ApiResult<std::string> HistoryApi::history(const ApiRequest& request) const {
  const int64_t after = PAWL_TRY(number_of(request.body, "after", 0, 0, INT64_MAX - 1));
  const int64_t limit = PAWL_TRY(number_of(request.body, "limit", kOutlinesMax, 1, kOutlinesMax));
  const ExecutionRecord record = PAWL_TRY(find(request));
  const auto revision = revisions_.find_revision(record.revision);
  if (!revision) return states::store_failed(revision.error());
  const auto events = executions_.outlines(record.id, after + 1, static_cast<size_t>(limit));
  if (!events) return states::store_failed(events.error());
  return outline_text(record.status, after, *events, *(*revision)->program);
}

namespace {

/// What is asked for, ascending, each once.
ApiResult<std::vector<int64_t>> wanted_ids(const Value& body) {
  std::vector<int64_t> ids;
  const Value* list = body.find("ids");
  if (list == nullptr) {
    const int64_t from = PAWL_TRY(number_of(body, "from", 1, 1, INT64_MAX / 2));
    const int64_t limit = PAWL_TRY(number_of(body, "limit", 100, 1, HistoryApi::kEventsMax));
    for (int64_t id = from; id < from + limit; ++id) ids.push_back(id);
    return ids;
  }
  if (!list->is_array() || list->size() > static_cast<size_t>(HistoryApi::kEventsMax))
    return aws::validation_exception(R"("ids" must be a list of at most 1000 numbers.)");
  for (const Value& each : list->items()) {
    int64_t id = 0;
    if (!each.is_number() || !each.to_int64(id) || id < 1)
      return aws::validation_exception(R"("ids" must be a list of at most 1000 numbers.)");
    ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

ApiResult<std::string> HistoryApi::events(const ApiRequest& request) const {
  const std::vector<int64_t> ids = PAWL_TRY(wanted_ids(request.body));
  const ExecutionRecord record = PAWL_TRY(find(request));
  const auto revision = revisions_.find_revision(record.revision);
  if (!revision) return states::store_failed(revision.error());
  const auto info = engine::make_execution_info(record, (*revision)->role_arn);
  std::string text = R"({"events":[)";
  const size_t begin = text.size();
  for (size_t first = 0; first < ids.size();) {
    size_t end = first + 1;
    while (end < ids.size() && ids[end] - ids[first] < kSpanMax) ++end;
    const auto found = executions_.history(record.id, ids[first], ids[end - 1], SIZE_MAX, false);
    if (!found) return states::store_failed(found.error());
    for (const HistoryEvent& event : *found) {
      if (!std::binary_search(ids.begin(), ids.end(), event.id)) continue;
      if (text.size() > kEventsBytesMax) break;
      if (text.size() > begin) text += ',';
      json::write(interpreter::render(event, *(*revision)->program, *info), text);
    }
    if (text.size() > kEventsBytesMax) break;
    first = end;
  }
  return text + "]}";
}

}  // namespace pawl::console
