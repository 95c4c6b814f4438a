// SPDX-License-Identifier: Apache-2.0
// Any text is a record of Step Functions' machines or an error, any ARN is taken apart or refused,
// and no bytes are a page token that was not made.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "services/states/machine_record.h"
#include "services/states/page_token.h"
#include "services/states/resource_arn.h"

using namespace pawl;
using namespace pawl::states;

namespace {

/// What is read is written in a form that reads to the same.
template <typename Record>
void round_trip(std::string_view text) {
  const base::Result<Record> record = Record::from_text(text);
  if (!record) return;
  const std::string first = record->to_text();
  const base::Result<Record> again = Record::from_text(first);
  PAWL_ASSERT(again.has_value());
  PAWL_ASSERT(again->to_text() == first);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip<MachineRecord>(text);
  round_trip<VersionRecord>(text);
  round_trip<AliasRecord>(text);
  round_trip<RevisionRecord>(text);
  round_trip<ActivityRecord>(text);
  if (const auto arn = parse_state_machine_arn(text)) {
    PAWL_ASSERT(is_valid_resource_name(arn->key.name));
    std::string whole = state_machine_arn(arn->key);
    if (arn->version) whole = version_arn(arn->key, *arn->version);
    if (!arn->alias.empty()) whole = alias_arn(arn->key, arn->alias);
    if (!arn->label.empty()) whole += "/" + arn->label;
    PAWL_ASSERT(parse_state_machine_arn(whole).has_value());
  }
  (void)parse_activity_arn(text);
  const PageTokens tokens("secret");
  PAWL_ASSERT(!tokens.position(text, "ListActivities", {}, {}).has_value());
  return 0;
}
