// SPDX-License-Identifier: Apache-2.0
#include "jobs/container_step.h"

#include <utility>
#include <vector>

#include "jobs/json_members.h"

namespace pawl::jobs {

using json::ObjectBuilder;
using json::Value;

std::string encode_step(const JobSpec& spec) {
  ObjectBuilder out;
  out.set("id", Value(spec.id))
      .set("image", Value(spec.image))
      .set("entryPoint", texts_value(spec.entry_point))
      .set("command", texts_value(spec.command))
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
  spec.id = text_of(record, "id");
  spec.image = text_of(record, "image");
  spec.entry_point = texts_of(record, "entryPoint");
  spec.command = texts_of(record, "command");
  spec.environment = pairs_of(record, "environment");
  spec.working_directory = text_of(record, "workingDirectory");
  spec.user = text_of(record, "user");
  spec.has_read_only_root = flag_of(record, "readOnlyRoot");
  spec.demand = {number_of(record, "millicpus"), number_of(record, "memoryMib")};
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
  return JobExit{flag_of(*record, "ran") ? JobExit::Kind::Exited : JobExit::Kind::NotStarted,
                 static_cast<int>(number_of(*record, "code")), text_of(*record, "reason")};
}

}  // namespace pawl::jobs
