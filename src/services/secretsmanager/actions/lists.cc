// SPDX-License-Identifier: Apache-2.0
// ListSecrets: filters, order, pages.
#include <algorithm>
#include <cctype>

#include "aws/service/input_members.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/secretsmanager/api.h"
#include "services/secretsmanager/service.h"

namespace pawl::secretsmanager {

using aws::ActionResult;
using aws::ApiError;
using aws::from_store;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageDefault = 100;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

/// API Filter, "Key": description and "all" take no heed of case; all are prefixes but "all",
/// which finds words.
bool has_prefix(const Secret& secret, const std::string& key, std::string_view prefix) {
  if (key == "description") return lower(secret.description).starts_with(lower(prefix));
  if (key == "name") return secret.name.name.starts_with(prefix);
  if (key == "owning-service") return secret.owning_service.starts_with(prefix);
  if (key == "primary-region")
    return !secret.replicas.empty() && secret.name.region.starts_with(prefix);
  const auto any_tag = [&](auto matches) {
    return std::any_of(secret.tags.begin(), secret.tags.end(), matches);
  };
  if (key == "tag-key")
    return any_tag([&](const auto& tag) { return tag.first.starts_with(prefix); });
  if (key == "tag-value")
    return any_tag([&](const auto& tag) { return tag.second.starts_with(prefix); });
  // "all"
  std::string everything = secret.name.name + "\n" + secret.description;
  for (const auto& [tag, value] : secret.tags) everything += "\n" + tag + "\n" + value;
  everything = lower(everything);
  std::string word;
  bool has_all = true;
  for (const char c : lower(prefix) + " ") {
    if (c != ' ' && c != ',' && c != '/') {
      word += c;
      continue;
    }
    has_all = has_all && (word.empty() || everything.find(word) != std::string::npos);
    word.clear();
  }
  return has_all;
}

/// One of the values; "!" before a value: not that one.
bool passes(const Secret& secret, const Filter& filter) {
  bool has_wanted = false;
  bool is_found = false;
  for (const std::string& value : filter.values) {
    if (value.starts_with('!')) {
      if (has_prefix(secret, filter.key, std::string_view(value).substr(1))) return false;
    } else {
      has_wanted = true;
      is_found = is_found || has_prefix(secret, filter.key, value);
    }
  }
  return is_found || !has_wanted;
}

std::vector<Filter> filters_member(const Value& input) {
  std::vector<Filter> filters;
  for (const Value& each : items_member(input, "Filters"))
    filters.push_back({text_member(each, "Key"), texts_member(each, "Values")});
  return filters;
}

/// By what SortBy names, then by name.
int64_t sort_number(const Secret& secret, std::string_view by) {
  if (by == "last-accessed-date") return secret.accessed_ms;
  if (by == "last-changed-date") return secret.changed_ms;
  return by == "name" ? 0 : secret.created_ms;
}

Value entry(const Secret& secret, const std::string& arn) {
  ObjectBuilder out = named(arn, secret.name.name);
  describe(out, secret);
  out.set("SecretVersionsToStages", stages_of_versions(secret));
  if (!secret.replicas.empty()) out.set("PrimaryRegion", Value(secret.name.region));
  return std::move(out).build();
}

}  // namespace

/// Without an order the store's, by name; otherwise all that pass are read and sorted.
ActionResult SecretsManagerService::list_secrets(const Request& request) {
  const Value& input = request.input;
  const std::vector<Filter> filters = filters_member(input);
  const bool with_deleted = flag_member(input, "IncludePlannedDeletion");
  const auto max = static_cast<size_t>(find_integer(input, "MaxResults").value_or(kPageDefault));
  const std::optional<std::string> after = base::base64_decode(text_member(input, "NextToken"));
  if (!after) return ApiError("InvalidNextTokenException", "The specified NextToken is invalid.");
  const std::string order = text_member(input, "SortOrder");
  const std::string by = text_member(input, "SortBy");
  const bool is_sorted = !order.empty() || !by.empty();
  struct Shown {
    Secret secret;
    std::string arn;
    std::string name;
  };
  std::vector<Shown> shown;
  base::Result<void> failure;
  PAWL_TRY_VOID(from_store(secrets_.visit(
      request.account_id(), request.region, is_sorted ? "" : *after, [&](Secret&& secret) {
        std::string arn = secret.arn();
        if (!secret.primary_region.empty()) {
          SecretName original = secret.name;
          original.region = secret.primary_region;
          auto found = secrets_.find(original);
          if (!found) {
            failure = found.error();
            return false;
          }
          if (!*found) return true;
          secret = **std::move(found);
        }
        if (secret.deleted_ms != 0 && !with_deleted) return true;
        const bool is_wanted = std::all_of(filters.begin(), filters.end(), [&](const Filter& each) {
          return passes(secret, each);
        });
        if (is_wanted) {
          std::string name = secret.name.name;
          shown.push_back({std::move(secret), std::move(arn), std::move(name)});
        }
        return is_sorted || shown.size() <= max;
      })));
  PAWL_TRY_VOID(from_store(std::move(failure)));
  if (is_sorted) {
    const bool is_descending = order != "asc";
    std::sort(shown.begin(), shown.end(), [&](const Shown& a, const Shown& b) {
      const auto rank = [&](const Shown& each) {
        return std::pair(sort_number(each.secret, by), std::string_view(each.name));
      };
      return is_descending ? rank(b) < rank(a) : rank(a) < rank(b);
    });
    const auto last = std::find_if(shown.begin(), shown.end(),
                                   [&](const Shown& each) { return each.name == *after; });
    if (last != shown.end()) shown.erase(shown.begin(), last + 1);
  }
  ObjectBuilder out;
  std::vector<Value> list;
  for (size_t i = 0; i < shown.size() && i < max; ++i)
    list.push_back(entry(shown[i].secret, shown[i].arn));
  out.set("SecretList", Value::array(std::move(list)));
  if (shown.size() > max) out.set("NextToken", Value(base::base64_encode(shown[max - 1].name)));
  return std::move(out).build();
}

}  // namespace pawl::secretsmanager
