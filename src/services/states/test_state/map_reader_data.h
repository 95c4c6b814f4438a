// SPDX-License-Identifier: Apache-2.0
// stateConfiguration.mapItemReaderData: the text that an ItemReader would have read, as items.
#pragma once

#include <string>

#include "asl/program.h"
#include "items/outcome.h"
#include "json/value.h"

namespace pawl::states {

/// An array of what `data`, "as found in its original source", holds. For listings and manifests,
/// whose items are in more than one object, it is a JSON array of them (ours). MaxItems counts
/// where it is a number. Errors: States.ItemReaderFailed.
items::Outcome<json::Value> parse_reader_data(const std::string& data,
                                              const asl::ItemReader& reader);

}  // namespace pawl::states
