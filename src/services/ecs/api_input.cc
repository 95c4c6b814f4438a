// SPDX-License-Identifier: Apache-2.0
#include "services/ecs/api_input.h"

#include <algorithm>
#include <cctype>

#include "aws/arn.h"
#include "base/bytes.h"
#include "jobs/records.h"
#include "json/members.h"

namespace pawl::ecs {

namespace {

constexpr size_t kItemsMax = 100;

}  // namespace

aws::ApiError client_error(std::string message) {
  return {"ClientException", std::move(message), 400};
}

aws::ApiError invalid_parameter(std::string message) {
  return {"InvalidParameterException", std::move(message), 400};
}

std::string short_name(std::string_view kind, std::string_view text) {
  const auto arn = aws::Arn::parse(text);
  if (!arn || arn->service != "ecs" || !arn->resource.starts_with(std::string(kind) + "/")) {
    return std::string(text);
  }
  return arn->resource.substr(arn->resource.rfind('/') + 1);
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) != 0 || c == '-' || c == '_');
  });
}

aws::ApiResult<Page> read_page(const aws::Request& request) {
  Page page;
  const int64_t wanted = integer_member(request.input, "maxResults");
  if (wanted > 0) page.items_max = std::min(static_cast<size_t>(wanted), kItemsMax);
  const std::string token = text_member(request.input, "nextToken");
  if (token.empty()) return page;
  std::optional<std::string> place = base::base64_decode(token);
  if (!place || place->empty()) return invalid_parameter("Invalid token.");
  page.after = *std::move(place);
  return page;
}

json::Value next_token(const std::string& place) { return json::Value(base::base64_encode(place)); }

}  // namespace pawl::ecs
