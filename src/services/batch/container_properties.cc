// SPDX-License-Identifier: Apache-2.0
#include "jobs/records.h"
#include "json/members.h"
#include "services/batch/container_properties.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::batch {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kReference = "Ref::";
/// AWS Batch: "You must specify at least 4 MiB of memory for a job".
constexpr int64_t kMemoryMin = 4;

std::optional<std::string> requirement(const Value& container, std::string_view type) {
  const Value requirements = array_member(container, "resourceRequirements");
  for (const Value& each : requirements.items()) {
    if (text_member(each, "type") == type) return text_member(each, "value");
  }
  return std::nullopt;
}

std::optional<double> number_in(const std::string& text) {
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || number <= 0 || number > 1e9) return std::nullopt;
  return number;
}

Result<double> resource(const Value& container, std::string_view type, std::string_view member) {
  const std::optional<std::string> text = requirement(container, type);
  if (text) {
    const std::optional<double> number = number_in(*text);
    if (number) return *number;
    return Error(ErrorKind::TypeMismatch,
                 "Invalid value '" + *text + "' for resource requirement " + std::string(type));
  }
  if (has_member(container, member)) return static_cast<double>(integer_member(container, member));
  return Error(ErrorKind::TypeMismatch, "containerProperties must contain " + std::string(member));
}

/// The requirements with those of `over` instead of their like.
Value merged_requirements(const Value& base, const std::vector<Value>& over) {
  std::vector<Value> merged;
  for (const Value& each : base.items()) {
    bool is_replaced = false;
    for (const Value& other : over) {
      if (text_member(other, "type") == text_member(each, "type")) is_replaced = true;
    }
    if (!is_replaced) merged.push_back(each);
  }
  merged.insert(merged.end(), over.begin(), over.end());
  return Value::array(std::move(merged));
}

Value requirement_value(std::string_view type, int64_t number) {
  ObjectBuilder out;
  out.set("value", Value(std::to_string(number))).set("type", Value(type));
  return std::move(out).build();
}

}  // namespace

Result<jobs::Demand> demand_of(const Value& container) {
  const double vcpus = PAWL_TRY(resource(container, "VCPU", "vcpus"));
  const double memory = PAWL_TRY(resource(container, "MEMORY", "memory"));
  if (vcpus <= 0) {
    return Error(ErrorKind::TypeMismatch, "container vcpus limit must be greater than 0");
  }
  if (memory < static_cast<double>(kMemoryMin)) {
    return Error(ErrorKind::TypeMismatch, "container memory limit must be at least 4");
  }
  return jobs::Demand{static_cast<int64_t>(std::llround(vcpus * 1'000)),
                      static_cast<int64_t>(std::llround(memory))};
}

Value with_overrides(const Value& container, const Value& overrides) {
  Value made = container;
  if (has_member(overrides, "command"))
    made = made.with_member("command", *overrides.find("command"));
  if (has_member(overrides, "instanceType")) {
    made = made.with_member("instanceType", *overrides.find("instanceType"));
  }
  if (has_member(overrides, "environment")) {
    made = made.with_member("environment", jobs::pairs_value(jobs::merged_pairs(
                                               jobs::pairs_of(made, "environment"),
                                               jobs::pairs_of(overrides, "environment"))));
  }
  std::vector<Value> over;
  const std::pair<std::string_view, std::string_view> kinds[] = {{"VCPU", "vcpus"},
                                                                 {"MEMORY", "memory"}};
  for (const auto& [type, member] : kinds) {
    if (!has_member(overrides, member)) continue;
    if (requirement(made, type)) {
      over.push_back(requirement_value(type, integer_member(overrides, member)));
    } else {
      made = made.with_member(member, *overrides.find(member));
    }
  }
  const Value given = array_member(overrides, "resourceRequirements");
  for (const Value& each : given.items()) {
    std::erase_if(over, [&](const Value& other) {
      return text_member(other, "type") == text_member(each, "type");
    });
    over.push_back(each);
    if (text_member(each, "type") == "VCPU") made = made.without_member("vcpus");
    if (text_member(each, "type") == "MEMORY") made = made.without_member("memory");
  }
  if (over.empty()) return made;
  return made.with_member("resourceRequirements",
                          merged_requirements(array_member(made, "resourceRequirements"), over));
}

Value with_parameters(const Value& container, const Value& parameters) {
  if (!has_member(container, "command")) return container;
  std::vector<Value> command;
  const Value given = array_member(container, "command");
  for (const Value& element : given.items()) {
    const std::string_view text = element.is_string() ? element.as_string() : std::string_view();
    const Value* value =
        text.starts_with(kReference) ? parameters.find(text.substr(kReference.size())) : nullptr;
    command.push_back(value != nullptr ? *value : element);
  }
  return container.with_member("command", Value::array(std::move(command)));
}

}  // namespace pawl::batch
