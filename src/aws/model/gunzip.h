// SPDX-License-Identifier: Apache-2.0
// gzip (RFC 1952) to bytes, for models as pip's botocore packs them (zlib).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::aws {

/// True if `bytes` begin as a gzip member does.
bool is_gzip(std::string_view bytes);

/// Errors: InvalidSyntax if the stream is broken or ends early, LimitExceeded beyond `bytes_max`.
base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max);

}  // namespace pawl::aws
