// SPDX-License-Identifier: Apache-2.0
// InputTemplate: what an enrichment or a target gets instead of the event (EventBridge User Guide
// "EventBridge Pipes input transformation"): a text with <$.paths> into the event and
// <aws.pipes.variables>. A message body that is JSON is looked into ("Implicit body data parsing").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/event/event_path.h"
#include "base/error.h"
#include "json/value.h"

namespace pawl::pipes {

/// "aws.pipes.…" without what the event itself gives.
struct PipeVariables {
  std::string pipe_arn = {};
  std::string pipe_name = {};
  std::string source_arn = {};
  std::string enrichment_arn = {};
  std::string target_arn = {};
  std::string ingestion_time = {};  ///< ISO 8601
};

/// Immutable; thread-safe.
class InputTemplate {
 public:
  /// Errors: InvalidSyntax for a path that is none, or an unknown variable of Pipes.
  static base::Result<InputTemplate> compile(std::string_view text);

  /// Outside quotes a value is JSON, and "" if its path selects nothing; inside quotes, and in a
  /// template that is no JSON, it is its text.
  std::string apply(const json::Value& event, const PipeVariables& variables) const;

 private:
  struct Part {
    std::string text;  ///< up to the variable
    std::string variable = {};
    std::optional<aws::EventPath> path = {};
    bool is_quoted = false;
    bool has_insertion() const { return path || !variable.empty(); }
  };

  std::vector<Part> parts_;
  bool is_json_ = true;
};

/// The event with its body parsed, if that is JSON text.
json::Value with_body_parsed(const json::Value& event);

/// A parameter of a target that may be a path ("$.body.key") into the event: its text.
std::string dynamic_parameter(const std::string& parameter, const json::Value& event);

}  // namespace pawl::pipes
