// SPDX-License-Identifier: Apache-2.0
// API PutEvents.
#include <utility>

#include "json/parse.h"
#include "services/events/api_input.h"
#include "services/events/event.h"
#include "services/events/service.h"

namespace pawl::events {

using aws::ActionResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kRequestBytesMax = size_t{256} << 10;
constexpr size_t kTimeBytes = 14;  ///< "Calculating PutEvents event entry size"
constexpr size_t kDetailDepthMax = 500;

size_t entry_bytes(const Value& entry) {
  size_t bytes = entry.find("Time") != nullptr ? kTimeBytes : 0;
  for (const char* member : {"Source", "DetailType", "Detail"})
    bytes += text_member(entry, member).size();
  if (const Value* resources = entry.find("Resources"))
    for (const Value& resource : resources->items()) bytes += resource.as_string().size();
  return bytes;
}

struct Refusal {
  std::string code;
  std::string message;
};

std::optional<Refusal> refusal_of(const Value& entry, const aws::Principal& principal) {
  for (const std::string member : {"Source", "DetailType", "Detail"})
    if (text_member(entry, member).empty())
      return Refusal{"InvalidArgument", "Parameter " + member + " is not valid. Reason: " + member +
                                            " is a required argument."};
  if (text_member(entry, "Source").starts_with("aws.") && principal.service.empty())
    return Refusal{"NotAuthorizedForSourceException", "Not authorized for the source."};
  return std::nullopt;
}

Value refused(const Refusal& refusal) {
  ObjectBuilder out;
  out.set("ErrorCode", Value(refusal.code)).set("ErrorMessage", Value(refusal.message));
  return std::move(out).build();
}

/// The bus that an entry names: a name, an ARN, or the default one.
BusName bus_of(const Value& entry, const Scope& scope) {
  const std::string name = text_member(entry, "EventBusName");
  if (name.empty()) return {scope, std::string(kDefaultBus)};
  if (auto bus = BusName::of_arn(name)) return *std::move(bus);
  return {scope, name};
}

}  // namespace

ActionResult EventsService::put_events(const aws::Request& request) {
  const Value* entries = request.input.find("Entries");
  size_t bytes = 0;
  for (const Value& entry : entries->items()) bytes += entry_bytes(entry);
  if (bytes > kRequestBytesMax)
    return aws::validation_exception("Total size of the entries in the request is over the limit.");
  PAWL_TRY_VOID(check_room(request.principal));
  const Scope scope = scope_of(request);
  const base::Timestamp now = options_.loop.now();
  std::vector<Value> results;
  std::vector<Acceptance> accepted;
  int64_t failures = 0;
  store::Batch batch;
  for (const Value& entry : entries->items()) {
    std::optional<Refusal> refusal = refusal_of(entry, request.principal);
    const auto detail = json::parse(text_member(entry, "Detail"), {.depth_max = kDetailDepthMax});
    if (!refusal && (!detail || !detail->is_object()))
      refusal = Refusal{"MalformedDetail", "Detail is malformed."};
    if (refusal) {
      results.push_back(refused(*refusal));
      ++failures;
      continue;
    }
    EventFacts facts{.id = make_id(),
                     .source = text_member(entry, "Source"),
                     .detail_type = text_member(entry, "DetailType"),
                     .time = entry.find("Time") != nullptr ? time_of(entry, "Time") : now};
    if (const Value* resources = entry.find("Resources")) facts.resources = *resources;
    facts.detail = *detail;
    // An event for a bus that does not exist is taken, and reaches nobody (recorded).
    accepted.push_back(
        PAWL_TRY(accept(batch, bus_of(entry, scope), event_of(scope, facts), facts.time)));
    ObjectBuilder result;
    result.set("EventId", Value(facts.id));
    results.push_back(std::move(result).build());
  }
  ObjectBuilder out;
  out.set("FailedEntryCount", Value(failures)).set("Entries", Value::array(std::move(results)));
  Value output = std::move(out).build();
  request.keep_answer(output);
  if (!batch.empty()) PAWL_TRY_VOID(commit(batch));
  for (const Acceptance& each : accepted) queue_->start(each.number, each.to);
  return aws::Output(std::move(output));
}

}  // namespace pawl::events
