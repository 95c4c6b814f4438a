// SPDX-License-Identifier: Apache-2.0
// Dialect: which version of the reference implementation of JSONata is followed where they differ.
#pragma once

#include <cstdint>

namespace pawl::query::jsonata {

enum class Dialect : uint8_t {
  V2_0_6,   ///< jsonata-js 2.0.6, the version that AWS Step Functions names
  Current,  ///< jsonata-js 2.2
};

}  // namespace pawl::query::jsonata
