// SPDX-License-Identifier: Apache-2.0
// S3Service: Amazon S3 (API reference AmazonS3 2006-03-01) over a Storage. README.md says how
// objects are kept.
#pragma once

#include <memory>

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// Actions may run on any thread at once. Bodies above 16 KiB are received on the loop's worker
/// threads; all else is done on the calling thread without waiting for a disk's sync.
class S3Service final : public aws::Service {
 public:
  /// `storage` must outlive the service.
  explicit S3Service(Storage& storage);
  ~S3Service() override;

  void bind(aws::ActionTable& table) override;
  /// Background work begins: Storage::run, lifecycles. Once, when the server answers.
  void run();

 private:
  struct Parts;
  Storage& storage_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pawl::s3
