// SPDX-License-Identifier: Apache-2.0
// Tab completion: scripts for bash, zsh and fish, made from the description of the commands, so
// that they cannot fall behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::app {

enum class CompletionValue : uint8_t {
  None,
  Text,
  Choice,
  File,
  InputFile,
  FunctionFile,
  OutputFile
};

struct CompletionOption {
  std::vector<std::string> names;  ///< "--input", "-i"
  std::string help;                ///< one line
  CompletionValue value = CompletionValue::None;
  std::vector<std::string> choices;
};

struct CompletionCommand {
  std::string name;
  std::string help;
  std::vector<CompletionOption> options;
  std::vector<std::string> arguments;  ///< what its argument may be; empty: definition files
};

enum class Shell : uint8_t { Bash, Zsh, Fish };
std::optional<Shell> parse_shell(std::string_view name);

/// The script; `source <(pawl completion bash)` is all it needs.
std::string completion_script(Shell shell, const std::vector<CompletionCommand>& commands);

}  // namespace pawl::app
