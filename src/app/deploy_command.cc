// SPDX-License-Identifier: Apache-2.0
#include "app/deploy_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "app/artifact_bucket.h"
#include "app/exit_code.h"
#include "app/image_names.h"
#include "app/stack_watch.h"
#include "app/stacks_command.h"
#include "app/text_file.h"
#include "app/text_table.h"
#include "base/bytes.h"
#include "engine/system_ports.h"
#include "formation/template_text.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::app {
namespace {

using json::Value;

constexpr std::chrono::milliseconds kChangeSetInterval{100};

/// "NAME=VALUE" as an object with members of these names. Errors: no "=".
base::Result<Value> pair_value(const std::string& text, const char* name, const char* value) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return base::Error(base::ErrorKind::InvalidSyntax, "'" + text + "' is not NAME=VALUE");
  json::ObjectBuilder pair;
  pair.set(name, Value(text.substr(0, equals))).set(value, Value(text.substr(equals + 1)));
  return std::move(pair).build();
}

bool says_no_changes(const std::string& reason) {
  return reason.find("didn't contain changes") != std::string::npos ||
         reason.find("No updates are to be performed") != std::string::npos;
}

/// A deployment on its way.
class Deployment {
 public:
  Deployment(const DeployOptions& options, ServiceCalls& calls, std::string region)
      : options_(options),
        calls_(calls),
        palette_(make_palette(wants_colors(STDERR_FILENO, options.no_color))),
        bucket_(calls, std::move(region), options.bucket, options.prefix) {}

  int run();

 private:
  base::Result<void> read_stack();
  base::Result<Value> template_input();
  base::Result<Value> parameters(const Value& declared) const;
  base::Result<Value> change_set_input(const Value& with_template);
  base::Result<std::string> make_change_set(const Value& input);
  base::Result<Value> await_change_set();
  void forget_change_set();
  void show_changes(const Value& change_set) const;
  int execute(const std::string& stack_id);
  int finish(const StackWatch& watch, const WatchedEnd& end) const;
  Value change_set_name() const {
    json::ObjectBuilder input;
    input.set("ChangeSetName", Value(change_set_id_)).set("StackName", Value(options_.stack_name));
    return std::move(input).build();
  }
  void say(const std::string& text) const {
    if (!options_.quiet) write_fully(STDERR_FILENO, text + "\n");
  }
  int fail(const std::string& message, int code = kExitFailed) const {
    write_fully(STDERR_FILENO, std::string(palette_.red) + "pawl deploy: " +
                                   printable_lines(message) + std::string(palette_.reset) + "\n");
    return code;
  }
  static std::string printable_lines(const std::string& text) {
    std::string out;
    size_t at = 0;
    for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
      out += printable(text.substr(at, end - at)) + "\n";
      at = end + 1;
    }
    return out + printable(text.substr(at));
  }

  const DeployOptions& options_;
  ServiceCalls& calls_;
  Palette palette_;
  ArtifactBucket bucket_;
  Value stack_ = Value::object();  ///< as it is before; {} if there is none
  bool creates_ = true;
  std::string change_set_id_ = {};
};

base::Result<void> Deployment::read_stack() {
  json::ObjectBuilder input;
  input.set("StackName", Value(options_.stack_name));
  const auto answer = calls_.call("cloudformation", "DescribeStacks", std::move(input).build());
  if (!answer) {
    const std::string message = answer.error().message.value_or("");
    if (message.find("does not exist") != std::string::npos) return {};
    return as_error(answer.error());
  }
  const Value stacks = json::array_member(*answer, "Stacks");
  if (stacks.size() > 0) stack_ = stacks.items().front();
  creates_ = stacks.size() == 0 || json::text_member(stack_, "StackStatus") == "REVIEW_IN_PROGRESS";
  return {};
}

/// TemplateBody, or TemplateURL of what is too large for a request, with the parameters.
base::Result<Value> Deployment::template_input() {
  const PackagedTemplate packaged = PAWL_TRY(package_template(
      options_.template_path, bucket_, [this](const std::string& text) { say(text); }));
  std::string text =
      packaged.changed
          ? json::write_pretty(packaged.value)
          : PAWL_TRY(read_text_file(options_.template_path, formation::kTemplateObjectBytesMax));
  json::ObjectBuilder input;
  if (text.size() > formation::kTemplateBodyBytesMax) {
    const std::string digest =
        base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, text)).substr(0, 32);
    const StoredArtifact stored = PAWL_TRY(bucket_.put(digest + ".template", text));
    input.set("TemplateURL", Value(bucket_.template_url(stored)));
  } else {
    input.set("TemplateBody", Value(text));
  }
  input.set("Parameters", PAWL_TRY(parameters(json::object_member(packaged.value, "Parameters"))));
  return std::move(input).build();
}

