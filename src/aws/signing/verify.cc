// SPDX-License-Identifier: Apache-2.0
// What the request claims is read first, then its age, then the signature.
#include "aws/signing/verify.h"

#include <algorithm>

#include "aws/protocol/timestamp_text.h"
#include "aws/signing/canonical_request.h"
#include "aws/signing/hmac.h"
#include "base/bytes.h"
#include "base/integer.h"

namespace pawl::aws {
namespace {

using base::Timestamp;

constexpr int64_t kExpiresSecondsMax = 604'800;

/// What a request says of its own signature.
struct Claim {
  CredentialScope scope;
  std::string date;
  std::string session_token;
  std::string signature;
  std::vector<std::string> signed_headers;
  std::optional<int64_t> expires_seconds;  ///< presigned
};

class Errors {
 public:
  explicit Errors(const VerifyOptions& options) : options_(options) {}

  bool is_s3() const { return options_.signing_name == "s3"; }

  ApiError make(std::string json_code, std::string s3_code, std::string message) const {
    ApiError error(is_s3() ? std::move(s3_code) : std::move(json_code), std::move(message),
                   options_.protocol == Protocol::Json ? 400 : 403);
    error.type_namespace = "com.amazon.coral.service";
    return error;
  }
  ApiError missing() const {
    if (is_s3()) return make("", "AccessDenied", "Access Denied");
    return make("MissingAuthenticationTokenException", "", "Missing Authentication Token");
  }
  ApiError incomplete(std::string message) const {
    return make("IncompleteSignatureException", "AuthorizationHeaderMalformed", std::move(message));
  }
  ApiError mismatch() const {
    return make("InvalidSignatureException", "SignatureDoesNotMatch",
                is_s3() ? "The request signature we calculated does not match the signature you "
                          "provided. Check your key and signing method."
                        : "The request signature we calculated does not match the signature you "
                          "provided. Check your AWS Secret Access Key and signing method. Consult "
                          "the service documentation for details.");
  }
  ApiError unknown_key() const {
    return make("UnrecognizedClientException", "InvalidAccessKeyId",
                is_s3() ? "The AWS Access Key Id you provided does not exist in our records."
                        : "The security token included in the request is invalid.");
  }
  ApiError invalid(std::string message) const {
    return make("InvalidSignatureException", "RequestTimeTooSkewed",
                is_s3() ? "The difference between the request time and the current time is too "
                          "large."
                        : std::move(message));
  }

