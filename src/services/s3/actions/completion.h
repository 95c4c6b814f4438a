// SPDX-License-Identifier: Apache-2.0
// CompleteMultipartUpload: from parts to an object.
#pragma once

#include "aws/service/request.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

aws::ActionResult complete_upload(Storage& storage, const aws::Request& request);

}  // namespace pawl::s3
