// SPDX-License-Identifier: Apache-2.0
#include "asl/task_resource.h"

#include <array>
#include <utility>
#include <vector>

namespace pawl::asl {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator, size_t parts_max) {
  std::vector<std::string_view> parts;
  while (parts.size() + 1 < parts_max) {
    const size_t end = text.find(separator);
    if (end == std::string_view::npos) break;
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

constexpr std::array<std::pair<std::string_view, IntegrationPattern>, 3> kSuffixes = {{
    {".waitForTaskToken", IntegrationPattern::WaitForTaskToken},
    {".sync:2", IntegrationPattern::RunJob},
    {".sync", IntegrationPattern::RunJob},
}};

}  // namespace

std::string TaskResource::history_resource_type() const {
  return kind == ResourceKind::AwsSdk ? "aws-sdk:" + service : service;
}

std::string TaskResource::history_resource() const { return action + pattern_suffix; }

// arn:PARTITION:SERVICE:REGION:ACCOUNT:REST
base::Result<TaskResource> parse_task_resource(std::string_view arn) {
  const auto invalid = [&] {
    return base::Error(base::ErrorKind::InvalidSyntax,
                       "'" + std::string(arn) + "' is not a resource ARN");
  };
  const std::vector<std::string_view> parts = split(arn, ':', 6);
  if (parts.size() != 6 || parts[0] != "arn" || parts[5].empty()) return invalid();
  TaskResource resource;
  resource.arn = arn;
  resource.partition = parts[1];
  if (parts[2] == "lambda" && parts[5].starts_with("function:")) return resource;
  if (parts[2] != "states") return invalid();
  if (parts[5].starts_with("activity:")) {
    resource.kind = ResourceKind::Activity;
    return resource;
  }
  // Integrations belong to no region and account: "arn:aws:states:::lambda:invoke".
  if (!parts[3].empty() || !parts[4].empty()) return invalid();
  std::string_view rest = parts[5];
  for (const auto& [suffix, pattern] : kSuffixes) {
    if (!rest.ends_with(suffix)) continue;
    resource.pattern = pattern;
    resource.pattern_suffix = suffix;
    rest.remove_suffix(suffix.size());
    break;
  }
  resource.kind = ResourceKind::Integration;
  if (rest.starts_with("aws-sdk:")) {
    resource.kind = ResourceKind::AwsSdk;
    rest.remove_prefix(8);
  }
  const std::vector<std::string_view> names = split(rest, ':', 3);
  if (names.size() != 2 || names[0].empty() || names[1].empty()) return invalid();
  resource.service = names[0];
  resource.action = names[1];
  return resource;
}

}  // namespace pawl::asl
