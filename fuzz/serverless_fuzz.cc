// SPDX-License-Identifier: Apache-2.0
// Any template through the serverless transform: what comes out, if anything, is a template without
// the transform's name and goes through it again unharmed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.h"
#include "formation/serverless/serverless_transform.h"
#include "formation/template_text.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace pawl;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const base::Result<json::Value> source = formation::read_template(text);
  if (!source) return 0;
  const base::Result<json::Value> once = formation::expand_serverless(*source, {});
  if (!once) {
    PAWL_ASSERT(once.error().message.starts_with("Transform AWS::Serverless-2016-10-31 failed"));
    return 0;
  }
  PAWL_ASSERT(!formation::uses_serverless(*once));
  [[maybe_unused]] const base::Result<json::Value> twice = formation::expand_serverless(*once, {});
  return 0;
}
