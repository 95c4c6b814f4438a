// SPDX-License-Identifier: Apache-2.0
// Fn::Cidr: a block of IPv4 or IPv6 addresses cut into smaller ones.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pawl::formation {

/// The first `count` (1 to 256) blocks whose addresses have `bits` bits of their own, so "/24" for
/// 8 bits of IPv4. Errors: a malformed block, blocks that do not fit.
base::Result<std::vector<std::string>> split_cidr(std::string_view block, int64_t count,
                                                  int64_t bits);

}  // namespace pawl::formation
