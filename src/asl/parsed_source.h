// SPDX-License-Identifier: Apache-2.0
// What a DefinitionSource holds. Internal to asl: definition_source.cc and yaml_source.cc.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "asl/definition_source.h"

namespace pawl::asl {

struct DefinitionSource::Parsed {
  json::Value root;
  std::string json_text;
  std::vector<std::string> duplicates;
  /// By pointer; YAML only: JSON text is searched when somebody asks.
  std::unordered_map<std::string, base::SourcePosition> positions;
};

}  // namespace pawl::asl
