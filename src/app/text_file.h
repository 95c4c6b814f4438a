// SPDX-License-Identifier: Apache-2.0
// Files in and out, with errors that name the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::app {

/// The whole file; "-" is standard input. Errors: NotFound, Io; LimitExceeded above `bytes_max`,
/// without having read it all.
base::Result<std::string> read_text_file(const std::string& path, size_t bytes_max);

/// Replaces the file; "-" is standard output. Errors: Io.
base::Result<void> write_text_file(const std::string& path, std::string_view text);

/// Writes to a file descriptor until all is written or the other end is gone.
void write_fully(int descriptor, std::string_view text);

}  // namespace pawl::app
