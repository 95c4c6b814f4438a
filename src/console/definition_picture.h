// SPDX-License-Identifier: Apache-2.0
// What `graph` answers about a definition: its diagnostics with places in the text, its picture.
#pragma once

#include <string>

#include "asl/program.h"
#include "asl/task_resource.h"
#include "json/value.h"

namespace pawl::console {

/// As GraphApi says. Takes as long as a layout does. Thread-safe.
json::Value picture_of_definition(const std::string& definition, asl::StateMachineType type,
                                  const asl::ResourceCatalog& resources);

}  // namespace pawl::console
