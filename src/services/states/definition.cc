// SPDX-License-Identifier: Apache-2.0
#include "services/states/definition.h"

#include "json/members.h"
#include "services/states/api_errors.h"

namespace pawl::states {

namespace {

/// More than any answer shows, so that warnings cannot crowd out errors.
constexpr size_t kDiagnosticsMax = 1'000;

}  // namespace

asl::Compilation compile_strictly(const std::string& definition, asl::StateMachineType type,
                                  const asl::ResourceCatalog* resources) {
  asl::CompileOptions options;
  options.type = type;
  options.catalog = resources;
  options.unknown_resource = asl::Severity::Error;
  options.diagnostics_max = kDiagnosticsMax;
  return asl::compile(definition, options);
}

aws::ApiResult<void> check_definition(const std::string& definition, asl::StateMachineType type,
                                      const asl::ResourceCatalog* resources) {
  const asl::Compilation compilation = compile_strictly(definition, type, resources);
  if (compilation.program == nullptr) return invalid_definition(compilation.diagnostics);
  return {};
}

aws::ApiResult<void> check_version_description(const json::Value& input) {
  if (input.find("versionDescription") != nullptr && !flag_member(input, "publish")) {
    return aws::validation_exception("Version description can only be set when publish is true");
  }
  return {};
}

}  // namespace pawl::states
