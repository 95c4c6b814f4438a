// SPDX-License-Identifier: Apache-2.0
#include "jobs/container_step.h"
#include "jobs/records.h"
#include "json/members.h"

#include <utility>
#include <vector>

namespace pawl::jobs {

using json::ObjectBuilder;
using json::Value;

std::string encode_step(const JobSpec& spec) {
  ObjectBuilder out;
  out.set("id", Value(spec.id))
      .set("image", Value(spec.image))
      .set("entryPoint", json::texts_value(spec.entry_point))
      .set("command", json::texts_value(spec.command))
      .set("environment", pairs_value(spec.environment))
      .set("workingDirectory", Value(spec.working_directory))
      .set("user", Value(spec.user))
      .set("readOnlyRoot", Value(spec.has_read_only_root))
      .set("millicpus", Value(spec.demand.millicpus))
      .set("memoryMib", Value(spec.demand.memory_mib));
  return encode_record(std::move(out).build());
}

base::Result<JobSpec> decode_step(std::string_view text) {
  const Value record = PAWL_TRY(decode_record(text));
  JobSpec spec;
  spec.id = text_member(record, "id");
  spec.image = text_member(record, "image");
  spec.entry_point = texts_member(record, "entryPoint");
  spec.command = texts_member(record, "command");
  spec.environment = pairs_of(record, "environment");
  spec.working_directory = text_member(record, "workingDirectory");
  spec.user = text_member(record, "user");
  spec.has_read_only_root = flag_member(record, "readOnlyRoot");
  spec.demand = {integer_member(record, "millicpus"), integer_member(record, "memoryMib")};
  return spec;
}

std::string encode_exit(const JobExit& exit) {
  ObjectBuilder out;
  out.set("ran", Value(exit.kind == JobExit::Kind::Exited))
      .set("code", Value(exit.code))
      .set("reason", Value(exit.reason));
  return encode_record(std::move(out).build());
}

std::optional<JobExit> decode_exit(std::string_view text) {
  const base::Result<Value> record = decode_record(text);
  if (!record) return std::nullopt;
  return JobExit{flag_member(*record, "ran") ? JobExit::Kind::Exited : JobExit::Kind::NotStarted,
                 static_cast<int>(integer_member(*record, "code")), text_member(*record, "reason")};
}

}  // namespace pawl::jobs
