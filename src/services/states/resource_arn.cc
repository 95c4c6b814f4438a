// SPDX-License-Identifier: Apache-2.0
#include "services/states/resource_arn.h"

#include <algorithm>
#include <charconv>

#include "services/states/api_errors.h"
#include "text/unicode.h"

namespace pawl::states {

namespace {

std::string resource_arn(const ResourceKey& key, std::string_view type) {
  std::string arn = "arn:";
  arn += aws::partition_of(key.region);
  arn.append(":states:").append(key.region).append(":").append(key.account_id);
  arn.append(":").append(type).append(":").append(key.name);
  return arn;
}

std::optional<uint64_t> version_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0') return {};
  return number;
}

bool is_white_space(char32_t c) {
  return c == 0x20 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

}  // namespace

std::string state_machine_arn(const ResourceKey& key) { return resource_arn(key, "stateMachine"); }

std::string activity_arn(const ResourceKey& key) { return resource_arn(key, "activity"); }

std::string version_arn(const ResourceKey& key, uint64_t version) {
  return state_machine_arn(key) + ":" + std::to_string(version);
}

std::string alias_arn(const ResourceKey& key, std::string_view alias) {
  return state_machine_arn(key).append(":").append(alias);
}

aws::ApiResult<aws::Arn> parse_states_arn(std::string_view text,
                                          std::initializer_list<std::string_view> types) {
  if (!text.starts_with("arn:")) return invalid_arn("Invalid ARN prefix: " + std::string(text));
  std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->region.empty() || arn->account_id.empty()) {
    return invalid_arn("Invalid ARN format: " + std::string(text));
  }
  if (arn->service != "states") return invalid_arn("Invalid ARN service: " + arn->service);
  const size_t colon = arn->resource.find(':');
  const std::string_view type = std::string_view(arn->resource).substr(0, colon);
  if (std::find(types.begin(), types.end(), type) == types.end()) {
    return invalid_arn("Resource type not valid in this context: " + std::string(type));
  }
  if (colon == std::string::npos || colon + 1 == arn->resource.size()) {
    return invalid_arn("Invalid ARN format: " + std::string(text));
  }
  return std::move(*arn);
}

aws::ApiResult<StateMachineArn> parse_state_machine_arn(std::string_view text) {
  const aws::Arn arn = PAWL_TRY(parse_states_arn(text, {"stateMachine"}));
  std::string_view rest = arn.resource;
  rest.remove_prefix(rest.find(':') + 1);
  StateMachineArn parsed;
  parsed.key = {arn.account_id, arn.region, std::string(rest.substr(0, rest.find_first_of(":/")))};
  const bool is_name = is_valid_resource_name(parsed.key.name) && !parsed.key.name.empty();
  const std::string_view qualifier = rest.substr(parsed.key.name.size());
  const bool is_complete = qualifier.empty() || qualifier.size() > 1;
  if (!is_name || !is_complete || qualifier.find_first_of(":/", 1) < qualifier.size()) {
    return invalid_arn("Invalid ARN format: " + std::string(text));
  }
  if (qualifier.empty()) return parsed;
  if (qualifier.front() == '/') {
    parsed.label = qualifier.substr(1);
  } else {
    parsed.version = version_number(qualifier.substr(1));
    if (!parsed.version) parsed.alias = qualifier.substr(1);
  }
  return parsed;
}

aws::ApiResult<ResourceKey> parse_activity_arn(std::string_view text) {
  const aws::Arn arn = PAWL_TRY(parse_states_arn(text, {"activity"}));
  std::string name = arn.resource.substr(arn.resource.find(':') + 1);
  if (!is_valid_resource_name(name)) {
    return invalid_arn("Invalid ARN format: " + std::string(text));
  }
  return ResourceKey{arn.account_id, arn.region, std::move(name)};
}

bool is_valid_resource_name(std::string_view name) {
  constexpr std::string_view kForbidden = "<>{}[]?*\"#%\\^|~`$&,;:/";
  for (size_t i = 0; i < name.size();) {
    const char32_t c = text::decode_at(name, i);
    if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || is_white_space(c)) return false;
    if (c < 0x80 && kForbidden.find(static_cast<char>(c)) != std::string_view::npos) return false;
    if ((c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff || c == 0x10ffff) return false;
  }
  return true;
}

}  // namespace pawl::states
