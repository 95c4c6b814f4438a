// SPDX-License-Identifier: Apache-2.0
// JSON Web Tokens (RFC 7519, RFC 7515) that are signed with RSA, as JWT authorizers check them, and
// the key sets (RFC 7517) that issuers publish.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

struct JsonWebToken {
  std::string algorithm;  ///< "RS256"
  std::string key_id;
  std::string signed_part;
  std::string signature;
  std::string claims;  ///< JSON text, an object
};

/// Splits and decodes; checks nothing but the form. A "Bearer " before it is taken off.
base::Result<JsonWebToken> parse_token(std::string_view text);

/// RSA keys by id, as PEM-less numbers: modulus and exponent, big-endian.
class KeySet {
 public:
  /// {"keys": […]}; keys of other kinds are passed over.
  static base::Result<KeySet> parse(std::string_view text);
  /// Whether a key of the set signed it: RS256, RS384 or RS512.
  bool verifies(const JsonWebToken& token) const;
  bool has_key(const std::string& id) const { return keys_.contains(id); }

 private:
  struct RsaKey {
    std::string modulus;
    std::string exponent;
  };
  std::map<std::string, RsaKey> keys_;
};

struct TokenRules {
  std::string issuer;
  std::vector<std::string> audience;
};

/// Why the claims do not do, as it stands in error_description; "" if they do. `scopes`: one of
/// them must be in "scope" or "scp", unless there are none.
struct ClaimsVerdict {
  std::string failure;
  bool lacks_scope = false;
  TextMap variables;                ///< claims as texts: lists are "[a b]"
  std::vector<std::string> scopes;  ///< of the token
};
ClaimsVerdict check_claims(const JsonWebToken& token, const TokenRules& rules,
                           const std::vector<std::string>& scopes, base::Timestamp now);

/// base64url without padding (RFC 4648 section 5).
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace pawl::apigateway
