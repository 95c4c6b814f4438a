// SPDX-License-Identifier: Apache-2.0
// S3ObjectStore: the embedded S3 as ItemReaders and ResultWriters see it.
#pragma once

#include "items/object_store.h"
#include "services/s3/object_access.h"

namespace pawl::server {

/// `storage` must outlive it. Thread-safe.
class S3ObjectStore final : public items::ObjectStore {
 public:
  explicit S3ObjectStore(s3::Storage& storage) : access_(storage) {}

  items::ObjectResult<std::unique_ptr<items::ObjectReader>> get(
      const items::ObjectAddress& address) override;
  items::ObjectResult<items::ListedPage> list(const items::ListRequest& request) override;
  items::ObjectResult<std::unique_ptr<items::ObjectWriter>> create(
      const items::ObjectAddress& address) override;

 private:
  s3::ObjectAccess access_;
};

}  // namespace pawl::server
