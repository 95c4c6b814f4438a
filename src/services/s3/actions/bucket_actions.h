// SPDX-License-Identifier: Apache-2.0
// Buckets themselves: made, looked at, listed, removed; their versioning.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class BucketActions {
 public:
  explicit BucketActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult create_bucket(const aws::Request& request);
  aws::ActionResult delete_bucket(const aws::Request& request);
  aws::ActionResult head_bucket(const aws::Request& request);
  aws::ActionResult list_buckets(const aws::Request& request);
  aws::ActionResult get_bucket_location(const aws::Request& request);
  aws::ActionResult get_bucket_versioning(const aws::Request& request);
  aws::ActionResult put_bucket_versioning(const aws::Request& request);

  Storage& storage_;
};

}  // namespace pawl::s3
