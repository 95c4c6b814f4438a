// SPDX-License-Identifier: Apache-2.0
// BodySource as the messages of this layer carry it.
#pragma once

#include "base/body_source.h"

namespace pawl::aws {

using BodySource = base::BodySource;

}  // namespace pawl::aws
