// SPDX-License-Identifier: Apache-2.0
// RocksDB's Status as an Error.
#include "store/rocksdb/status.h"

namespace pawl::store {

base::Error status_error(const std::string& doing, const ::rocksdb::Status& status) {
  std::string message = "store: " + doing + ": ";
  if (status.IsCorruption()) message += "damaged data: ";
  if (status.IsNoSpace()) message += "disk full: ";
  return base::Error(base::ErrorKind::Io, message + status.ToString());
}

}  // namespace pawl::store
