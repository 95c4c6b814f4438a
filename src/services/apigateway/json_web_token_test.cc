// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/json_web_token.h"

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <memory>

#include "base/bytes.h"

namespace pawl::apigateway {
namespace {

std::string base64url(std::string_view bytes) {
  std::string text = base::base64_encode(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (text.ends_with('=')) text.pop_back();
  return text;
}

/// A key that is made once for all tests.
class Signer {
 public:
  Signer() : key_(EVP_RSA_gen(2'048)) {}
  ~Signer() { EVP_PKEY_free(key_); }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  std::string number(const char* name) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_, name, &value);
    std::string bytes(static_cast<size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(value);
    return base64url(bytes);
  }
  std::string key_set() const {
    return R"({"keys":[{"kty":"EC","kid":"e"},{"kty":"RSA","kid":"k","n":")" +
           number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" + number(OSSL_PKEY_PARAM_RSA_E) + "\"}]}";
  }
  std::string token(const std::string& head, const std::string& claims) const {
    std::string text = base64url(head) + "." + base64url(claims);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
    size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                   text.size());
    EVP_MD_CTX_free(context);
    return text + "." + base64url(signature);
  }

 private:
  EVP_PKEY* key_;
};

const Signer& signer() {
  static const Signer one;
  return one;
}

constexpr const char* kHead = R"({"alg":"RS256","kid":"k"})";

TEST(JsonWebToken, VerifiesWhatItsKeySigned) {
  const auto keys = KeySet::parse(signer().key_set());
  ASSERT_TRUE(keys);
  const auto token = parse_token("Bearer " + signer().token(kHead, R"({"a":1})"));
  ASSERT_TRUE(token);
  EXPECT_TRUE(keys->verifies(*token));
  EXPECT_EQ(token->claims, R"({"a":1})");
  JsonWebToken changed = *token;
  changed.signed_part.back() ^= 1;
  EXPECT_FALSE(keys->verifies(changed));
  changed = *token;
  changed.key_id = "other";
  EXPECT_FALSE(keys->verifies(changed));
  for (const char* algorithm : {"none", "HS256", "RS512", ""}) {
    changed = *token;
    changed.algorithm = algorithm;
    EXPECT_FALSE(keys->verifies(changed)) << algorithm;
  }
}

TEST(JsonWebToken, ChecksClaims) {
  const base::Timestamp now{1'700'000'000'000};
  const TokenRules rules{"https://i", {"a", "b"}};
  const auto failure = [&](const std::string& claims) {
    const auto token = parse_token(signer().token(kHead, claims));
    return token ? check_claims(*token, rules, {}, now).failure : "malformed";
  };
  EXPECT_EQ(failure(R"({"iss":"https://i","aud":["x","b"],"exp":1700000001})"), "");
  EXPECT_EQ(failure(R"({"iss":"https://i","client_id":"a","exp":1700000001})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i","aud":"x","client_id":"a","exp":1700000001})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i","aud":"a","exp":1700000000})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i","aud":"a"})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i/","aud":"a","exp":1700000001})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i","aud":"a","exp":1700000009,"nbf":1700000001})"), "");
  EXPECT_NE(failure(R"({"iss":"https://i","aud":"a","exp":1800000000,"iat":1700000100})"), "");
}

TEST(JsonWebToken, Scopes) {
  const auto token = parse_token(signer().token(kHead, R"({"scope":"r  w","scp":["x"]})"));
  ASSERT_TRUE(token);
  const auto lacks = [&](const std::vector<std::string>& wanted) {
    return check_claims(*token, {}, wanted, {0}).lacks_scope;
  };
  EXPECT_FALSE(lacks({}));
  EXPECT_FALSE(lacks({"q", "w"}));
  EXPECT_FALSE(lacks({"x"}));
  EXPECT_TRUE(lacks({"q"}));
}

TEST(JsonWebToken, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "a.b", "Bearer a.b.c", "e30.e30", "e30.W10.AA", "=.=.=", "e30.e30.*"}) {
    EXPECT_FALSE(parse_token(text)) << text;
  }
  EXPECT_FALSE(parse_token(std::string(20'000, 'a')));
  EXPECT_FALSE(KeySet::parse("no json"));
  EXPECT_FALSE(KeySet::parse("{}")->has_key(""));
}

}  // namespace
}  // namespace pawl::apigateway
