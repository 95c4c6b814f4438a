// SPDX-License-Identifier: Apache-2.0
// CopyObject and UploadPartCopy.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/header_text.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class CopyActions {
 public:
  explicit CopyActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult copy_object(const aws::Request& request);
  aws::ActionResult upload_part_copy(const aws::Request& request);

  struct Source {
    Bucket bucket;
    ObjectVersion version;
    bool is_by_id = false;  ///< the request names a version
  };
  aws::ApiResult<Source> find_source(const aws::Request& request);
  aws::ApiResult<Attributes> copied_attributes(const aws::Request& request, const Bucket& bucket,
                                               const Source& source);
  /// The bytes of the source for the new object, with their digests.
  aws::ApiResult<void> copy_content(const aws::Request& request, const Source& source,
                                    Draft& draft);

  Storage& storage_;
};

}  // namespace pawl::s3