 private:
  const VerifyOptions& options_;
};

ApiResult<Claim> claim_of_header(const HttpRequest& request, const std::string& authorization,
                                 const Errors& errors) {
  if (!authorization.starts_with(std::string(kSigningAlgorithm) + " ")) {
    return errors.make("IncompleteSignatureException", "InvalidArgument",
                       "Unsupported authorization type or algorithm.");
  }
  const auto credential = authorization_part(authorization, "Credential");
  const auto headers = authorization_part(authorization, "SignedHeaders");
  const auto signature = authorization_part(authorization, "Signature");
  std::string date(request.headers.get("X-Amz-Date"));
  if (date.empty()) {
    // "Date" may be an HTTP date; the string to sign has it in basic ISO form.
    const auto http_date = parse_timestamp(request.headers.get("Date"));
    if (http_date) date = amz_date(timestamp_of(*http_date));
  }
  std::string message;
  if (!credential) message += "Authorization header requires 'Credential' parameter. ";
  if (!signature) message += "Authorization header requires 'Signature' parameter. ";
  if (!headers) message += "Authorization header requires 'SignedHeaders' parameter. ";
  if (date.empty()) {
    message +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!message.empty()) return errors.incomplete(message + "Authorization=" + authorization);
  const auto scope = CredentialScope::parse(*credential);
  if (!scope) {
    return errors.incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        *credential + "'");
  }
  return Claim{*scope,
               date,
               std::string(request.headers.get("X-Amz-Security-Token")),
               *signature,
               split_headers(*headers),
               std::nullopt};
}

ApiResult<Claim> claim_of_query(const QueryParameters& parameters, const Errors& errors) {
  const auto get = [&](std::string_view name) {
    const std::string* found = find_parameter(parameters, name);
    return found == nullptr ? std::string() : *found;
  };
  const auto scope = CredentialScope::parse(get("X-Amz-Credential"));
  const auto expires = base::parse_int64(get("X-Amz-Expires"));
  if (get("X-Amz-Algorithm") != kSigningAlgorithm || !scope || !expires ||
      get("X-Amz-Date").empty() || get("X-Amz-SignedHeaders").empty()) {
    return errors.make("IncompleteSignatureException", "AuthorizationQueryParametersError",
                       "Query-string authentication version 4 requires the X-Amz-Algorithm, "
                       "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                       "X-Amz-Expires parameters.");
  }
  if (*expires < 0 || *expires > kExpiresSecondsMax) {
    return errors.make("IncompleteSignatureException", "AuthorizationQueryParametersError",
                       *expires < 0
                           ? "X-Amz-Expires must be non-negative"
                           : "X-Amz-Expires must be less than a week (in seconds); that is, the "
                             "given X-Amz-Expires must be less than 604800 seconds");
  }
  return Claim{*scope,
               get("X-Amz-Date"),
               get("X-Amz-Security-Token"),
               get("X-Amz-Signature"),
               split_headers(get("X-Amz-SignedHeaders")),
               *expires};
}

/// Headers: within the skew of now. Presigned: from the skew before its date to its expiry.
ApiResult<void> check_age(const Claim& claim, const VerifyOptions& options, const Errors& errors) {
  const auto signed_at = parse_amz_date(claim.date);
  if (!signed_at)
    return errors.incomplete("Date must be in ISO-8601 'basic format'. Got '" + claim.date + "'");
  if (claim.scope.date != claim.date.substr(0, 8)) {
    return errors.make("InvalidSignatureException", "AuthorizationHeaderMalformed",
                       "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
                       "date from HTTP: '" +
                           claim.scope.date + "' != '" + claim.date.substr(0, 8) + "', from '" +
                           claim.date + "'.");
  }
  const int64_t skew = options.skew_ms_max;
  const std::string minutes = std::to_string(skew / 60'000) + " min.)";
  const std::string now = amz_date(options.now);
  if (signed_at->ms > options.now.ms + skew) {
    return errors.invalid("Signature not yet current: " + claim.date + " is still later than " +
                          amz_date({options.now.ms + skew}) + " (" + now + " + " + minutes);
  }
  if (claim.expires_seconds) {
    if (options.now.ms > signed_at->ms + *claim.expires_seconds * 1'000) {
      return errors.make(
          "InvalidSignatureException", "AccessDenied",
          errors.is_s3() ? "Request has expired" : "Signature has expired: " + claim.date);
    }
  } else if (signed_at->ms < options.now.ms - skew) {
    return errors.invalid("Signature expired: " + claim.date + " is now earlier than " +
                          amz_date({options.now.ms - skew}) + " (" + now + " - " + minutes);
  }
  return {};
}

/// The hash that was signed.
ApiResult<std::string> payload_hash(const HttpRequest& request, const Claim& claim,
                                    const VerifyOptions& options, const Errors& errors) {
  const std::string declared(request.headers.get("X-Amz-Content-Sha256"));
  const bool streamed = declared.starts_with("STREAMING-") || declared == kUnsignedPayload;
  if (streamed) return declared;
  if (claim.expires_seconds && errors.is_s3() && declared.empty()) {
    return std::string(kUnsignedPayload);
  }
  if (!options.has_body && !declared.empty()) return declared;
  const std::string actual = sha256_hex(request.body);
  if (errors.is_s3() && !declared.empty() && declared != actual) {
    return ApiError("XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.",
                    400);
  }
  return actual;
}

}  // namespace

ApiResult<SignedRequest> verify_request(const HttpRequest& request, const SecretLookup& secret_of,
                                        const VerifyOptions& options) {
  const Errors errors(options);
  const std::string* authorization = request.headers.find("Authorization");
  const QueryParameters parameters = parse_query(request.query, false);
  const bool presigned =
      authorization == nullptr && find_parameter(parameters, "X-Amz-Signature") != nullptr;
  if (authorization == nullptr && !presigned) return errors.missing();
  Claim claim = presigned ? PAWL_TRY(claim_of_query(parameters, errors))
                          : PAWL_TRY(claim_of_header(request, *authorization, errors));
  if (!options.signing_name.empty() && claim.scope.service != options.signing_name) {
    return errors.make(
        "InvalidSignatureException", "AuthorizationHeaderMalformed",
        "Credential should be scoped to correct service: '" + options.signing_name + "'. ");
  }
  PAWL_TRY_VOID(check_age(claim, options, errors));
  if (std::find(claim.signed_headers.begin(), claim.signed_headers.end(), "host") ==
      claim.signed_headers.end()) {
    return errors.make("InvalidSignatureException", "AccessDenied",
                       "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
                       "Authorization.");
  }
  const auto secret = secret_of(claim.scope.access_key_id, claim.session_token);
  if (!secret) return errors.unknown_key();
  std::string hash = PAWL_TRY(payload_hash(request, claim, options, errors));
  const std::string canonical = canonical_request(request, claim.signed_headers, hash,
                                                  CanonicalRules::for_service(claim.scope.service));
  std::string key = signing_key(*secret, claim.scope);
  const std::string expected = base::hex_encode(
      hmac_sha256(key, string_to_sign(kSigningAlgorithm, claim.date, claim.scope, canonical)));
  if (!equals_constant_time(expected, claim.signature)) return errors.mismatch();
  return SignedRequest{std::move(claim.scope),
                       std::move(claim.session_token),
                       std::move(claim.date),
                       expected,
                       std::move(key),
                       std::move(hash),
                       presigned};
}

}  // namespace pawl::aws
