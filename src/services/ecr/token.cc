// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/token.h"

#include <charconv>

#include "aws/http_message.h"
#include "aws/signing/hmac.h"
#include "base/bytes.h"

namespace pawl::ecr {
namespace {

std::string sign(std::string_view text, std::string_view key) {
  return base::hex_encode(aws::hmac_sha256(key, text));
}

}  // namespace

std::string make_password(const Scope& scope, base::Timestamp expires_at, std::string_view key) {
  const std::string text = scope.account + "/" + scope.region + "/" + std::to_string(expires_at.ms);
  return base::base64_encode(text + "/" + sign(text, key));
}

std::optional<Scope> check_password(std::string_view password, base::Timestamp now,
                                    std::string_view key) {
  const std::optional<std::string> text = base::base64_decode(password);
  if (!text) return std::nullopt;
  const size_t signature = text->rfind('/');
  const size_t account = text->find('/');
  if (signature == std::string::npos || account >= signature) return std::nullopt;
  const std::string_view body = std::string_view(*text).substr(0, signature);
  const size_t region = body.find('/', account + 1);
  if (region == std::string_view::npos) return std::nullopt;
  if (!aws::equals_constant_time(sign(body, key), std::string_view(*text).substr(signature + 1))) {
    return std::nullopt;
  }
  int64_t expires_ms = 0;
  const std::string_view digits = body.substr(region + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), expires_ms);
  if (expires_ms < now.ms) return std::nullopt;
  return Scope{std::string(body.substr(0, account)),
               std::string(body.substr(account + 1, region - account - 1))};
}

std::optional<std::string> password_of(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string scheme = aws::lower_ascii(authorization.substr(0, space));
  if (scheme != "basic" && scheme != "bearer") return std::nullopt;
  const std::optional<std::string> pair = base::base64_decode(authorization.substr(space + 1));
  if (!pair) return std::nullopt;
  const size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

}  // namespace pawl::ecr
