// SPDX-License-Identifier: Apache-2.0
// Splitting and joining of ARNs.
#include "aws/arn.h"

#include <algorithm>
#include <array>

namespace pawl::aws {
namespace {

bool is_account(std::string_view text) {
  if (text.empty() || text == "aws") return true;
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<Arn> Arn::parse(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty())
    return std::nullopt;
  if (!is_account(parts[4])) return std::nullopt;
  Arn arn;
  arn.partition = parts[1];
  arn.service = parts[2];
  arn.region = parts[3];
  arn.account_id = parts[4];
  arn.resource = text;
  return arn;
}

std::string Arn::text() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account_id + ":" + resource;
}

std::vector<std::string_view> Arn::resource_parts(char separator) const {
  std::vector<std::string_view> parts;
  std::string_view rest = resource;
  while (true) {
    const size_t end = rest.find(separator);
    parts.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) return parts;
    rest.remove_prefix(end + 1);
  }
}

std::string_view Arn::resource_type() const {
  const size_t end = resource.find_first_of(":/");
  return end == std::string::npos ? std::string_view() : std::string_view(resource).substr(0, end);
}

std::string_view Arn::resource_id() const {
  const size_t end = resource.find_first_of(":/");
  return end == std::string::npos ? std::string_view(resource)
                                  : std::string_view(resource).substr(end + 1);
}

std::string_view partition_of(std::string_view region) {
  constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {
      {"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"},
      {"us-isob-", "aws-iso-b"}, {"eu-isoe-", "aws-iso-e"}, {"us-isof-", "aws-iso-f"},
      {"eusc-", "aws-eusc"}};
  for (const auto& [prefix, partition] : kPrefixes) {
    if (region.starts_with(prefix)) return partition;
  }
  return "aws";
}

}  // namespace pawl::aws