/// The overrides; of an update, the former values of all others.
base::Result<Value> Deployment::parameters(const Value& declared) const {
  std::vector<Value> all;
  for (const std::string& text : options_.parameters) {
    Value pair = PAWL_TRY(pair_value(text, "ParameterKey", "ParameterValue"));
    const std::string name = json::text_member(pair, "ParameterKey");
    if (declared.find(name) == nullptr)
      return base::Error(base::ErrorKind::InvalidSyntax,
                         "the template has no parameter '" + name + "'");
    all.push_back(std::move(pair));
  }
  for (const Value& former : json::items_member(stack_, "Parameters")) {
    const std::string name = json::text_member(former, "ParameterKey");
    bool overridden = false;
    for (const Value& pair : all)
      overridden = overridden || json::text_member(pair, "ParameterKey") == name;
    if (creates_ || overridden || declared.find(name) == nullptr) continue;
    json::ObjectBuilder pair;
    pair.set("ParameterKey", Value(name)).set("UsePreviousValue", Value(true));
    all.push_back(std::move(pair).build());
  }
  return Value::array(std::move(all));
}

base::Result<Value> Deployment::change_set_input(const Value& with_template) {
  std::vector<Value> tags;
  for (const std::string& tag : options_.tags)
    tags.push_back(PAWL_TRY(pair_value(tag, "Key", "Value")));
  const int64_t now = engine::SystemClock().now().ms;
  Value input = with_template.with_member("StackName", Value(options_.stack_name))
                    .with_member("ChangeSetName", Value("pawl-deploy-" + std::to_string(now)))
                    .with_member("ChangeSetType", Value(creates_ ? "CREATE" : "UPDATE"))
                    .with_member("Description", Value("Created by pawl deploy"))
                    .with_member("Capabilities", json::texts_value(options_.capabilities));
  if (!tags.empty()) input = input.with_member("Tags", Value::array(std::move(tags)));
  if (!options_.role_arn.empty()) input = input.with_member("RoleARN", Value(options_.role_arn));
  return input;
}

base::Result<std::string> Deployment::make_change_set(const Value& input) {
  const auto made = calls_.call("cloudformation", "CreateChangeSet", input);
  if (!made) {
    base::Error error = as_error(made.error());
    if (made.error().code.starts_with("InsufficientCapabilities"))
      error.message += "\nThe template makes such resources: allow it with --capabilities";
    return error;
  }
  change_set_id_ = json::text_member(*made, "Id");
  return json::text_member(*made, "StackId");
}

base::Result<Value> Deployment::await_change_set() {
  while (true) {
    const auto answer = calls_.call("cloudformation", "DescribeChangeSet", change_set_name());
    if (!answer) return as_error(answer.error());
    const std::string status = json::text_member(*answer, "Status");
    if (status == "CREATE_COMPLETE" || status == "FAILED") return *answer;
    std::this_thread::sleep_for(kChangeSetInterval);
  }
}

/// A change set that failed, and the stack that was to come of it, are of no use to anybody.
void Deployment::forget_change_set() {
  json::ObjectBuilder input;
  input.set("StackName", Value(options_.stack_name));
  const bool was_there = stack_.size() > 0;
  const auto gone = creates_ && !was_there
                        ? calls_.call("cloudformation", "DeleteStack", std::move(input).build())
                        : calls_.call("cloudformation", "DeleteChangeSet", change_set_name());
  if (!gone) say("the change set stays: " + as_error(gone.error()).message);
}

void Deployment::show_changes(const Value& change_set) const {
  std::vector<std::vector<std::string>> rows;
  for (const Value& change : json::items_member(change_set, "Changes")) {
    const Value resource = json::object_member(change, "ResourceChange");
    const std::string action = json::text_member(resource, "Action");
    const std::string replacement = json::text_member(resource, "Replacement");
    rows.push_back({action == "Add"      ? "+"
                    : action == "Remove" ? "-"
                                         : "~",
                    json::text_member(resource, "LogicalResourceId"),
                    json::text_member(resource, "ResourceType"),
                    replacement == "True"          ? "is replaced"
                    : replacement == "Conditional" ? "may be replaced"
                                                   : ""});
  }
  say(std::string(palette_.bold) + "Changes to " + printable(options_.stack_name) +
      std::string(palette_.reset) + (creates_ ? " (a new stack)" : ""));
  if (!options_.quiet) write_fully(STDERR_FILENO, text_table(rows));
}

