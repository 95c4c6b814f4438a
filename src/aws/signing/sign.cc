// SPDX-License-Identifier: Apache-2.0
// Puts the pieces of canonical_request.h where the protocol wants them.
#include "aws/signing/sign.h"

#include <algorithm>

#include "aws/signing/canonical_request.h"
#include "aws/signing/hmac.h"
#include "base/bytes.h"

namespace pawl::aws {
namespace {

/// Proxies and HTTP clients rewrite these.
bool is_signable(std::string_view lower_name) {
  constexpr std::string_view kUnsigned[] = {"authorization",   "user-agent",
                                            "expect",          "connection",
                                            "x-amzn-trace-id", "transfer-encoding"};
  return std::find(std::begin(kUnsigned), std::end(kUnsigned), lower_name) == std::end(kUnsigned);
}

std::vector<std::string> names_to_sign(const Headers& headers, bool presigned) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    std::string lower = lower_ascii(name);
    if (!is_signable(lower)) continue;
    if (presigned && lower != "host" && !lower.starts_with("x-amz-")) continue;
    names.push_back(std::move(lower));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

CredentialScope scope_of(const Credentials& credentials, const SigningOptions& options) {
  return {credentials.access_key_id, amz_date(options.now).substr(0, 8), options.region,
          options.service};
}

}  // namespace

std::string sign_request(HttpRequest& request, const Credentials& credentials,
                         const SigningOptions& options) {
  const CredentialScope scope = scope_of(credentials, options);
  const std::string date = amz_date(options.now);
  const std::string hash =
      options.payload_hash.empty() ? sha256_hex(request.body) : options.payload_hash;
  request.headers.remove("Authorization");
  request.headers.set("X-Amz-Date", date);
  if (options.content_hash_header) request.headers.set("X-Amz-Content-Sha256", hash);
  if (!credentials.session_token.empty()) {
    request.headers.set("X-Amz-Security-Token", credentials.session_token);
  }
  const std::vector<std::string> names = names_to_sign(request.headers, false);
  const std::string canonical =
      canonical_request(request, names, hash, CanonicalRules::for_service(options.service));
  std::string signature =
      base::hex_encode(hmac_sha256(signing_key(credentials.secret_access_key, scope),
                                   string_to_sign(kSigningAlgorithm, date, scope, canonical)));
  request.headers.set("Authorization",
                      std::string(kSigningAlgorithm) + " Credential=" + scope.access_key_id + "/" +
                          scope.text() + ", SignedHeaders=" + joined_headers(names) +
                          ", Signature=" + signature);
  return signature;
}

void presign_request(HttpRequest& request, const Credentials& credentials,
                     const SigningOptions& options, int expires_seconds) {
  const CredentialScope scope = scope_of(credentials, options);
  const std::string date = amz_date(options.now);
  const std::vector<std::string> names = names_to_sign(request.headers, true);
  QueryParameters parameters = parse_query(request.query, false);
  parameters.emplace_back("X-Amz-Algorithm", std::string(kSigningAlgorithm));
  parameters.emplace_back("X-Amz-Credential", scope.access_key_id + "/" + scope.text());
  parameters.emplace_back("X-Amz-Date", date);
  parameters.emplace_back("X-Amz-Expires", std::to_string(expires_seconds));
  parameters.emplace_back("X-Amz-SignedHeaders", joined_headers(names));
  if (!credentials.session_token.empty()) {
    parameters.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  request.query = write_query(parameters);
  std::string hash = options.payload_hash;
  if (hash.empty()) {
    // S3 "Authenticating Requests: Using Query Parameters": the payload is not signed.
    hash = options.service == "s3" ? std::string(kUnsignedPayload) : sha256_hex(request.body);
  }
  const std::string canonical =
      canonical_request(request, names, hash, CanonicalRules::for_service(options.service));
  request.query +=
      "&X-Amz-Signature=" +
      base::hex_encode(hmac_sha256(signing_key(credentials.secret_access_key, scope),
                                   string_to_sign(kSigningAlgorithm, date, scope, canonical)));
}

}  // namespace pawl::aws
