// SPDX-License-Identifier: Apache-2.0
// API StartReplay, CancelReplay, DescribeReplay, ListReplays, and the replaying itself: a few
// events at a time, each chunk with its place in one batch.
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kEventsAtOnce = 50;
constexpr size_t kDeliveriesMax = 5'000;  ///< that may wait before a replay waits, too
constexpr int64_t kWaitMs = 100;

std::string key_of(const aws::Request& request) {
  return scope_of(request).key().text(text_member(request.input, "ReplayName")).take();
}

aws::ApiError no_replay(const aws::Request& request) {
  return not_found("Replay " + text_member(request.input, "ReplayName") + " does not exist.");
}

std::optional<ArchiveName> archive_of(const std::string& text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->service != "events" || !arn->resource.starts_with("archive/"))
    return std::nullopt;
  return ArchiveName{{arn->account_id, arn->region}, arn->resource.substr(8)};
}

aws::ApiError bad_parameter(const std::string& member, const std::string& reason) {
  return aws::validation_exception("Parameter " + member + " is not valid. Reason: " + reason);
}

bool is_wanted_rule(const Value& replay, const std::string& arn) {
  const Value destination = object_member(replay, "Destination");
  const Value* filters = destination.find("FilterArns");
  if (filters == nullptr || filters->size() == 0) return true;
  for (const Value& filter : filters->items())
    if (filter.as_string() == arn) return true;
  return false;
}

Value shown_replay(const Value& record) { return record.without_member("Position"); }

}  // namespace

ActionResult EventsService::start_replay(const aws::Request& request) {
  const Value& input = request.input;
  const std::string destination = text_member(object_member(input, "Destination"), "Arn");
  const std::string source = text_member(input, "EventSourceArn");
  const auto bus = BusName::of_arn(destination);
  if (!bus) return bad_parameter("Destination.Arn", "Must contain an event bus ARN.");
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find_bus(*bus));
  const auto archive = archive_of(source);
  const std::optional<Value> found =
      archive ? PAWL_TRY(archives_.find(archive->key().view())) : std::nullopt;
  if (!found)
    return bad_parameter("EventSourceArn",
                         "Archive " + (archive ? archive->name : source) + " does not exist.");
  const base::Timestamp from = time_of(input, "EventStartTime");
  const base::Timestamp until = time_of(input, "EventEndTime");
  if (from >= until)
    return bad_parameter("EventEndTime", "EventStartTime must be before EventEndTime.");
  if (text_member(*found, "EventSourceArn") != destination)
    return bad_parameter("Destination.Arn", "Cross event bus replay is not permitted.");
  const std::string key = key_of(request);
  if (PAWL_TRY(replays_.find(key)))
    return already_exists("Replay " + text_member(input, "ReplayName") + " already exists.");
  const Value now = time_value(options_.loop.now());
  const std::string arn = scope_of(request).arn("replay/" + text_member(input, "ReplayName"));
  ObjectBuilder record;
  copy_members(input,
               {"ReplayName", "Description", "EventSourceArn", "Destination", "EventStartTime",
                "EventEndTime"},
               record);
  record.set("ReplayArn", Value(arn)).set("ReplayStartTime", now);
  // Without events there is nothing to wait for.
  const bool is_done = PAWL_TRY(archived_->read(*archive, from, until, "", 1)).events.empty();
  record.set("State", Value(is_done ? "COMPLETED" : "STARTING"));
  if (is_done) record.set("ReplayEndTime", now);
  ObjectBuilder answer;
  answer.set("ReplayArn", Value(arn)).set("State", Value("STARTING")).set("ReplayStartTime", now);
  Value output = std::move(answer).build();
  store::Batch batch;
  replays_.put(batch, key, std::move(record).build());
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  if (!is_done) start_replaying(key);
  return aws::Output(std::move(output));
}

void EventsService::start_replaying(std::string key) {
  options_.loop.post([this, alive = std::weak_ptr<int>(alive_), key = std::move(key)] {
    if (const auto held = alive.lock()) replay_step(key);
  });
}

