// SPDX-License-Identifier: Apache-2.0
// Definition text to Program, reporting every mistake (API ValidateStateMachineDefinition).
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "asl/definition_source.h"
#include "asl/diagnostic.h"
#include "asl/program.h"
#include "asl/task_resource.h"
#include "base/limits.h"

namespace pawl::asl {

struct CompileOptions {
  StateMachineType type = StateMachineType::Standard;
  const ResourceCatalog* catalog = nullptr;  ///< null: optimized_integrations()
  base::Limits limits = base::Limits::strict();
  /// What it is if a Resource is no ARN of Lambda, an activity or an integration ("docker://…", a
  /// placeholder), an integration lacks a parameter it requires, or a variable's name cannot be
  /// written in a path: AWS refuses all three; tools that only look at a definition need not.
  Severity unknown_resource = Severity::Warning;
  /// At most so many diagnostics are kept (API maxResults); 100 is AWS's limit.
  size_t diagnostics_max = 100;
};

struct Compilation {
  std::shared_ptr<const Program> program;  ///< null if a diagnostic is an error
  std::vector<Diagnostic> diagnostics;     ///< errors first, then warnings
  bool truncated = false;                  ///< there are more than diagnostics_max
};

/// Compiles a definition. Goal: a 10 KB definition in 250 µs. Thread-safe.
Compilation compile(const DefinitionSource& source, const CompileOptions& options = {});

/// The same for JSON text, which may be no JSON at all (INVALID_JSON_DESCRIPTION).
Compilation compile(std::string_view json_text, const CompileOptions& options = {});

}  // namespace pawl::asl
