// SPDX-License-Identifier: Apache-2.0
// YAML as CloudFormation reads it, for template_text.cc alone: yaml-cpp tells the events, this
// makes Values of them.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "json/value.h"

namespace pawl::formation {

/// Levels of nesting of a template, JSON or YAML.
inline constexpr size_t kTemplateDepthMax = 200;

/// See read_template. An empty document is null.
base::Result<json::Value> read_yaml(std::string_view text, bool aliases);

}  // namespace pawl::formation
