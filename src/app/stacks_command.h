// SPDX-License-Identifier: Apache-2.0
// `pawl stacks`: the stacks of a running server: list them, show one, delete one.
#pragma once

#include <string>

#include "app/terminal.h"
#include "json/value.h"

namespace pawl::app {

struct StacksOptions {
  enum class Action { List, Show, Delete };
  Action action = Action::List;
  std::string stack_name = {};
  std::string region = {};
  std::string endpoint = {};
  bool json = false;
  bool quiet = false;
  bool no_color = false;
};

/// Exit code 0: done. 1: the stack is not there, could not be deleted, or the server refused.
int run_stacks(const StacksOptions& options);

/// A stack's outputs as a table with a heading; "" if it has none.
std::string outputs_table(const json::Value& stack, const Palette& palette);

}  // namespace pawl::app
