// SPDX-License-Identifier: Apache-2.0
#include "app/replay_command.h"

#include <unistd.h>

#include <chrono>
#include <span>
#include <utility>
#include <vector>

#include "app/data_folder.h"
#include "app/exit_code.h"
#include "app/http_call.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "json/write.h"
#include "server/execution_replay.h"

namespace pawl::app {
namespace {

using json::Value;

constexpr std::chrono::seconds kReplayTimeout{300};

const Value& member(const Value& object, std::string_view name) {
  static const Value kNull;
  const Value* found = object.is_object() ? object.find(name) : nullptr;
  return found == nullptr ? kNull : *found;
}

/// Nothing for what is no array: the answer of a server may be anything.
std::span<const Value> items_of(const Value& object, std::string_view name) {
  const Value& found = member(object, name);
  return found.is_array() ? found.items() : std::span<const Value>();
}

std::string text_of(const Value& value) {
  return printable(value.is_string() ? std::string(value.as_string()) : json::write(value));
}

void add_line(const Value& line, std::string& out) {
  const Value& parent = member(line, "parent");
  out += "\nline " + text_of(member(line, "line"));
  if (parent.is_string())
    out += " (number " + text_of(member(line, "index")) + " of line " + text_of(parent) + ")";
  out += "\n  state      " + text_of(member(line, "state")) + ": " +
         text_of(member(line, "phase")) + "\n  input      " + text_of(member(line, "input")) + "\n";
  const Value& variables = member(line, "variables");
  for (const auto& [name, value] :
       variables.is_object() ? variables.members() : std::span<const json::Member>())
    out += "  $" + printable(name.as_string()) + " = " + text_of(value) + "\n";
  if (!items_of(line, "retries").empty())
    out += "  retries    " + text_of(member(line, "retries")) + "\n";
  for (const Value& wait : items_of(line, "waits")) out += "  waits for  " + text_of(wait) + "\n";
  out += "  last event " + text_of(member(line, "lastEventId")) + "\n";
}

void add_check(const Value& check, std::string& out) {
  out += "\nrun again: " + text_of(member(check, "eventsCompared")) + " events of " +
         text_of(member(check, "records")) + " records came out the same\n";
  for (const Value& each : items_of(check, "notDerivable"))
    out += "  not compared from event " + text_of(member(each, "event")) + ": " +
           text_of(member(each, "why")) + "\n";
  for (const Value& each : items_of(check, "random"))
    out += "  event " + text_of(each) +
           " has a UUID, a task token or a random number: they come out otherwise each time\n";
  const Value& difference = member(check, "firstDifference");
  if (difference.is_null()) return;
  const auto side = [&difference](std::string_view name) {
    const Value& event = member(difference, name);
    return event.is_null() ? std::string("nothing") : text_of(event);
  };
  out += "  FIRST DIFFERENCE\n  stored:   " + side("stored") + "\n  replayed: " + side("replayed") +
         "\n";
}

base::Result<Value> ask_server(const ReplayOptions& options) {
  json::ObjectBuilder body;
  body.set("executionArn", Value(options.execution_arn));
  if (options.until != INT64_MAX) body.set("until", Value(options.until));
  return call_admin_action(options.endpoint, "replay", std::move(body).build(), kReplayTimeout);
}

base::Result<Value> read_store(const ReplayOptions& options) {
  const auto store = PAWL_TRY(open_existing_data(data_folder_or_default(options.data_folder)));
  return server::replay_as_json(*store, options.execution_arn, options.until);
}

}  // namespace

std::string replay_text(const Value& replay) {
  std::string out = text_of(member(replay, "executionArn")) + " " +
                    text_of(member(replay, "status")) + "\nevent " +
                    text_of(member(replay, "until")) + " of " + text_of(member(replay, "events")) +
                    ": " + text_of(member(member(replay, "event"), "type")) + " at " +
                    text_of(member(member(replay, "event"), "timestamp")) + "\n";
  for (const Value& line : items_of(replay, "lines")) add_line(line, out);
  if (items_of(replay, "lines").empty()) out += "\nno line runs any more\n";
  add_check(member(replay, "check"), out);
  return out;
}

int run_replay(const ReplayOptions& options) {
  const auto replay = options.endpoint.empty() ? read_store(options) : ask_server(options);
  if (!replay) {
    write_fully(STDERR_FILENO, "pawl replay: " + replay.error().message + "\n");
    return kExitRefused;
  }
  write_fully(STDOUT_FILENO, options.json ? json::write(*replay) + "\n" : replay_text(*replay));
  const bool differs = !member(member(*replay, "check"), "firstDifference").is_null();
  return differs ? kExitFailed : kExitOk;
}

}  // namespace pawl::app
