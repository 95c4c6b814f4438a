// SPDX-License-Identifier: Apache-2.0
#include "app/stacks_command.h"

#include <unistd.h>

#include <cmath>
#include <utility>
#include <vector>

#include "app/artifact_bucket.h"
#include "app/exit_code.h"
#include "app/image_names.h"
#include "app/stack_watch.h"
#include "app/text_file.h"
#include "app/text_table.h"
#include "base/time.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::app {
namespace {

using json::Value;

int fail(const std::string& message, int code = kExitFailed) {
  write_fully(STDERR_FILENO, "pawl stacks: " + message + "\n");
  return code;
}

int fail(const aws::ApiError& error) { return fail(as_error(error).message); }

Value named(const std::string& stack) {
  json::ObjectBuilder input;
  input.set("StackName", Value(stack));
  return std::move(input).build();
}

/// "2026-01-31 12:00:00", UTC; "" if there is no such time.
std::string time_text(const Value& object, std::string_view name) {
  const std::optional<double> seconds = json::find_number(object, name);
  if (!seconds) return {};
  std::string text = base::format_iso8601(base::Timestamp{static_cast<int64_t>(*seconds * 1'000)});
  text = text.substr(0, 19);
  if (text.size() > 10) text[10] = ' ';
  return text;
}

int list(ServiceCalls& calls, const StacksOptions& options) {
  std::vector<std::vector<std::string>> rows{{"NAME", "STATUS", "CHANGED (UTC)", "DESCRIPTION"}};
  std::vector<Value> all;
  Value input = Value::object();
  while (true) {
    const auto answer = calls.call("cloudformation", "DescribeStacks", input);
    if (!answer) return fail(answer.error());
    for (const Value& stack : json::items_member(*answer, "Stacks")) all.push_back(stack);
    const std::string token = json::text_member(*answer, "NextToken");
    if (token.empty()) break;
    input = input.with_member("NextToken", Value(token));
  }
  if (options.json) {
    write_fully(STDOUT_FILENO, json::write_pretty(Value::array(std::move(all))) + "\n");
    return kExitOk;
  }
  for (const Value& stack : all) {
    const std::string updated = time_text(stack, "LastUpdatedTime");
    rows.push_back({json::text_member(stack, "StackName"), json::text_member(stack, "StackStatus"),
                    updated.empty() ? time_text(stack, "CreationTime") : updated,
                    json::text_member(stack, "Description")});
  }
  write_fully(STDOUT_FILENO, all.empty() ? "There are no stacks.\n" : text_table(rows));
  return kExitOk;
}

int show(ServiceCalls& calls, const StacksOptions& options) {
  const auto answer = calls.call("cloudformation", "DescribeStacks", named(options.stack_name));
  if (!answer) return fail(answer.error());
  const Value stacks = json::array_member(*answer, "Stacks");
  if (stacks.size() == 0) return fail("there is no stack " + options.stack_name);
  const Value& stack = stacks.items().front();
  const auto resources =
      calls.call("cloudformation", "DescribeStackResources", named(options.stack_name));
  if (!resources) return fail(resources.error());
  if (options.json) {
    const Value both =
        stack.with_member("Resources", json::array_member(*resources, "StackResources"));
    write_fully(STDOUT_FILENO, json::write_pretty(both) + "\n");
    return kExitOk;
  }
  const Palette palette = make_palette(wants_colors(STDOUT_FILENO, options.no_color));
  const auto title = [&](const std::string& text) {
    return std::string(palette.bold) + text + std::string(palette.reset) + "\n";
  };
  std::string out = title(printable(json::text_member(stack, "StackName"))) +
                    text_table({{"Status", json::text_member(stack, "StackStatus")},
                                {"Reason", json::text_member(stack, "StackStatusReason")},
                                {"Created", time_text(stack, "CreationTime")},
                                {"Id", json::text_member(stack, "StackId")}});
  std::vector<std::vector<std::string>> rows;
  for (const Value& resource : json::items_member(*resources, "StackResources"))
    rows.push_back({json::text_member(resource, "LogicalResourceId"),
                    json::text_member(resource, "ResourceType"),
                    json::text_member(resource, "ResourceStatus"),
                    json::text_member(resource, "PhysicalResourceId")});
  if (!rows.empty()) out += title("Resources") + text_table(rows);
  write_fully(STDOUT_FILENO, out + outputs_table(stack, palette));
  return kExitOk;
}

int remove(ServiceCalls& calls, const StacksOptions& options) {
  const auto described = calls.call("cloudformation", "DescribeStacks", named(options.stack_name));
  if (!described) return fail(described.error());
  const Value stacks = json::array_member(*described, "Stacks");
  if (stacks.size() == 0) return fail("there is no stack " + options.stack_name);
  const std::string id = json::text_member(stacks.items().front(), "StackId");
  StackWatch watch(calls, id, {.quiet = options.quiet, .no_color = options.no_color});
  if (const base::Result<void> skipped = watch.skip_past(); !skipped)
    return fail(skipped.error().message);
  const auto begun = calls.call("cloudformation", "DeleteStack", named(id));
  if (!begun) return fail(begun.error());
  const base::Result<WatchedEnd> end = watch.watch();
  if (!end) return fail(end.error().message);
  if (end->status.empty()) return fail("the stack is being deleted all the same: pawl stacks show");
  if (end->status == "DELETE_COMPLETE") return kExitOk;
  std::string text = "the stack could not be deleted: " + end->status;
  for (const StackFailure& failure : watch.progress().failures())
    text += "\n  " + failure.path + " (" + failure.type + "): " + failure.reason;
  return fail(printable(text));
}

}  // namespace

std::string outputs_table(const Value& stack, const Palette& palette) {
  std::vector<std::vector<std::string>> rows;
  for (const Value& output : json::items_member(stack, "Outputs"))
    rows.push_back({json::text_member(output, "OutputKey"),
                    json::text_member(output, "OutputValue"),
                    json::text_member(output, "Description")});
  if (rows.empty()) return {};
  return std::string(palette.bold) + "Outputs" + std::string(palette.reset) + "\n" +
         text_table(rows);
}

int run_stacks(const StacksOptions& options) {
  const base::Result<Endpoint> endpoint = parse_endpoint(server_url(options.endpoint));
  if (!endpoint) return fail(endpoint.error().message, kExitRefused);
  ServiceClient calls(*endpoint, chosen_region(options.region));
  switch (options.action) {
    case StacksOptions::Action::List: return list(calls, options);
    case StacksOptions::Action::Show: return show(calls, options);
    case StacksOptions::Action::Delete: return remove(calls, options);
  }
  return kExitRefused;
}

}  // namespace pawl::app
