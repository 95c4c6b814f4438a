// SPDX-License-Identifier: Apache-2.0
// The credential scope of a signed request, read without verifying anything: routing needs it.
#pragma once

#include <optional>
#include <string>

#include "aws/http_message.h"

namespace pawl::aws {

/// "AKID/20130524/us-east-1/s3/aws4_request".
struct CredentialScope {
  std::string access_key_id;
  std::string date;
  std::string region;
  std::string service;

  /// nullopt unless there are five parts and the last is "aws4_request".
  static std::optional<CredentialScope> parse(std::string_view credential);
  /// Without the key: "20130524/us-east-1/s3/aws4_request".
  std::string text() const { return date + "/" + region + "/" + service + "/aws4_request"; }
};

/// From the Authorization header or X-Amz-Credential in the query or the form of the body.
std::optional<CredentialScope> credential_scope_of(const HttpRequest& request);

/// The value of `name` in "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…".
std::optional<std::string> authorization_part(std::string_view authorization,
                                              std::string_view name);

}  // namespace pawl::aws
