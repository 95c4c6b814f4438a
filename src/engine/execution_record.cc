// SPDX-License-Identifier: Apache-2.0
#include "engine/execution_record.h"

#include <array>
#include <utility>

#include "base/wire.h"
#include "json/parse.h"

namespace pawl::engine {
namespace {

constexpr uint8_t kFormat = 1;

/// REGION, ACCOUNT and MACHINE of a scope.
std::array<std::string_view, 3> scope_parts(std::string_view scope) {
  const size_t first = scope.find(':');
  const size_t second = scope.find(':', first + 1);
  PAWL_ASSERT(first != std::string_view::npos && second != std::string_view::npos);
  return {scope.substr(0, first), scope.substr(first + 1, second - first - 1),
          scope.substr(second + 1)};
}

std::string_view partition_of_region(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string make_arn(const ExecutionRecord& record, std::string_view kind) {
  const auto [region, account, machine] = scope_parts(record.scope);
  std::string arn = "arn:";
  arn.append(partition_of_region(region)).append(":states:").append(region).append(":");
  arn.append(account).append(":").append(kind).append(":").append(machine);
  return arn;
}

}  // namespace

void encode_execution_record(const ExecutionRecord& record, std::string& out) {
  base::ByteWriter writer(out);
  writer.byte(kFormat);
  writer.sized(record.scope);
  writer.sized(record.name);
  writer.varint(record.revision);
  writer.byte(static_cast<uint8_t>(record.status));
  writer.signed_varint(record.started_at.ms);
  writer.signed_varint(record.stopped_at.ms);
  writer.sized(record.version);
  writer.sized(record.alias);
  writer.sized(record.trace_header);
  writer.sized(record.mock_test_case);
  writer.varint(record.map_run);
  if (record.map_run != 0) {
    writer.sized(record.map_run_arn);
    writer.varint(record.map_run_child);
    writer.varint(record.map_run_items);
    writer.varint(record.start_scope);
    writer.boolean(record.map_item_index.has_value());
    writer.signed_varint(record.map_item_index.value_or(0));
    writer.sized(record.map_item);
  }
  writer.varint(record.started_by.execution);
  if (record.started_by.execution != 0) {
    writer.varint(record.started_by.task.frame);
    writer.varint(record.started_by.task.sequence);
  }
  writer.signed_varint(record.redrive_count);
  if (record.redrive_count != 0) writer.signed_varint(record.redriven_at.ms);
}

base::Result<ExecutionRecord> decode_execution_record(std::string_view bytes,
                                                      std::string_view& rest) {
  base::ByteReader reader(bytes);
  ExecutionRecord record;
  const uint8_t format = reader.byte();
  if (format != kFormat) {
    return base::Error(base::ErrorKind::TypeMismatch,
                       "stored execution: format " + std::to_string(format));
  }
  record.scope = reader.sized();
  record.name = reader.sized();
  record.revision = reader.varint();
  const uint8_t status = reader.byte();
  record.started_at.ms = reader.signed_varint();
  record.stopped_at.ms = reader.signed_varint();
  record.version = reader.sized();
  record.alias = reader.sized();
  record.trace_header = reader.sized();
  record.mock_test_case = reader.sized();
  record.map_run = reader.varint();
  if (record.map_run != 0) {
    record.map_run_arn = reader.sized();
    record.map_run_child = static_cast<uint32_t>(reader.varint());
    record.map_run_items = reader.varint();
    record.start_scope = static_cast<asl::ScopeIndex>(reader.varint());
    const bool has_item = reader.boolean();
    const int64_t index = reader.signed_varint();
    if (has_item) record.map_item_index = index;
    record.map_item = reader.sized();
  }
  record.started_by.execution = reader.varint();
  if (record.started_by.execution != 0) {
    record.started_by.task.frame = static_cast<interpreter::FrameId>(reader.varint());
    record.started_by.task.sequence = static_cast<uint32_t>(reader.varint());
  }
  record.redrive_count = reader.signed_varint();
  if (record.redrive_count != 0) record.redriven_at.ms = reader.signed_varint();
  if (!reader.ok() || status > static_cast<uint8_t>(interpreter::ExecutionStatus::Aborted) ||
      std::count(record.scope.begin(), record.scope.end(), ':') < 2) {
    return base::Error(base::ErrorKind::TypeMismatch, "stored execution: damaged");
  }
  record.status = static_cast<interpreter::ExecutionStatus>(status);
  rest = reader.rest();
  return record;
}

std::string execution_arn_of(const ExecutionRecord& record) {
  return make_arn(record, "execution") + ":" + record.name;
}

std::string state_machine_arn_of(const ExecutionRecord& record) {
  return make_arn(record, "stateMachine");
}

std::string_view machine_name_of(const ExecutionRecord& record) {
  return scope_parts(record.scope)[2];
}

std::optional<ExecutionName> parse_execution_arn(std::string_view arn) {
  // arn:PARTITION:states:REGION:ACCOUNT:execution:MACHINE:NAME
  std::array<std::string_view, 8> parts;
  for (size_t i = 0; i < 7; ++i) {
    const size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts[i] = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  parts[7] = arn;
  if (parts[0] != "arn" || parts[2] != "states" || parts[5] != "execution") return std::nullopt;
  return ExecutionName{scope_of_machine(parts[3], parts[4], parts[6]), std::string(parts[7])};
}

std::string scope_of_machine(std::string_view region, std::string_view account,
                             std::string_view machine) {
  std::string scope;
  scope.reserve(region.size() + account.size() + machine.size() + 2);
  return scope.append(region).append(":").append(account).append(":").append(machine);
}

std::shared_ptr<const interpreter::ExecutionInfo> make_execution_info(const ExecutionRecord& record,
                                                                      std::string role_arn) {
  auto info = std::make_shared<interpreter::ExecutionInfo>();
  const auto [region, account, machine] = scope_parts(record.scope);
  info->execution_id = record.id;
  info->execution_arn = execution_arn_of(record);
  info->execution_name = record.name;
  info->state_machine_arn = state_machine_arn_of(record);
  info->state_machine_name = machine;
  info->role_arn = std::move(role_arn);
  info->region = region;
  info->account = account;
  info->mock_test_case = record.mock_test_case;
  info->scope = record.start_scope;
  info->map_item_index = record.map_item_index;
  if (record.map_item_index) {
    if (auto item = json::parse(record.map_item)) info->map_item_value = *std::move(item);
  }
  return info;
}

}  // namespace pawl::engine
