// SPDX-License-Identifier: Apache-2.0
#include "asl/definition_source.h"

#include <utility>

#include "asl/parsed_source.h"
#include "json/parse.h"

namespace pawl::asl {

base::Result<DefinitionSource> DefinitionSource::from_json(std::string text,
                                                           const base::Limits& limits) {
  auto parsed = std::make_shared<Parsed>();
  parsed->root = PAWL_TRY(json::parse(text, {.depth_max = limits.json_depth_max,
                                             .bytes_max = limits.definition_bytes_max,
                                             .duplicates = &parsed->duplicates}));
  parsed->json_text = std::move(text);
  return DefinitionSource(std::move(parsed));
}

const json::Value& DefinitionSource::root() const { return parsed_->root; }
const std::string& DefinitionSource::json_text() const { return parsed_->json_text; }
const std::vector<std::string>& DefinitionSource::duplicates() const { return parsed_->duplicates; }

base::SourcePosition DefinitionSource::locate(std::string_view pointer) const {
  if (!parsed_->positions.empty()) {
    const auto found = parsed_->positions.find(std::string(pointer));
    return found == parsed_->positions.end() ? base::SourcePosition{} : found->second;
  }
  return json::locate(parsed_->json_text, pointer).value_or(base::SourcePosition{});
}

}  // namespace pawl::asl
