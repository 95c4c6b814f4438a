// SPDX-License-Identifier: Apache-2.0
// Times as Java prints them in California: S3 quotes a retention's date so (recorded).
#pragma once

#include <string>

#include "base/time.h"

namespace pawl::s3 {

/// "Tue Dec 31 16:00:00 PST 2019".
std::string java_date(base::Timestamp time);

}  // namespace pawl::s3
