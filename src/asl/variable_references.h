// SPDX-License-Identifier: Apache-2.0
// Which variables each state of a definition reads: "variableReferences" of DescribeStateMachine
// and DescribeStateMachineForExecution.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json/value.h"

namespace pawl::asl {

/// Names without "$", sorted, by the name of the state; states that read none are absent. Only
/// variables that are assigned by states: `$states` and those of an expression's own do not count.
/// Never fails: what is no definition has no references.
std::map<std::string, std::vector<std::string>> variable_references(const json::Value& definition);

}  // namespace pawl::asl
