// SPDX-License-Identifier: Apache-2.0
// A definition, as JSON and as YAML: compiles or is refused with diagnostics.
#include <cstddef>
#include <cstdint>
#include <string>

#include "asl/compile.h"
#include "base/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const asl::Compilation compilation = asl::compile(text);
  PAWL_ASSERT(compilation.program != nullptr || asl::has_errors(compilation.diagnostics));
  const base::Result<asl::DefinitionSource> yaml = asl::DefinitionSource::from_yaml(text);
  if (yaml) asl::compile(*yaml);
  return 0;
}
