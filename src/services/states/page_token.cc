// SPDX-License-Identifier: Apache-2.0
#include "services/states/page_token.h"

#include "aws/signing/hmac.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/states/api_errors.h"
#include "store/key.h"

namespace pawl::states {

namespace {

constexpr uint8_t kFormat = 1;
constexpr int64_t kLifetimeMs = int64_t{24} * 60 * 60 * 1000;
constexpr size_t kSignatureBytes = 32;
constexpr size_t kPageSizeDefault = 100;

}  // namespace

std::string PageTokens::signature(std::string_view list, const std::vector<std::string>& parameters,
                                  std::string_view content) const {
  store::KeyBuilder signed_text;
  signed_text.text(list);
  for (const std::string& parameter : parameters) signed_text.text(parameter);
  signed_text.raw(content);
  return aws::hmac_sha256(secret_, signed_text.view());
}

std::string PageTokens::make(std::string_view list, const std::vector<std::string>& parameters,
                             std::string_view position, base::Timestamp now) const {
  const std::string content = store::KeyBuilder().u8(kFormat).i64(now.ms).raw(position).take();
  return base::base64_encode(signature(list, parameters, content) + content);
}

aws::ApiResult<std::string> PageTokens::position(std::string_view token, std::string_view list,
                                                 const std::vector<std::string>& parameters,
                                                 base::Timestamp now) const {
  const std::optional<std::string> bytes = base::base64_decode(token);
  if (!bytes || bytes->size() < kSignatureBytes) return invalid_token();
  const std::string_view content = std::string_view(*bytes).substr(kSignatureBytes);
  const std::string wanted = signature(list, parameters, content);
  if (!aws::equals_constant_time(wanted, bytes->substr(0, kSignatureBytes))) {
    return invalid_token();
  }
  store::KeyReader reader(content);
  const std::optional<uint8_t> format = reader.u8();
  const std::optional<int64_t> made_ms = reader.i64();
  if (format != kFormat || !made_ms || now.ms - *made_ms >= kLifetimeMs) return invalid_token();
  return std::string(reader.rest());
}

size_t page_size(const json::Value& input) {
  const int64_t given = integer_member(input, "maxResults");
  return given <= 0 ? kPageSizeDefault : static_cast<size_t>(given);
}

}  // namespace pawl::states
