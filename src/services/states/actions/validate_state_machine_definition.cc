// SPDX-License-Identifier: Apache-2.0
// API ValidateStateMachineDefinition.
#include "json/members.h"
#include "services/states/definition.h"
#include "services/states/service.h"

namespace pawl::states {

using json::Value;

namespace {

constexpr size_t kDiagnosticsShownMax = 100;  ///< "The default value is 100"; 0 means the same

Value diagnostic_value(const asl::Diagnostic& diagnostic) {
  const bool is_error = diagnostic.severity == asl::Severity::Error;
  json::ObjectBuilder out;
  out.set("severity", Value(is_error ? "ERROR" : "WARNING"));
  out.set("code", Value(diagnostic.code));
  out.set("message", Value(diagnostic.message));
  if (!diagnostic.location.empty()) out.set("location", Value(diagnostic.location));
  return std::move(out).build();
}

}  // namespace

aws::ActionResult StatesService::validate_state_machine_definition(const Request& request) {
  const Value& input = request.input;
  const asl::Compilation compilation = compile_strictly(
      text_member(input, "definition"), type_named(text_member(input, "type")), resources_);
  // "severity: Minimum level of diagnostics to return. […] The default is ERROR."
  const bool with_warnings = text_member(input, "severity") == "WARNING";
  const int64_t given = integer_member(input, "maxResults");
  const size_t shown_max = given > 0 ? static_cast<size_t>(given) : kDiagnosticsShownMax;
  std::vector<Value> shown;
  bool truncated = false;
  for (const asl::Diagnostic& diagnostic : compilation.diagnostics) {
    if (diagnostic.severity == asl::Severity::Warning && !with_warnings) continue;
    if (shown.size() == shown_max) {
      truncated = true;
      break;
    }
    shown.push_back(diagnostic_value(diagnostic));
  }
  json::ObjectBuilder out;
  out.set("result", Value(asl::has_errors(compilation.diagnostics) ? "FAIL" : "OK"));
  out.set("diagnostics", Value::array(std::move(shown)));
  out.set("truncated", Value(truncated));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::states
