// SPDX-License-Identifier: Apache-2.0
// A template's text, JSON or YAML: what is read prints to JSON that reads to the same value, and
// with aliases allowed no less is read, but for merge keys without a map.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "formation/template_text.h"
#include "json/parse.h"
#include "json/write.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const base::Result<json::Value> with_aliases = formation::read_template(text, {.aliases = true});
  const base::Result<json::Value> value = formation::read_template(text);
  PAWL_ASSERT(!value || with_aliases || text.find("<<") != std::string_view::npos);
  formation::read_fragment(text).has_value();
  if (!with_aliases) return 0;
  const std::string written = json::write(*with_aliases);
  PAWL_ASSERT(written.size() == with_aliases->text_bytes());
  const base::Result<json::Value> again = json::parse(written);
  PAWL_ASSERT(again && json::write(*again) == written);
  return 0;
}
