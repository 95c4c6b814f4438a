// SPDX-License-Identifier: Apache-2.0
#include "formation/serverless/translator_data.h"

#include "json/parse.h"

extern "C" const char pawl_sam_policy_templates_begin[];
extern "C" const char pawl_sam_policy_templates_end[];
extern "C" const char pawl_sam_managed_policies_begin[];
extern "C" const char pawl_sam_managed_policies_end[];
extern "C" const char pawl_sam_connector_profiles_begin[];
extern "C" const char pawl_sam_connector_profiles_end[];

__asm__(
    ".section .rodata\n"
    ".global pawl_sam_policy_templates_begin\n"
    "pawl_sam_policy_templates_begin:\n"
    ".incbin \"" PAWL_SAM_DATA
    "/policy_templates.json\"\n"
    ".global pawl_sam_policy_templates_end\n"
    "pawl_sam_policy_templates_end:\n"
    ".global pawl_sam_managed_policies_begin\n"
    "pawl_sam_managed_policies_begin:\n"
    ".incbin \"" PAWL_SAM_DATA
    "/managed_policies.txt\"\n"
    ".global pawl_sam_managed_policies_end\n"
    "pawl_sam_managed_policies_end:\n"
    ".global pawl_sam_connector_profiles_begin\n"
    "pawl_sam_connector_profiles_begin:\n"
    ".incbin \"" PAWL_SAM_DATA
    "/connector_profiles.json\"\n"
    ".global pawl_sam_connector_profiles_end\n"
    "pawl_sam_connector_profiles_end:\n"
    ".byte 0\n"
    ".text\n");

namespace pawl::formation::serverless {
namespace {

Node parsed(std::string_view text) {
  const base::Result<json::Value> value = json::parse(text);
  PAWL_ASSERT(value.has_value());
  return Node::from_value(*value);
}

}  // namespace

Node policy_template(std::string_view name) {
  const std::string_view all{pawl_sam_policy_templates_begin, pawl_sam_policy_templates_end};
  const std::string start = "\n\"" + std::string(name) + "\":";
  const size_t found = all.find(start);
  if (found == std::string_view::npos) return {};
  const size_t from = found + start.size();
  std::string_view line = all.substr(from, all.find('\n', from) - from);
  if (line.ends_with(',')) line.remove_suffix(1);
  return parsed(line);
}

std::optional<std::string> managed_policy_path(std::string_view name) {
  std::string_view rest{pawl_sam_managed_policies_begin, pawl_sam_managed_policies_end};
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.substr(line.rfind('/') + 1) == name) return std::string(line);
    rest.remove_prefix(line.size() + 1);
  }
  return std::nullopt;
}

Node connector_profiles() {
  return parsed({pawl_sam_connector_profiles_begin, pawl_sam_connector_profiles_end});
}

}  // namespace pawl::formation::serverless
