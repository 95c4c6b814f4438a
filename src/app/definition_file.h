// SPDX-License-Identifier: Apache-2.0
// A definition from a file, JSON or YAML, compiled; and its mistakes printed as compilers print
// theirs.
#pragma once

#include <optional>
#include <string>

#include "app/terminal.h"
#include "asl/compile.h"
#include "asl/definition_source.h"
#include "base/error.h"

namespace pawl::app {

struct LoadedDefinition {
  std::string path;  ///< as given; "-" is standard input
  std::string text;
  std::optional<asl::DefinitionSource> source;  ///< none if the text is neither JSON nor YAML
  asl::Compilation compilation;
};

/// YAML by the suffix .yaml or .yml; JSON by .json, or if the first character is "{" or "["; else
/// YAML. A text that cannot be read as either gives a compilation with that one diagnostic. Errors:
/// NotFound, Io, LimitExceeded of the file itself.
base::Result<LoadedDefinition> load_definition(const std::string& path, asl::StateMachineType type);

/// The same of a text that is there already: `path` says how it is read.
LoadedDefinition read_definition(std::string path, std::string text, asl::StateMachineType type);

/// As load_definition without compiling: `compilation` only has diagnostics if there is no
/// `source`.
base::Result<LoadedDefinition> load_source(const std::string& path);

/// "file:line:column: error: message [CODE] at /States/X", the source line and a caret. Long lines
/// are cut around the place.
std::string render_diagnostic(const LoadedDefinition& definition, const asl::Diagnostic& diagnostic,
                              const Palette& palette);

}  // namespace pawl::app
