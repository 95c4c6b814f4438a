// SPDX-License-Identifier: Apache-2.0
// The data of the translator, in the program's read-only data (data/make_data.py makes it).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formation/serverless/node.h"

namespace pawl::formation::serverless {

/// The policy template of that name, {Parameters: […], Definition: {…}}; null if there is none.
Node policy_template(std::string_view name);
/// "service-role/NAME" or "NAME" of an AWS managed policy; nullopt if it is not in the list.
std::optional<std::string> managed_policy_path(std::string_view name);
/// {Permissions: {"SOURCE TARGET": profile}, Resources: {TYPE: properties}}
Node connector_profiles();

}  // namespace pawl::formation::serverless
