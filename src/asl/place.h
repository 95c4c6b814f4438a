// SPDX-License-Identifier: Apache-2.0
// A JSON pointer in the form of API ValidateStateMachineDefinition's `location`. Internal to asl.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace pawl::asl {

/// "/States/A/Choices/0/Next" (RFC 6901) becomes "/States/A/Choices[0]/Next"; "" becomes "/". Array
/// indexes are told from names by what `root` holds; names are not escaped.
std::string location_of(const json::Value& root, std::string_view pointer);

}  // namespace pawl::asl
