// SPDX-License-Identifier: Apache-2.0
#include "app/run_setup.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "app/function_references.h"
#include "app/text_file.h"
#include "base/random.h"
#include "json/parse.h"

namespace pawl::app {
namespace {

/// A text that is read beyond AWS's limit on payloads still has an end.
constexpr size_t kExtendedInputBytesMax = 256'000'000;
constexpr size_t kNameCharactersMax = 80;
/// Lambda quotas, "Function timeout".
constexpr int64_t kFunctionTimeoutSecondsMax = 900;

base::Error bad_option(std::string message) {
  return {base::ErrorKind::InvalidSyntax, std::move(message)};
}

/// KEY=VALUE with a key that an environment can have.
std::optional<std::pair<std::string, std::string>> split_assignment(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

/// API StartExecution, "name": no white space, brackets, wildcards, or the characters " # % \ ^ | ~
/// ` $ & , ; : /, nor controls.
bool is_execution_name(std::string_view name) {
  constexpr std::string_view kForbidden = " <>{}[]?*\"#%\\^|~`$&,;:/";
  if (name.empty() || name.size() > kNameCharactersMax) return false;
  return std::none_of(name.begin(), name.end(), [&](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
           kForbidden.find(c) != std::string_view::npos;
  });
}

/// "path/file-check.asl.json" gives "file-check".
std::string machine_name(const std::string& path) {
  std::string name = path == "-" ? "stdin" : path.substr(path.rfind('/') + 1);
  name = name.substr(0, name.find('.', 1));
  for (char& c : name) {
    const bool fits = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    if (!fits) c = '-';
  }
  return name.empty() ? "machine" : name.substr(0, kNameCharactersMax);
}

std::string place(const std::string& name, const base::SourcePosition& position) {
  if (position.line == 0) return name;
  return name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

}  // namespace

base::Result<json::Payload> read_input(const RunOptions& options, const base::Limits& limits) {
  const std::string given = options.input.value_or("{}");
  const bool from_file = given.starts_with('@') || given == "-";
  const std::string path = given == "-" ? "-" : given.substr(given.starts_with('@') ? 1 : 0);
  const std::string name = !from_file ? "--input" : path == "-" ? "standard input" : path;
  const size_t bytes_max = std::min(limits.payload_bytes_max, kExtendedInputBytesMax);
  std::string text = given;
  if (from_file) {
    base::Result<std::string> read = read_text_file(path, bytes_max);
    if (!read && read.error().kind != base::ErrorKind::LimitExceeded) {
      return base::Error(read.error().kind, "the input cannot be read: " + read.error().message);
    }
    text = read ? *std::move(read) : std::string(bytes_max + 1, ' ');
  }
  if (text.size() > bytes_max) {
    std::string message =
        name + ": the input is longer than " + std::to_string(bytes_max) + " bytes";
    if (!options.extended_limits)
      message += ", the most that AWS takes (--limits extended takes more)";
    return base::Error(base::ErrorKind::LimitExceeded, std::move(message));
  }
  base::Result<json::Payload> payload =
      json::Payload::from_text(std::move(text), limits.json_depth_max);
  if (payload) return payload;
  const base::Error& error = payload.error();
  return base::Error(error.kind,
                     place(name, error.position) + ": the input is not JSON: " + error.message);
}

base::Result<std::vector<lambda::FunctionConfig>> read_functions(const RunOptions& options) {
  if (options.function_timeout_seconds < 1 ||
      options.function_timeout_seconds > kFunctionTimeoutSecondsMax) {
    return bad_option("--function-timeout must be from 1 to 900 seconds");
  }
  std::map<std::string, std::string> shared;
  for (const std::string& text : options.environment) {
    auto assignment = split_assignment(text);
    if (!assignment) return bad_option("--env '" + text + "' is not of the form KEY=VALUE");
    shared.insert_or_assign(std::move(assignment->first), std::move(assignment->second));
  }
  std::vector<lambda::FunctionConfig> functions;
  for (const std::string& option : options.functions) {
    lambda::FunctionConfig function = PAWL_TRY(lambda::parse_function_option(option));
    for (const lambda::FunctionConfig& other : functions) {
      if (other.name == function.name)
        return bad_option("--function " + function.name + " is given twice");
    }
    function.timeout_ms = options.function_timeout_seconds * 1'000;
    function.region = options.region;
    function.account = options.account;
    function.environment = shared;
    functions.push_back(std::move(function));
  }
  for (const std::string& text : options.function_environment) {
    const size_t colon = text.find(':');
    auto assignment = colon == std::string::npos
                          ? std::nullopt
                          : split_assignment(std::string_view(text).substr(colon + 1));
    if (!assignment)
      return bad_option("--function-env '" + text + "' is not of the form NAME:KEY=VALUE");
    const std::string name = text.substr(0, colon);
    const auto function =
        std::find_if(functions.begin(), functions.end(),
                     [&](const lambda::FunctionConfig& each) { return each.name == name; });
    if (function == functions.end())
      return bad_option("--function-env names '" + name + "', which no --function defines");
    function->environment.insert_or_assign(std::move(assignment->first),
                                           std::move(assignment->second));
  }
  return functions;
}

base::Result<void> check_functions_given(const json::Value& definition,
                                         const std::vector<lambda::FunctionConfig>& functions) {
  std::string missing;
  for (const FunctionReference& reference : function_references(definition)) {
    const bool given = std::any_of(functions.begin(), functions.end(),
                                   [&](const lambda::FunctionConfig& function) {
                                     return function.name == reference.function;
                                   });
    if (!given) missing += "\n  " + reference.function + "  (state \"" + reference.state + "\")";
  }
  if (missing.empty()) return {};
  return base::Error(base::ErrorKind::NotFound,
                     "these functions are called, but there is no --function for them:" + missing +
                         "\nAdd --function NAME=PATH:HANDLER for each, for example --function "
                         "hello=hello.py:lambda_handler");
}

base::Result<interpreter::ExecutionInfo> make_execution_info(const RunOptions& options,
                                                             const base::Limits& limits,
                                                             uint64_t seed) {
  const bool region_fits = !options.region.empty() &&
                           std::all_of(options.region.begin(), options.region.end(), [](char c) {
                             return std::islower(static_cast<unsigned char>(c)) != 0 ||
                                    std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
                           });
  if (!region_fits)
    return bad_option("--region '" + options.region + "' is no region, such as eu-west-1");
  const bool account_fits =
      options.account.size() == 12 && std::all_of(options.account.begin(), options.account.end(),
                                                  [](char c) { return c >= '0' && c <= '9'; });
  if (!account_fits)
    return bad_option("--account '" + options.account + "' is no account: 12 digits");
  base::Random random(seed);
  const std::string name = options.name ? *options.name : base::make_uuid(random);
  if (!is_execution_name(name)) {
    return bad_option(
        "--name '" + name +
        "' is no name of an execution: 1 to 80 characters without spaces, brackets or any of " +
        R"(?*"#%\^|~`$&,;:/)");
  }
  const std::string prefix = "arn:aws:states:" + options.region + ":" + options.account + ":";
  const bool express = options.type == asl::StateMachineType::Express;
  interpreter::ExecutionInfo info;
  info.state_machine_name = machine_name(options.definition);
  info.state_machine_arn = prefix + "stateMachine:" + info.state_machine_name;
  info.execution_name = name;
  info.execution_arn =
      prefix + (express ? "express:" : "execution:") + info.state_machine_name + ":" + name;
  if (express) info.execution_arn += ":" + base::make_uuid(random);
  info.role_arn = "arn:aws:iam::" + options.account + ":role/pawl";
  info.region = options.region;
  info.account = options.account;
  info.limits = limits;
  return info;
}

}  // namespace pawl::app
