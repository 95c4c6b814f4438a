// SPDX-License-Identifier: Apache-2.0
// ListObjects, ListObjectsV2, ListObjectVersions.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class ListingActions {
 public:
  explicit ListingActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult list_objects(const aws::Request& request);
  aws::ActionResult list_objects_v2(const aws::Request& request);
  aws::ActionResult list_object_versions(const aws::Request& request);

  Storage& storage_;
};

}  // namespace pawl::s3
