// SPDX-License-Identifier: Apache-2.0
// What a job's folder holds for the node that runs it, and what the node leaves there: files by
// which two processes of this program talk. Versioned (docs/formats/batch.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "jobs/job_runner.h"

namespace pawl::jobs {

inline constexpr const char* kStepFile = "step.json";
/// What the container writes.
inline constexpr const char* kOutputFile = "output";
/// Is there once the container is to be asked to end.
inline constexpr const char* kStopFile = "stop";
inline constexpr const char* kExitFile = "exit.json";

std::string encode_step(const JobSpec& spec);
/// Errors: InvalidJson, InvalidSyntax.
base::Result<JobSpec> decode_step(std::string_view text);

std::string encode_exit(const JobExit& exit);
/// nullopt if it is no whole record.
std::optional<JobExit> decode_exit(std::string_view text);

}  // namespace pawl::jobs
