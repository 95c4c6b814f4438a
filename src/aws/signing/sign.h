// SPDX-License-Identifier: Apache-2.0
// Signing of requests with Signature Version 4: in headers, or in the query (presigned URLs).
#pragma once

#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "base/time.h"

namespace pawl::aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  ///< "" for long-term keys
};

struct SigningOptions {
  std::string region;
  std::string service;  ///< the signing name: "s3", "states"
  base::Timestamp now;
  /// "": the SHA-256 of the body; else what stands for it: UNSIGNED-PAYLOAD, STREAMING-….
  std::string payload_hash = {};
  /// Whether X-Amz-Content-Sha256 is added; S3 demands it.
  bool content_hash_header = false;
};

/// Adds X-Amz-Date, X-Amz-Security-Token, Authorization. The request must have its Host header.
/// Every header is signed but those that proxies change. Returns the signature (the seed of chunk
/// signatures).
std::string sign_request(HttpRequest& request, const Credentials& credentials,
                         const SigningOptions& options);

/// Adds the X-Amz-… parameters to the query; only Host and x-amz headers are signed.
/// `expires_seconds` is at most 604,800 for S3 to take it.
void presign_request(HttpRequest& request, const Credentials& credentials,
                     const SigningOptions& options, int expires_seconds);

}  // namespace pawl::aws
