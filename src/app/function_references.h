// SPDX-License-Identifier: Apache-2.0
// Which functions a definition names, so that a missing one is an error before anything runs.
#pragma once

#include <string>
#include <vector>

#include "json/value.h"

namespace pawl::app {

struct FunctionReference {
  std::string function;  ///< the bare name
  std::string state;     ///< the first Task that names it
};

/// Every function that a Task of the definition names literally, each once, in document order: by
/// its ARN as Resource, or as FunctionName of lambda:invoke. What is only known at run time
/// ("FunctionName.$") is left out.
std::vector<FunctionReference> function_references(const json::Value& definition);

}  // namespace pawl::app
