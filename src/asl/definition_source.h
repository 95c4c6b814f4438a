// SPDX-License-Identifier: Apache-2.0
// DefinitionSource: the text of a definition, JSON or YAML, as a value with places to point at.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/limits.h"
#include "json/value.h"

namespace pawl::asl {

/// A parsed source. Immutable.
class DefinitionSource {
 public:
  /// Errors: InvalidJson with position and Jackson's message (API code INVALID_JSON_DESCRIPTION);
  /// LimitExceeded.
  static base::Result<DefinitionSource> from_json(std::string text,
                                                  const base::Limits& limits = {});

  /// YAML 1.2 core schema with JSON's types (yaml-cpp); aliases are resolved within limits
  /// ("billion laughs" is LimitExceeded).
  static base::Result<DefinitionSource> from_yaml(const std::string& text,
                                                  const base::Limits& limits = {});

  const json::Value& root() const;
  /// The definition as JSON text: the source itself, or what the YAML says.
  const std::string& json_text() const;
  /// Pointers of members whose key occurs twice.
  const std::vector<std::string>& duplicates() const;
  /// Line and column in the source as written. O(text) for JSON.
  base::SourcePosition locate(std::string_view pointer) const;

 private:
  struct Parsed;
  explicit DefinitionSource(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const Parsed> parsed_;
};

}  // namespace pawl::asl
