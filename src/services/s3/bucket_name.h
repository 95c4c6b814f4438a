// SPDX-License-Identifier: Apache-2.0
// Names: of buckets (S3 User Guide, "Bucket naming rules") and regions; the bucket in a host.
#pragma once

#include <string_view>

namespace pawl::s3 {

bool is_bucket_name(std::string_view name);
/// A region that AWS has.
bool is_region(std::string_view name);

}  // namespace pawl::s3
