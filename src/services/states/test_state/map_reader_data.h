// SPDX-License-Identifier: Apache-2.0
// stateConfiguration.mapItemReaderData: the text that an ItemReader would have read, as items.
#pragma once

#include <optional>
#include <string>

#include "asl/program.h"
#include "json/value.h"

namespace pawl::states {

/// An array, or nothing for what is not understood: JSON (an array), JSONL (an item a line); CSV
/// and manifests are not.
std::optional<json::Value> parse_reader_data(const std::string& data,
                                             const asl::ItemReader& reader);

}  // namespace pawl::states
