// SPDX-License-Identifier: Apache-2.0
// Verification of Signature Version 4: header and presigned, with AWS's errors. The clock comes in
// as a value; secrets from a look-up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_model.h"
#include "aws/signing/credential_scope.h"
#include "base/time.h"

namespace pawl::aws {

/// The secret access key of an access key id; nullopt if nobody has it. `session_token` is "" for
/// long-term keys.
using SecretLookup = std::function<std::optional<std::string>(std::string_view access_key_id,
                                                              std::string_view session_token)>;

struct VerifyOptions {
  base::Timestamp now;
  Protocol protocol = Protocol::Json;  ///< chooses the status: 400 in JSON services, else 403
  std::string signing_name;            ///< the service the request was routed to
  /// False if the body has not been read yet: then the declared hash is believed and the caller
  /// compares it with what it reads (SignedRequest::payload_hash).
  bool has_body = true;
  int64_t skew_ms_max = 300'000;  ///< S3: 900'000
};

/// Who signed, and what chunk signatures continue from.
struct SignedRequest {
  CredentialScope scope;
  std::string session_token;
  std::string date;  ///< X-Amz-Date
  std::string signature;
  std::string signing_key;   ///< 32 raw bytes
  std::string payload_hash;  ///< 64 hex digits, UNSIGNED-PAYLOAD or STREAMING-…
  bool presigned = false;
};

/// Errors, by their JSON names (xml_error_code() has the others); S3's own for S3:
/// MissingAuthenticationTokenException, IncompleteSignatureException, InvalidSignatureException
/// (wrong, expired, not yet current), UnrecognizedClientException.
ApiResult<SignedRequest> verify_request(const HttpRequest& request, const SecretLookup& secret_of,
                                        const VerifyOptions& options);

}  // namespace pawl::aws
