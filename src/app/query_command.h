// SPDX-License-Identifier: Apache-2.0
// `pawl query`: evaluates a JSONata expression or a JSONPath at the terminal.
#pragma once

#include <string>

namespace pawl::app {

struct QueryOptions {
  std::string expression;
  std::string input;  ///< a file, "-" is standard input; empty: no input
  bool json_path = false;
  bool explain = false;
  bool states = false;  ///< JSONata as state machines have it: 2.0.6, AWS's functions and bounds
};

/// The result goes to stdout, indented; nothing if it is undefined. Exit code 1 if the evaluation
/// fails, 2 if expression or input cannot be read.
int run_query(const QueryOptions& options);

}  // namespace pawl::app
