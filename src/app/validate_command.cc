// SPDX-License-Identifier: Apache-2.0
#include "app/validate_command.h"

#include <unistd.h>

#include <utility>

#include "app/definition_file.h"
#include "app/exit_code.h"
#include "app/terminal.h"
#include "app/text_file.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::app {
namespace {

/// API ValidateStateMachineDefinition, response.
json::Value answer(const asl::Compilation& compilation, const std::string* file) {
  std::vector<json::Value> diagnostics;
  for (const asl::Diagnostic& diagnostic : compilation.diagnostics) {
    json::ObjectBuilder object;
    object
        .set("severity",
             json::Value(diagnostic.severity == asl::Severity::Error ? "ERROR" : "WARNING"))
        .set("code", json::Value(diagnostic.code))
        .set("message", json::Value(diagnostic.message));
    if (!diagnostic.location.empty()) object.set("location", json::Value(diagnostic.location));
    diagnostics.push_back(std::move(object).build());
  }
  json::ObjectBuilder object;
  if (file != nullptr) object.set("file", json::Value(*file));
  object.set("result", json::Value(asl::has_errors(compilation.diagnostics) ? "FAIL" : "OK"))
      .set("diagnostics", json::Value::array(std::move(diagnostics)))
      .set("truncated", json::Value(compilation.truncated));
  return std::move(object).build();
}

std::string summary(const LoadedDefinition& definition, const Palette& palette) {
  const asl::Program& program = *definition.compilation.program;
  const size_t states = program.states.size();
  return printable(definition.path) + ": " + std::string(palette.green) + "valid" +
         std::string(palette.reset) + " (" +
         (program.type == asl::StateMachineType::Express ? "EXPRESS" : "STANDARD") + ", " +
         std::to_string(states) + (states == 1 ? " state" : " states") + ")\n";
}

}  // namespace

int run_validate(const ValidateOptions& options) {
  const Palette palette = make_palette(wants_colors(STDERR_FILENO, options.no_color));
  int exit_code = kExitOk;
  for (const std::string& path : options.definitions) {
    const base::Result<LoadedDefinition> loaded = load_definition(path, options.type);
    if (!loaded) {
      write_fully(STDERR_FILENO, "pawl: " + printable(loaded.error().message) + "\n");
      exit_code = kExitRefused;
      continue;
    }
    const asl::Compilation& compilation = loaded->compilation;
    if (asl::has_errors(compilation.diagnostics)) exit_code = kExitRefused;
    if (options.json) {
      const bool single = options.definitions.size() == 1;
      const json::Value value = answer(compilation, single ? nullptr : &path);
      write_fully(STDOUT_FILENO, (single ? json::write_pretty(value) : json::write(value)) + "\n");
      continue;
    }
    std::string text;
    for (const asl::Diagnostic& diagnostic : compilation.diagnostics) {
      text += render_diagnostic(*loaded, diagnostic, palette);
    }
    if (compilation.truncated) text += printable(path) + ": there are more mistakes\n";
    if (compilation.program && !options.quiet) text += summary(*loaded, palette);
    write_fully(STDERR_FILENO, text);
  }
  return exit_code;
}

}  // namespace pawl::app
