// SPDX-License-Identifier: Apache-2.0
// Limits: every bound that input can meet, in one place, each with the page it comes from.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pawl::base {

/// Bounds of one state machine. `strict` is AWS's, the default; `extended` lifts payload and
/// history. "Service quotas" of the Step Functions Developer Guide unless told otherwise.
struct Limits {
  size_t definition_bytes_max = 1'048'576;  ///< "Maximum state machine definition size" 1 MB
  size_t payload_bytes_max = 262'144;       ///< "Maximum input or output size" 256 KiB of UTF-8
  int64_t history_events_max = 25'000;      ///< "Maximum execution history size" 25,000 events
  size_t json_depth_max =
      1'000;  ///< nesting of any JSON text or state output; Jackson's StreamReadConstraints
  size_t transitions_per_step_max = 256;  ///< ours: then a step yields by Command Resume
  size_t name_characters_max = 80;        ///< state names, ASL "States Fields"
  size_t variable_bytes_max =
      262'144;  ///< one variable, and one Assign together: "Variable limits" 256 KiB
  size_t variables_total_bytes_max = 10'485'760;  ///< all variables of an execution: 10 MiB

  static constexpr Limits strict() { return {}; }
  static constexpr Limits extended() {
    Limits limits;
    limits.payload_bytes_max = SIZE_MAX;
    limits.history_events_max = INT64_MAX;
    limits.variable_bytes_max = SIZE_MAX;
    limits.variables_total_bytes_max = SIZE_MAX;
    return limits;
  }
};

}  // namespace pawl::base
