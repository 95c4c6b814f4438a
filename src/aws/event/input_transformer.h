// SPDX-License-Identifier: Apache-2.0
// InputTransformer: what a target gets instead of the event ("Amazon EventBridge input
// transformation"): a template with <variables>, which paths into the event and EventBridge itself
// define.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/event/event_path.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::aws {

/// Immutable; thread-safe.
class InputTransformer {
 public:
  /// Names and their paths: InputPathsMap.
  using Paths = std::vector<std::pair<std::string, std::string>>;

  /// Errors: InvalidSyntax. Its message says in AWS's words what is wrong, to be put behind "… for
  /// target ID": see `Mistake`.
  static base::Result<InputTransformer> compile(const Paths& paths, std::string_view text);

  /// PutTargets: "InputTemplate for target ID contains invalid placeholder NAME." and "Invalid
  /// InputTemplate for target ID : [Source: …".
  static std::optional<std::string> mistake(const Paths& paths, std::string_view text,
                                            std::string_view target_id);

  /// "aws.events.rule-arn" and the like.
  struct Predefined {
    std::string rule_arn = {};
    std::string rule_name = {};
    std::string ingestion_time = {};  ///< ISO 8601
  };

  /// Outside quotes a value is JSON, and "" if its path selects nothing; inside quotes it is its
  /// text, and nothing; objects and arrays then lose their quotes. What comes out is JSON if the
  /// template is. O(template + what is inserted).
  std::string apply(const json::Value& event, const Predefined& predefined) const;

 private:
  /// Text up to a variable, and the variable.
  struct Part {
    std::string text;
    std::string variable;  ///< "": none, at the end
    bool is_quoted = false;
  };

  static std::vector<Part> split(std::string_view text);

  std::vector<Part> parts_;
  std::vector<std::pair<std::string, EventPath>> paths_;
};

}  // namespace pawl::aws
