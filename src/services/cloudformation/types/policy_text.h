// SPDX-License-Identifier: Apache-2.0
// Policy documents of templates as the services take them.
#pragma once

#include <string>

#include "formation/environment.h"
#include "json/value.h"

namespace pawl::cloudformation {

/// The document's JSON. Service principals under AWS::URLSuffix ("states.localhost:4566") are
/// AWS's ("states.amazonaws.com"): our services know each other by those names. A document that is
/// a text already is taken so, with the same change if it is JSON.
std::string policy_text(const formation::Environment& environment, const json::Value& document);

/// "states.localhost:4566" as "states.amazonaws.com"; anything else as it is.
std::string service_principal(const formation::Environment& environment, std::string_view name);

}  // namespace pawl::cloudformation
