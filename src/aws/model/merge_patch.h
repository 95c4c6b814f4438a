// SPDX-License-Identifier: Apache-2.0
// JSON Merge Patch (RFC 7396): how an overlay changes an installed model.
#pragma once

#include "json/value.h"

namespace pawl::aws {

/// RFC 7396 section 2, MergePatch(Target, Patch). Shares what it does not change.
json::Value merge_patch(const json::Value& target, const json::Value& patch);

}  // namespace pawl::aws