void EventsService::replay_step(const std::string& key) {
  if (queue_->size() > kDeliveriesMax) {
    options_.loop.run_at({options_.loop.now().ms + kWaitMs},
                         [this, alive = std::weak_ptr<int>(alive_), key] {
                           if (const auto held = alive.lock()) replay_step(key);
                         });
    return;
  }
  std::vector<Acceptance> accepted;
  bool is_done = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = replays_.find(key);
    if (!found || !*found) return;
    Value replay = **found;
    const std::string state = text_member(replay, "State");
    if (state != "STARTING" && state != "RUNNING") return;
    const auto archive = archive_of(text_member(replay, "EventSourceArn"));
    const auto bus = BusName::of_arn(text_member(object_member(replay, "Destination"), "Arn"));
    if (!archive || !bus) return;
    const std::string position = base::base64_decode(text_member(replay, "Position")).value_or("");
    const auto chunk = archived_->read(*archive, time_of(replay, "EventStartTime"),
                                       time_of(replay, "EventEndTime"), position, kEventsAtOnce);
    const auto rules = book_->rules_of(*bus);
    // A store that cannot be read ends the process elsewhere.
    if (!chunk || !rules) return;
    store::Batch batch;
    for (const std::string& text : chunk->events) {
      const auto parsed = json::parse(text);
      if (!parsed) continue;
      const Value event =
          parsed->with_member("replay-name", Value(text_member(replay, "ReplayName")));
      Acceptance acceptance;
      for (const CompiledRule* rule : (*rules)->matching(event)) {
        if (!is_wanted_rule(replay, rule->arn)) continue;
        for (const CompiledTarget& target : rule->targets)
          acceptance.to.push_back({rule->name, target.id});
      }
      acceptance.number =
          queue_->add(batch, {options_.loop.now(), json::write(event)}, acceptance.to);
      accepted.push_back(std::move(acceptance));
    }
    is_done = chunk->next.empty();
    replay = replay.with_member("State", Value(is_done ? "COMPLETED" : "RUNNING"))
                 .with_member("Position", Value(base::base64_encode(chunk->next)));
    if (!chunk->events.empty())
      replay = replay.with_member("EventLastReplayedTime", time_value(chunk->last));
    if (is_done) replay = replay.with_member("ReplayEndTime", time_value(options_.loop.now()));
    replays_.put(batch, key, replay);
    if (!commit(batch)) return;
  }
  for (const Acceptance& each : accepted) queue_->start(each.number, each.to);
  if (!is_done) start_replaying(key);
}

ActionResult EventsService::cancel_replay(const aws::Request& request) {
  const std::lock_guard lock(mutex_);
  const std::optional<Value> record = PAWL_TRY(replays_.find(key_of(request)));
  if (!record) return no_replay(request);
  const std::string state = text_member(*record, "State");
  if (state != "STARTING" && state != "RUNNING")
    return aws::ApiError("IllegalStatusException", "Replay " + text_member(*record, "ReplayName") +
                                                       " is not in a valid state for this "
                                                       "operation.");
  const Value cancelled = record->with_member("State", Value("CANCELLED"))
                              .with_member("ReplayEndTime", time_value(options_.loop.now()));
  ObjectBuilder answer;
  answer.set("ReplayArn", Value(text_member(*record, "ReplayArn")))
      .set("State", Value("CANCELLING"));
  Value output = std::move(answer).build();
  store::Batch batch;
  replays_.put(batch, key_of(request), cancelled);
  request.keep_answer(output);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(std::move(output));
}

ActionResult EventsService::describe_replay(const aws::Request& request) {
  const std::optional<Value> record = PAWL_TRY(replays_.find(key_of(request)));
  if (!record) return no_replay(request);
  return aws::Output(shown_replay(*record));
}

ActionResult EventsService::list_replays(const aws::Request& request) {
  const Value& input = request.input;
  const std::string source = text_member(input, "EventSourceArn");
  const std::string state = text_member(input, "State");
  const std::string prefix = scope_of(request).key().raw(text_member(input, "NamePrefix")).take();
  const RecordStore::Page page = PAWL_TRY(replays_.list(
      prefix, PAWL_TRY(page_start(input)), page_limit(input), [&](const Value& record) {
        return (source.empty() || text_member(record, "EventSourceArn") == source) &&
               (state.empty() || text_member(record, "State") == state);
      }));
  std::vector<Value> items;
  for (const Value& record : page.items)
    items.push_back(selected(
        record, {"ReplayName", "EventSourceArn", "State", "StateReason", "EventStartTime",
                 "EventEndTime", "EventLastReplayedTime", "ReplayStartTime", "ReplayEndTime"}));
  ObjectBuilder out;
  out.set("Replays", Value::array(std::move(items)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::events
