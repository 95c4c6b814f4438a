// SPDX-License-Identifier: Apache-2.0
// Evaluation of one expression on data of somebody's choice: the console's playground. The language
// is the engine's own.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "json/value.h"

namespace pawl::console {

struct EvaluationRequest {
  enum class Kind : uint8_t {
    Path,        ///< JSONPath: a path or an intrinsic call
    Expression,  ///< JSONata, with or without its braces; in JSONPath the same as Path
    Template,    ///< JSON with ".$" members, or with "{% … %}" strings
    Condition,   ///< JSONPath: a Choice rule; JSONata: an expression that gives true or false
  };
  bool is_jsonata = false;
  Kind kind = Kind::Path;
  std::string text = {};
  json::Value input = json::Value::object();
  json::Value context = json::Value::object();    ///< an object
  json::Value variables = json::Value::object();  ///< an object: name to value
  /// Members of `$states` besides input and context: "result", "errorOutput"; an object.
  json::Value states = json::Value::object();
  base::Timestamp now = {};
  uint64_t seed = 1;  ///< of random numbers
};

/// {"value": …}, or {"error": name of the error, "cause": words, "position"?: {"line", "column",
/// "offset"}}: in `text`, from 1, columns in characters, offset in UTF-16 units from 0. Besides:
/// "undefined": true for JSONata that gives nothing; "definite": whether a path names one place;
/// "parts": [{"pointer", "text", "value" | "error" + "cause", "position"?}] of templates and
/// conditions, in order. Within the engine's limits. The answer shares nothing with the request's
/// text, but values with its data. One thread.
json::Value evaluate(const EvaluationRequest& request);

}  // namespace pawl::console
