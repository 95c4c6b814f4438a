// SPDX-License-Identifier: Apache-2.0
#include "services/s3/bucket_policy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "aws/http_message.h"
#include "json/parse.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using json::Value;

constexpr size_t kPolicyBytesMax = 20 * 1024;

aws::ApiError malformed(std::string_view message) { return error("MalformedPolicy", message, 400); }

/// "*" is any text, "?" any character.
bool matches(std::string_view pattern, std::string_view text) {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resumed = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resumed = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resumed;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// A text or a list of texts.
std::vector<std::string> texts(const Value* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (value->is_string()) out.emplace_back(value->as_string());
  if (value->is_array()) {
    for (const Value& item : value->items()) {
      if (item.is_string()) out.emplace_back(item.as_string());
    }
  }
  return out;
}

std::vector<const Value*> statements_of(const Value& policy) {
  std::vector<const Value*> out;
  const Value* statement = policy.find("Statement");
  if (statement == nullptr) return out;
  if (statement->is_object()) out.push_back(statement);
  if (statement->is_array()) {
    for (const Value& item : statement->items()) out.push_back(&item);
  }
  return out;
}

/// `account` "": everybody.
bool is_for(const Value& statement, std::string_view account) {
  const Value* principal = statement.find("Principal");
  if (principal == nullptr) return false;
  std::vector<std::string> names =
      principal->is_object() ? texts(principal->find("AWS")) : texts(principal);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == "*" ||
           (!account.empty() &&
            (name == account || name.find("::" + std::string(account) + ":") != std::string::npos));
  });
}

}  // namespace

ApiResult<void> check_policy(std::string_view text, std::string_view bucket) {
  if (text.size() > kPolicyBytesMax) {
    return error("PolicyTooLarge", "Your policy exceeds the maximum allowed document size.", 400);
  }
  const auto policy = json::parse(text);
  if (!policy || !policy->is_object()) {
    return malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  const auto statements = statements_of(*policy);
  if (statements.empty()) return malformed("Missing required field Statement");
  for (const Value* statement : statements) {
    if (!statement->is_object()) return malformed("Statement is not an object");
    const std::string effect = Input(*statement).text("Effect");
    if (effect.empty()) return malformed("Missing required field Effect");
    if (effect != "Allow" && effect != "Deny") return malformed("Invalid effect: " + effect);
    if (!statement->find("Principal") && !statement->find("NotPrincipal")) {
      return malformed("Missing required field Principal");
    }
    if (!statement->find("Action") && !statement->find("NotAction")) {
      return malformed("Missing required field Action");
    }
    const auto resources = texts(statement->find("Resource"));
    if (resources.empty() && !statement->find("NotResource")) {
      return malformed("Missing required field Resource");
    }
    const std::string own = "arn:aws:s3:::" + std::string(bucket);
    for (const std::string& resource : resources) {
      if (!matches(resource, own) && !resource.starts_with(own + "/") && resource != "*" &&
          resource.find('*') == std::string::npos) {
        return malformed("Policy has invalid resource");
      }
    }
  }
  return {};
}

bool policy_allows(std::string_view text, std::string_view account, std::string_view action,
                   std::string_view resource) {
  const auto policy = json::parse(text);
  if (!policy) return false;
  // Listing is asked for under another name than the operation's.
  const bool lists =
      action == "s3:ListObjectsV2" || action == "s3:ListObjects" || action == "s3:HeadBucket";
  const std::string name(lists                       ? "s3:ListBucket"
                         : action == "s3:HeadObject" ? std::string_view("s3:GetObject")
                                                     : action);
  const std::string lower = aws::lower_ascii(name);
  bool allowed = false;
  for (const Value* statement : statements_of(*policy)) {
    if (statement->find("Condition") != nullptr || !is_for(*statement, account)) continue;
    const auto fits = [&](std::string_view member, const auto& test) {
      const auto patterns = texts(statement->find(member));
      return std::any_of(patterns.begin(), patterns.end(), test);
    };
    if (!fits("Action",
              [&](const std::string& pattern) {
                return matches(aws::lower_ascii(pattern), lower);
              }) ||
        !fits("Resource", [&](const std::string& pattern) { return matches(pattern, resource); })) {
      continue;
    }
    if (Input(*statement).text("Effect") == "Deny") return false;
    allowed = true;
  }
  return allowed;
}

bool is_public_policy(std::string_view text) {
  const auto policy = json::parse(text);
  if (!policy) return false;
  const auto statements = statements_of(*policy);
  return std::any_of(statements.begin(), statements.end(), [](const Value* statement) {
    return Input(*statement).text("Effect") == "Allow" && is_for(*statement, "") &&
           statement->find("Condition") == nullptr;
  });
}

}  // namespace pawl::s3
