// SPDX-License-Identifier: Apache-2.0
// KeyGate: before an action reads or writes an object under a KMS key, KMS is asked whether that
// key may be used. The bytes themselves are not encrypted on this disk.
#pragma once

#include <functional>

#include "aws/service/request.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// Whoever needs no key passes at once, on the thread that asks; the others on the loop's. Errors:
/// those of KMS, called "KMS.DisabledException" and the like.
class KeyGate {
 public:
  using Action = std::function<void(aws::Request, aws::Reply)>;

  explicit KeyGate(Storage& storage) : storage_(storage) {}

  /// For an object that is made. SSEKMSKeyId of the request is the key's ARN from there on.
  void write(aws::Request request, aws::Reply reply, const Action& action) const;
  /// For an object that is read.
  void read(aws::Request request, aws::Reply reply, const Action& action) const;

 private:
  Storage& storage_;
};

}  // namespace pawl::s3
