// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/filter.h"

#include <algorithm>

#include "services/ec2/members.h"
#include "text/wildcard.h"

namespace pawl::ec2 {
namespace {

/// A backslash makes the next one plain.
constexpr text::WildcardSyntax kSyntax{.question_mark = true, .backslash = true};

using json::Value;

constexpr size_t kDepthMax = 4;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

/// "CidrBlockAssociationSet" -> "cidr-block-association", "Ipv6CidrBlock" -> "ipv6-cidr-block".
std::string hyphened(std::string_view name, bool is_list) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool starts_word =
        is_upper(name[i]) && i > 0 &&
        (!is_upper(name[i - 1]) || (i + 1 < name.size() && is_lower(name[i + 1])));
    if (starts_word) out += '-';
    out += is_upper(name[i]) ? static_cast<char>(name[i] + 32) : name[i];
  }
  if (is_list && out.ends_with("-set")) out.resize(out.size() - 4);
  if (is_list && out.ends_with("ies")) return out.substr(0, out.size() - 3) + "y";
  if (is_list && out.ends_with('s')) out.pop_back();
  return out;
}

/// Names that are none of the members' (API reference of the Describe operations).
std::string canonical(std::string name) {
  constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"availabilityZone", "availability-zone"},
      {"cidr", "cidr-block"},
      {"cidrBlock", "cidr-block"},
      {"defaultForAz", "default-for-az"},
      {"isDefault", "is-default"},
      {"default", "is-default"},
      {"ip-permission.cidr", "ip-permission.ip-range.cidr-ip"},
      {"egress.ip-permission.cidr", "ip-permissions-egress.ip-range.cidr-ip"},
      {"ip-permission.group-id", "ip-permission.user-id-group-pair.group-id"},
      {"ip-permission.protocol", "ip-permission.ip-protocol"},
      {"vpc-endpoint-state", "state"},
      {"allocation-id", "allocation-id"},
      {"route.gateway-id", "route.gateway-id"},
  };
  for (const auto& [other, own] : kOthers) {
    if (name == other) return std::string(own);
  }
  return name;
}

/// Dots and hyphens do not tell names apart: "association-main" is "association.main".
bool is_same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x == '.' ? '-' : x) == (y == '.' ? '-' : y); });
}

bool is_known(const aws::Shape& shape, std::string_view name, const std::string& path,
              size_t depth) {
  if (depth > kDepthMax) return false;
  if (shape.type == aws::ShapeType::List) return is_known(*shape.item.shape, name, path, depth);
  if (shape.type != aws::ShapeType::Structure) return is_same(name, path);
  return std::any_of(shape.members.begin(), shape.members.end(), [&](const aws::Member& member) {
    const bool is_list = member.shape->type == aws::ShapeType::List;
    const std::string step = hyphened(member.name, is_list);
    return is_known(*member.shape, name, path.empty() ? step : path + "." + step, depth + 1);
  });
}

std::string scalar_text(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_boolean()) return value.as_boolean() ? "true" : "false";
  return value.is_number() ? value.number_text() : std::string();
}

bool has_value(const Value& value, std::string_view name, const std::string& path,
               const std::vector<std::string>& wanted) {
  if (value.is_array()) {
    return std::any_of(value.items().begin(), value.items().end(),
                       [&](const Value& item) { return has_value(item, name, path, wanted); });
  }
  if (value.is_object()) {
    return std::any_of(
        value.members().begin(), value.members().end(), [&](const json::Member& member) {
          const std::string step = hyphened(member.name(), member.value.is_array());
          return has_value(member.value, name, path.empty() ? step : path + "." + step, wanted);
        });
  }
  if (!is_same(name, path)) return false;
  const std::string text = scalar_text(value);
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
    return text::matches_wildcard(each, text, kSyntax);
  });
}

bool has_tag(const Value& record, std::string_view key, std::string_view member,
             const std::vector<std::string>& wanted) {
  const auto tags = items_member(record, "Tags");
  return std::any_of(tags.begin(), tags.end(), [&](const Value& tag) {
    if (!key.empty() && text_member(tag, "Key") != key) return false;
    const std::string text = text_member(tag, member);
    return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
      return text::matches_wildcard(each, text, kSyntax);
    });
  });
}

}  // namespace

aws::ApiResult<Filters> Filters::of(const Value& input, const aws::Shape& shape) {
  Filters filters;
  for (const char* member : {"Filters", "Filter"}) {
    for (const Value& given : items_member(input, member)) {
      Filter filter{canonical(text_member(given, "Name")), {}};
      for (const Value& value : items_member(given, "Values"))
        filter.values.emplace_back(value.as_string());
      // Of a VPN gateway's attachments.
      const std::string of_vpc = "vpc-" + filter.name;
      if (of_vpc.starts_with("vpc-attachment.") && is_known(shape, of_vpc, "", 0))
        filter.name = of_vpc;
      const bool is_tag =
          filter.name.starts_with("tag:") || filter.name == "tag-key" || filter.name == "tag-value";
      if (!is_tag && !is_known(shape, filter.name, "", 0)) {
        return aws::ApiError("InvalidParameterValue",
                             "The filter '" + text_member(given, "Name") + "' is invalid");
      }
      filters.filters_.push_back(std::move(filter));
    }
  }
  return filters;
}

bool Filters::pass(const Value& record) const {
  return std::all_of(filters_.begin(), filters_.end(), [&](const Filter& filter) {
    constexpr std::string_view kTag = "tag:";
    if (filter.name.starts_with(kTag))
      return has_tag(record, filter.name.substr(kTag.size()), "Value", filter.values);
    if (filter.name == "tag-key") return has_tag(record, "", "Key", filter.values);
    if (filter.name == "tag-value") return has_tag(record, "", "Value", filter.values);
    return has_value(record, filter.name, "", filter.values);
  });
}

}  // namespace pawl::ec2
