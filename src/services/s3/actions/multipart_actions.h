// SPDX-License-Identifier: Apache-2.0
// Multipart uploads: begun, fed, listed, completed, given up.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/incoming_body.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class MultipartActions {
 public:
  explicit MultipartActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult create_multipart_upload(const aws::Request& request);
  aws::ActionResult upload_part(const aws::Request& request);
  aws::ActionResult complete_multipart_upload(const aws::Request& request);
  aws::ActionResult abort_multipart_upload(const aws::Request& request);
  aws::ActionResult list_parts(const aws::Request& request);
  aws::ActionResult list_multipart_uploads(const aws::Request& request);

  Storage& storage_;
};

/// Where a part is to go.
struct PartTarget {
  Upload upload;
  uint32_t number = 0;
};
/// Errors: NoSuchBucket, NoSuchUpload, InvalidArgument, InvalidRequest (another encryption).
aws::ApiResult<PartTarget> find_part_target(Storage& storage, const aws::Request& request);
/// Puts the body in place of the part that was there. Errors: NoSuchUpload.
aws::ApiResult<Part> keep_part(Storage& storage, const PartTarget& target, ReceivedBody body);

}  // namespace pawl::s3
