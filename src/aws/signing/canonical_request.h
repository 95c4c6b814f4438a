// SPDX-License-Identifier: Apache-2.0
// The canonical request and the string to sign of Signature Version 4 (IAM User Guide, "Create a
// signed AWS API request", steps 1 to 4). Pure text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/http_message.h"
#include "aws/signing/credential_scope.h"
#include "base/time.h"

namespace pawl::aws {

inline constexpr std::string_view kSigningAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// S3 signs the path as it is sent; all others normalize it and encode it once more.
struct CanonicalRules {
  bool encode_path_twice = true;
  bool normalize_path = true;

  static CanonicalRules for_service(std::string_view signing_name) {
    if (signing_name == "s3" || signing_name == "s3-outposts" || signing_name == "s3express") {
      return {false, false};
    }
    return {};
  }
};

/// `signed_headers` in lower case and sorted. A parameter X-Amz-Signature is left out.
std::string canonical_request(const HttpRequest& request,
                              const std::vector<std::string>& signed_headers,
                              std::string_view payload_hash, CanonicalRules rules);

/// "20130524T000000Z".
std::string amz_date(base::Timestamp time);
/// nullopt unless of that form.
std::optional<base::Timestamp> parse_amz_date(std::string_view text);

std::string string_to_sign(std::string_view algorithm, std::string_view date,
                           const CredentialScope& scope, std::string_view canonical);

/// The key that signs one day's requests to one service in one region; 32 raw bytes.
std::string signing_key(std::string_view secret_access_key, const CredentialScope& scope);

/// "host;x-amz-date".
std::string joined_headers(const std::vector<std::string>& names);
/// The opposite.
std::vector<std::string> split_headers(std::string_view joined);

}  // namespace pawl::aws
