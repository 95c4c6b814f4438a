// SPDX-License-Identifier: Apache-2.0
// OpenSSL verifies. HTTP APIs: "Controlling access to HTTP APIs with JWT authorizers".
#include "services/apigateway/json_web_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::apigateway {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::Value;

constexpr size_t kTokenBytesMax = 16 * 1024;

Error malformed(const char* what) {
  return {ErrorKind::InvalidSyntax, std::string("the token is malformed: ") + what};
}

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

Number number_of_bytes(const std::string& bytes) {
  return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                          static_cast<int>(bytes.size()), nullptr));
}

Key make_key(const std::string& modulus, const std::string& exponent) {
  const Number n = number_of_bytes(modulus);
  const Number e = number_of_bytes(exponent);
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> parameters(
      OSSL_PARAM_BLD_to_param(builder.get()));
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return Key(key);
}

const EVP_MD* digest_of(const std::string& algorithm) {
  if (algorithm == "RS256") return EVP_sha256();
  if (algorithm == "RS384") return EVP_sha384();
  if (algorithm == "RS512") return EVP_sha512();
  return nullptr;
}

/// In $context a list of claims is "[a b]".
std::string claim_text(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (!value.is_array()) return json::write(value);
  std::string text = "[";
  for (const Value& item : value.items()) {
    text += (text.size() == 1 ? "" : " ") + claim_text(item);
  }
  return text + "]";
}

std::vector<std::string> scopes_of(const Value& claims) {
  std::vector<std::string> scopes = texts_member(claims, "scp");
  std::string text = text_member(claims, "scope");
  if (text.empty()) text = text_member(claims, "scp");
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) scopes.push_back(text.substr(0, end));
    text.erase(0, end + 1);
  }
  return scopes;
}

bool has_audience(const Value& claims, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return true;
  std::vector<std::string> given = texts_member(claims, "aud");
  if (const std::string single = text_member(claims, "aud"); !single.empty())
    given.push_back(single);
  // "The aud claim, or client_id if aud is absent".
  if (given.empty()) given.push_back(text_member(claims, "client_id"));
  return std::any_of(given.begin(), given.end(), [&](const std::string& each) {
    return std::find(wanted.begin(), wanted.end(), each) != wanted.end();
  });
}

std::string failure_of(const Value& claims, const TokenRules& rules, int64_t now_s) {
  if (text_member(claims, "iss") != rules.issuer) return "the token has an unexpected issuer";
  if (!has_audience(claims, rules.audience)) return "the token does not have a valid audience";
  if (!has_member(claims, "exp") ||
      find_number(claims, "exp").value_or(0) <= static_cast<double>(now_s)) {
    return "the token has expired";
  }
  if (find_number(claims, "nbf").value_or(0) > static_cast<double>(now_s))
    return "the token is not valid yet";
  // A minute for clocks that differ.
  if (find_number(claims, "iat").value_or(0) > static_cast<double>(now_s + 60)) {
    return "the token was issued in the future";
  }
  return {};
}

}  // namespace

std::optional<std::string> base64url_decode(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  while (plain.size() % 4 != 0) plain += '=';
  return base::base64_decode(plain);
}

Result<JsonWebToken> parse_token(std::string_view text) {
  constexpr std::string_view kBearer = "bearer ";
  if (text.size() > kTokenBytesMax) return malformed("it is too long");
  if (aws::lower_ascii(text.substr(0, kBearer.size())) == kBearer) {
    text.remove_prefix(kBearer.size());
  }
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return malformed("it has not three parts");
  const auto head = base64url_decode(text.substr(0, first));
  auto claims = base64url_decode(text.substr(first + 1, second - first - 1));
  auto signature = base64url_decode(text.substr(second + 1));
  if (!head || !claims || !signature) return malformed("a part is not base64url");
  const Result<Value> parsed = json::parse(*head);
  const Result<Value> body = json::parse(*claims);
  if (!parsed || !parsed->is_object() || !body || !body->is_object()) {
    return malformed("a part is no JSON object");
  }
  return JsonWebToken{text_member(*parsed, "alg"), text_member(*parsed, "kid"),
                      std::string(text.substr(0, second)), *std::move(signature),
                      *std::move(claims)};
}

Result<KeySet> KeySet::parse(std::string_view text) {
  const Value parsed = PAWL_TRY(json::parse(text));
  KeySet set;
  const Value keys = array_member(parsed, "keys");
  for (const Value& key : keys.items()) {
    if (text_member(key, "kty") != "RSA") continue;
    auto modulus = base64url_decode(text_member(key, "n"));
    auto exponent = base64url_decode(text_member(key, "e"));
    if (!modulus || !exponent || modulus->empty() || exponent->empty()) continue;
    set.keys_[text_member(key, "kid")] = {*std::move(modulus), *std::move(exponent)};
  }
  return set;
}

bool KeySet::verifies(const JsonWebToken& token) const {
  const EVP_MD* digest = digest_of(token.algorithm);
  const auto found = keys_.find(token.key_id);
  if (digest == nullptr || found == keys_.end()) return false;
  const Key key = make_key(found->second.modulus, found->second.exponent);
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  if (!key || !context) return false;
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(token.signature), token.signature.size(),
                          bytes(token.signed_part), token.signed_part.size()) == 1;
}

ClaimsVerdict check_claims(const JsonWebToken& token, const TokenRules& rules,
                           const std::vector<std::string>& scopes, base::Timestamp now) {
  ClaimsVerdict verdict;
  const Result<Value> claims = json::parse(token.claims);
  if (!claims) {
    verdict.failure = "the token has no claims";
    return verdict;
  }
  verdict.failure = failure_of(*claims, rules, now.ms / 1'000);
  for (const json::Member& claim : claims->members()) {
    verdict.variables[std::string(claim.name())] = claim_text(claim.value);
  }
  verdict.scopes = scopes_of(*claims);
  verdict.lacks_scope =
      !scopes.empty() && std::none_of(scopes.begin(), scopes.end(), [&](const std::string& each) {
        return std::find(verdict.scopes.begin(), verdict.scopes.end(), each) !=
               verdict.scopes.end();
      });
  return verdict;
}

}  // namespace pawl::apigateway
