// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/policy_text.h"

#include "json/parse.h"
#include "json/write.h"

namespace pawl::cloudformation {
namespace {

constexpr std::string_view kAmazon = "amazonaws.com";

json::Value renamed(const formation::Environment& environment, const json::Value& names) {
  if (names.is_string()) return json::Value(service_principal(environment, names.as_string()));
  if (!names.is_array()) return names;
  std::vector<json::Value> items;
  for (const json::Value& each : names.items()) items.push_back(renamed(environment, each));
  return json::Value::array(std::move(items));
}

json::Value statement(const formation::Environment& environment, const json::Value& value) {
  json::Value changed = value;
  for (const std::string_view member : {"Principal", "NotPrincipal"}) {
    const json::Value* principal = value.find(member);
    if (principal == nullptr) continue;
    const json::Value* service = principal->find("Service");
    if (service == nullptr) continue;
    changed = changed.with_member(
        member, principal->with_member("Service", renamed(environment, *service)));
  }
  return changed;
}

}  // namespace

std::string service_principal(const formation::Environment& environment, std::string_view name) {
  const std::string suffix = "." + environment.url_suffix;
  if (environment.url_suffix.empty() || !name.ends_with(suffix)) return std::string(name);
  return std::string(name.substr(0, name.size() - suffix.size() + 1)) + std::string(kAmazon);
}

std::string policy_text(const formation::Environment& environment, const json::Value& document) {
  if (document.is_string()) {
    const auto parsed = json::parse(document.as_string());
    if (!parsed || !parsed->is_object()) return std::string(document.as_string());
    return policy_text(environment, *parsed);
  }
  const json::Value* statements = document.find("Statement");
  if (statements == nullptr) return json::write(document);
  if (statements->is_object())
    return json::write(document.with_member("Statement", statement(environment, *statements)));
  if (!statements->is_array()) return json::write(document);
  std::vector<json::Value> items;
  for (const json::Value& each : statements->items()) items.push_back(statement(environment, each));
  return json::write(document.with_member("Statement", json::Value::array(std::move(items))));
}

}  // namespace pawl::cloudformation
