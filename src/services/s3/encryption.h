// SPDX-License-Identifier: Apache-2.0
// Server-side encryption as far as a client sees it: which kind a request or its bucket asks for,
// the checks of SSE-C parameters. Bytes are not encrypted on this disk; keys are never kept.
#pragma once

#include <string>

#include "aws/service/request.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// What a request asks for, else the bucket's default. Errors: InvalidArgument,
/// InvalidEncryptionAlgorithmError.
aws::ApiResult<Encryption> read_encryption(Storage& storage, const aws::Request& request,
                                           const Bucket& bucket);

/// Which key of KMS an object would be made under.
struct KeyWish {
  std::string algorithm;  ///< "aws:kms"
  std::string key_id;     ///< as it was given, or AWS's own alias; "": none is needed
  bool bucket_key = false;
};
/// Errors: those of read_encryption.
aws::ApiResult<KeyWish> read_key_wish(Storage& storage, const aws::Request& request,
                                      const Bucket& bucket);

/// PutBucketEncryption. Errors: MalformedXML, InvalidArgument.
aws::ApiResult<void> check_encryption_configuration(const json::Value& configuration);

}  // namespace pawl::s3
