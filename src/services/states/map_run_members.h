// SPDX-License-Identifier: Apache-2.0
// What describes a Map Run: to API DescribeMapRun and to whoever watches it.
#pragma once

#include "engine/map_run_record.h"
#include "json/value.h"

namespace pawl::states {

/// The output of API DescribeMapRun.
json::Value map_run_description(const engine::MapRunRecord& record);

}  // namespace pawl::states