int Deployment::finish(const StackWatch& watch, const WatchedEnd& end) const {
  const bool ok = end.status == "CREATE_COMPLETE" || end.status == "UPDATE_COMPLETE";
  if (ok) {
    const Palette palette = make_palette(wants_colors(STDOUT_FILENO, options_.no_color));
    write_fully(STDOUT_FILENO, outputs_table(end.stack, palette));
    return kExitOk;
  }
  std::string text = "the stack " + options_.stack_name + " failed: " + end.status;
  if (const std::string reason = json::text_member(end.stack, "StackStatusReason"); !reason.empty())
    text += " (" + reason + ")";
  for (const StackFailure& failure : watch.progress().failures())
    text += "\n  ✗ " + failure.path + " (" + failure.type + ") " + failure.status + ": " +
            failure.reason;
  return fail(text);
}

int Deployment::execute(const std::string& stack_id) {
  StackWatch watch(calls_, stack_id, {.quiet = options_.quiet, .no_color = options_.no_color});
  if (const base::Result<void> skipped = watch.skip_past(); !skipped)
    return fail(skipped.error().message);
  Value input = change_set_name();
  if (options_.disable_rollback) input = input.with_member("DisableRollback", Value(true));
  const auto begun = calls_.call("cloudformation", "ExecuteChangeSet", input);
  if (!begun) return fail(as_error(begun.error()).message);
  const base::Result<WatchedEnd> end = watch.watch();
  if (!end) return fail(end.error().message);
  if (end->status.empty())
    return fail(
        "no longer watched; the stack goes on all the same. See how it stands: pawl stacks show " +
        options_.stack_name);
  return finish(watch, *end);
}

int Deployment::run() {
  if (const base::Result<void> read = read_stack(); !read) return fail(read.error().message);
  const base::Result<Value> with_template = template_input();
  if (!with_template)
    return fail(with_template.error().message, with_template.error().kind == base::ErrorKind::Io
                                                   ? int{kExitFailed}
                                                   : int{kExitRefused});
  const base::Result<Value> input = change_set_input(*with_template);
  if (!input) return fail(input.error().message, kExitRefused);
  const base::Result<std::string> stack_id = make_change_set(*input);
  if (!stack_id) return fail(stack_id.error().message);
  const base::Result<Value> change_set = await_change_set();
  if (!change_set) return fail(change_set.error().message);
  if (json::text_member(*change_set, "Status") == "FAILED") {
    const std::string reason = json::text_member(*change_set, "StatusReason");
    forget_change_set();
    if (!says_no_changes(reason)) return fail("the change set failed: " + reason);
    say("No changes to deploy. The stack " + options_.stack_name + " is up to date.");
    write_fully(
        STDOUT_FILENO,
        outputs_table(stack_, make_palette(wants_colors(STDOUT_FILENO, options_.no_color))));
    return kExitOk;
  }
  show_changes(*change_set);
  if (!options_.only_change_set) return execute(*stack_id);
  say("Not executed. Execute it: aws cloudformation execute-change-set --change-set-name ARN");
  write_fully(STDOUT_FILENO, change_set_id_ + "\n");
  return kExitOk;
}

}  // namespace

std::string stack_name_of(const std::string& template_path) {
  constexpr size_t kLengthMax = 128;
  const std::filesystem::path file = std::filesystem::absolute(template_path).lexically_normal();
  std::string stem = file.filename();
  stem.resize(std::min(stem.find('.'), stem.size()));
  if (stem == "template") stem = file.parent_path().filename();
  std::string name;
  for (const char c : stem) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_digit = c >= '0' && c <= '9';
    if (is_letter || (is_digit && !name.empty())) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  name.resize(std::min(name.size(), kLengthMax));
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name;
}

int run_deploy(const DeployOptions& given) {
  DeployOptions options = given;
  if (options.stack_name.empty()) options.stack_name = stack_name_of(options.template_path);
  if (options.stack_name.empty()) {
    write_fully(STDERR_FILENO,
                "pawl deploy: the template's name makes none for the stack: say "
                "--stack-name\n");
    return kExitRefused;
  }
  const base::Result<Endpoint> endpoint = parse_endpoint(server_url(options.endpoint));
  if (!endpoint) {
    write_fully(STDERR_FILENO, "pawl deploy: " + endpoint.error().message + "\n");
    return kExitRefused;
  }
  const std::string region = chosen_region(options.region);
  ServiceClient calls(*endpoint, region);
  return Deployment(options, calls, region).run();
}

}  // namespace pawl::app
