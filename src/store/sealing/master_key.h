// SPDX-License-Identifier: Apache-2.0
// MasterKey: the key under which secrets (keys of KMS, secrets, secure parameters) stand in the
// store. It lies in a file beside the store, so that a copy of the store alone does not give them
// away; whoever reads both, or the process's memory, has them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/error.h"
#include "store/store.h"

namespace pawl::store {

/// The file is made when something is sealed for the first time, mode 0600, and is on disk before
/// anything sealed is. Thread-safe.
class MasterKey {
 public:
  /// The file is FOLDER/master.key: 64 hexadecimal digits. "" (nothing is kept): a key of this
  /// process. `store` must outlive the object; in it stands by what the key is known again.
  MasterKey(Store& store, std::string folder) : store_(store), folder_(std::move(folder)) {}
  ~MasterKey();
  MasterKey(const MasterKey&) = delete;
  MasterKey& operator=(const MasterKey&) = delete;

  /// `context` must be the same at opening: what is sealed cannot be moved to another place.
  /// Errors: Io, also if the file is gone or another one while the store knows it.
  base::Result<std::string> seal(std::string_view plaintext, std::string_view context);
  /// Errors: as above; InvalidSyntax if it was not sealed so.
  base::Result<std::string> unseal(std::string_view sealed, std::string_view context);

 private:
  base::Result<std::string> key();
  base::Result<void> load_locked();

  Store& store_;
  const std::string folder_;
  std::mutex mutex_;
  std::string key_;  ///< "" until it is needed
};

}  // namespace pawl::store
