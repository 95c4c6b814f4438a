// SPDX-License-Identifier: Apache-2.0
#include "app/data_folder.h"

#include <filesystem>
#include <system_error>

#include "app/serve_command.h"
#include "server/store_format.h"

namespace pawl::app {

std::string data_folder_or_default(const std::string& given) {
  return given.empty() ? default_data_folder() : given;
}

base::Result<std::unique_ptr<store::Store>> open_existing_data(const std::string& data_folder) {
  std::error_code error;
  // RocksDB's file that names the newest catalog; opening would make a folder that is not there.
  if (!std::filesystem::exists(server::store_folder_of(data_folder) + "/CURRENT", error))
    return base::Error(base::ErrorKind::NotFound, data_folder + ": no data of pawl serve");
  auto store = server::open_data_folder(data_folder, {});
  if (!store && store.error().message.find("is in use") != std::string::npos) {
    return base::Error(store.error().kind, store.error().message +
                                               ". Stop the server, or, where there is --endpoint, "
                                               "give its URL");
  }
  return store;
}

}  // namespace pawl::app
