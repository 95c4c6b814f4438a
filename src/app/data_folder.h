// SPDX-License-Identifier: Apache-2.0
// A data folder of `pawl serve`, for the commands that read it while no server does.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "store/store.h"

namespace pawl::app {

/// `given`, or the user's data folder (serve_command.h); "" if that cannot be told.
std::string data_folder_or_default(const std::string& given);

/// Errors: NotFound if there are no data; Io if a server uses it (the message says what to do) or
/// it is damaged; Unsupported for formats of other versions.
base::Result<std::unique_ptr<store::Store>> open_existing_data(const std::string& data_folder);

}  // namespace pawl::app
