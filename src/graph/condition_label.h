// SPDX-License-Identifier: Apache-2.0
// The label of a Choice branch: its rule as one short line of text for people, e.g. `$.size >
// 2000000 and not $.done is true`.
#pragma once

#include <string>

#include "json/value.h"

namespace pawl::graph {

/// `rule` is a Choice Rule of either query language. Anything that is no rule gives "?".
/// Thread-safe.
std::string condition_label(const json::Value& rule);

}  // namespace pawl::graph
