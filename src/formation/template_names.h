// SPDX-License-Identifier: Apache-2.0
// Whether the names that a template's expressions refer to are declared, and where they may be
// referred to. For template.cc and evaluator.cc alone.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "formation/template.h"
#include "json/value.h"

namespace pawl::formation {

/// The conditions, each after those that it names. Errors: an unknown one, a cycle.
base::Result<std::vector<std::string>> condition_order(const json::Value& conditions);

/// Errors in AWS's words.
base::Result<void> check_names(const Template& source);

}  // namespace pawl::formation
