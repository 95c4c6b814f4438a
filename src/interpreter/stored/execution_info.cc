// SPDX-License-Identifier: Apache-2.0
// ExecutionInfo as bytes: docs/formats/step-record.md, "Execution info".
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "interpreter/stored/step_record.h"
#include "base/wire.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::interpreter {
namespace {

constexpr uint8_t kFormat = 1;

/// The limits in the order in which they are stored.
template <typename Limits, typename Visit>
void each_limit(Limits& limits, const Visit& visit) {
  visit(limits.definition_bytes_max);
  visit(limits.payload_bytes_max);
  visit(limits.history_events_max);
  visit(limits.json_depth_max);
  visit(limits.transitions_per_step_max);
  visit(limits.name_characters_max);
  visit(limits.variable_bytes_max);
  visit(limits.variables_total_bytes_max);
}

/// The names in the order in which they are stored.
template <typename Info, typename Visit>
void each_name(Info& info, const Visit& visit) {
  visit(info.execution_arn);
  visit(info.execution_name);
  visit(info.state_machine_arn);
  visit(info.state_machine_name);
  visit(info.role_arn);
  visit(info.region);
  visit(info.account);
  visit(info.mock_test_case);
}

}  // namespace

void encode_execution_info(const ExecutionInfo& info, std::string& out) {
  out += static_cast<char>(kFormat);
  base::append_varint(out, info.execution_id);
  each_name(info, [&](const std::string& name) { base::append_sized(out, name); });
  each_limit(info.limits,
             [&](auto limit) { base::append_varint(out, static_cast<uint64_t>(limit)); });
  base::append_varint(out, info.scope);
  out += static_cast<char>(info.map_item_index ? 1 : 0);
  if (!info.map_item_index) return;
  base::append_signed(out, *info.map_item_index);
  base::append_sized(out, json::write(info.map_item_value));
}

base::Result<ExecutionInfo> decode_execution_info(std::string_view& bytes) {
  base::ByteReader reader(bytes);
  const uint8_t format = reader.byte();
  if (reader.ok() && format != kFormat) {
    return base::Error(base::ErrorKind::Unsupported,
                       "stored execution info: format " + std::to_string(format));
  }
  ExecutionInfo info;
  info.execution_id = reader.varint();
  each_name(info, [&](std::string& name) { name = reader.sized(); });
  each_limit(info.limits, [&](auto& limit) {
    using Limit = std::remove_reference_t<decltype(limit)>;
    limit = static_cast<Limit>(reader.varint());
  });
  if (info.limits.history_events_max < 0) reader.fail();
  info.scope = reader.varint32();
  if (reader.boolean()) {
    info.map_item_index = reader.signed_varint();
    const std::string_view text = reader.sized();
    if (reader.ok()) info.map_item_value = PAWL_TRY(json::parse(text));
  }
  if (!reader.ok()) return base::malformed_record("execution info");
  bytes = reader.rest();
  return info;
}

}  // namespace pawl::interpreter
