// SPDX-License-Identifier: Apache-2.0
// The order of these checks is AWS's: one policy may break many rules.
#include "aws/policy/policy_checks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "aws/http_message.h"
#include "base/time.h"

namespace pawl::aws {
namespace {

using json::Value;
using Fault = std::optional<std::string>;

constexpr std::array<std::string_view, 4> kPolicyElements = {"Version", "Id", "Statement",
                                                             "Conditions"};
constexpr std::array<std::string_view, 9> kStatementElements = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition"};
constexpr std::array<std::string_view, 2> kVersions = {"2008-10-17", "2012-10-17"};
constexpr std::array<std::string_view, 9> kPartitions = {"aws",       "aws-cn",    "aws-us-gov",
                                                         "aws-iso",   "aws-iso-b", "aws-iso-e",
                                                         "aws-iso-f", "aws-eusc",  "*"};

template <typename List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_text(const Value* value) { return value == nullptr || value->is_string(); }

/// A text, or a list of texts; nulls in a list are looked over.
bool is_texts(const Value* value) {
  if (is_text(value)) return true;
  if (!value->is_array()) return false;
  const auto items = value->items();
  return std::all_of(items.begin(), items.end(),
                     [](const Value& each) { return each.is_string() || each.is_null(); });
}

std::vector<std::string> texts_of(const Value& statement, std::string_view member) {
  const Value* value = statement.find(member);
  if (value == nullptr) return {};
  if (value->is_string()) return {std::string(value->as_string())};
  std::vector<std::string> texts;
  if (!value->is_array()) return texts;
  for (const Value& each : value->items()) {
    if (each.is_string() && !each.as_string().empty()) texts.emplace_back(each.as_string());
  }
  return texts;
}

bool is_well_formed_condition(const Value& condition) {
  if (!condition.is_object()) return false;
  for (const json::Member& operation : condition.members()) {
    if (!operation.value.is_object()) return false;
    for (const json::Member& key : operation.value.members()) {
      if (key.value.is_null() || key.value.is_object()) return false;
    }
    PolicyCondition read;
    if (!read_condition_operator(operation.name(), read) && operation.value.size() != 0)
      return false;
  }
  return true;
}

bool is_well_formed_statement(const Value& statement) {
  if (!statement.is_object()) return false;
  for (const json::Member& each : statement.members()) {
    if (!has(kStatementElements, each.name())) return false;
  }
  if (statement.find("Resource") != nullptr && statement.find("NotResource") != nullptr)
    return false;
  if (statement.find("Action") != nullptr && statement.find("NotAction") != nullptr) return false;
  const Value* effect = statement.find("Effect");
  if (effect == nullptr || !effect->is_string() ||
      !(equals_ignoring_case(effect->as_string(), "Allow") ||
        equals_ignoring_case(effect->as_string(), "Deny")))
    return false;
  for (const char* member : {"Action", "NotAction", "Resource", "NotResource"}) {
    if (!is_texts(statement.find(member))) return false;
  }
  const Value* condition = statement.find("Condition");
  return is_text(statement.find("Sid")) &&
         (condition == nullptr || is_well_formed_condition(*condition));
}

bool is_well_formed(const Value& policy) {
  for (const json::Member& each : policy.members()) {
    if (!has(kPolicyElements, each.name())) return false;
  }
  const Value* version = policy.find("Version");
  if (version != nullptr && !(version->is_string() && has(kVersions, version->as_string())))
    return false;
  const std::vector<Value> statements = policy_statements(policy);
  return is_text(policy.find("Id")) && !statements.empty() &&
         std::all_of(statements.begin(), statements.end(), is_well_formed_statement);
}

/// Whether dates are dates; the case of Effect counts here.
bool is_legacy_statement(const Value& statement) {
  const Value* effect = statement.find("Effect");
  if (effect->as_string() != "Allow" && effect->as_string() != "Deny") return false;
  const Value* condition = statement.find("Condition");
  if (condition == nullptr) return true;
  for (const json::Member& operation : condition->members()) {
    PolicyCondition read;
    if (!read_condition_operator(operation.name(), read)) continue;
    if (read.test < ConditionTest::DateEquals || read.test > ConditionTest::DateGreaterThanEquals)
      continue;
    for (const json::Member& key : operation.value.members()) {
      for (const std::string& date : texts_of(operation.value, key.name())) {
        if (date.find("${") == std::string::npos && !read_policy_date(date)) return false;
      }
    }
  }
  return true;
}

/// The parts between colons, `parts` at most.
std::vector<std::string_view> split(std::string_view text, size_t parts) {
  std::vector<std::string_view> found;
  while (found.size() + 1 < parts) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) break;
    found.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  found.push_back(text);
  return found;
}

constexpr std::string_view kIamPaths =
    "user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, "
    "sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/";

bool is_iam_path(std::string_view resource) {
  std::string_view paths = kIamPaths;
  while (!paths.empty()) {
    const size_t end = std::min(paths.find(", "), paths.size());
    if (resource.starts_with(paths.substr(0, end))) return true;
    paths.remove_prefix(std::min(end + 2, paths.size()));
  }
  return false;
}

std::string bad_partition(std::string_view resource) {
  std::vector<std::string_view> parts = split(resource, 6);
  std::string arn = "arn";
  for (size_t i = 1; i < 6; ++i)
    arn += ":" + std::string(i < parts.size() && !(i == 2 && parts.size() == 3 && parts[2].empty())
                                 ? parts[i]
                                 : std::string_view("*"));
  return "Partition \"" + std::string(parts[1]) + "\" is not valid for resource \"" + arn + "\".";
}

Fault resource_fault(const std::string& resource) {
  if (resource == "*") return std::nullopt;
  const std::vector<std::string_view> parts = split(resource, 6);
  if (parts.size() < 2) return "Resource " + resource + " must be in ARN format or \"*\".";
  if (!has(kPartitions, parts[1])) return bad_partition(resource);
  if (parts.size() < 3)
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  const std::string_view service = parts[2];
  const std::string_view region = parts.size() > 3 ? parts[3] : std::string_view();
  const std::string_view id = parts.size() > 5 ? parts[5] : std::string_view();
  if (service == "iam" && !region.empty())
    return "IAM resource " + resource + " cannot contain region information.";
  constexpr std::array<std::string_view, 5> kRegional = {"accesspoint/", "access-grants/", "job/",
                                                         "storage-lens", "async-request/"};
  const bool is_regional =
      std::any_of(kRegional.begin(), kRegional.end(),
                  [id](std::string_view each) { return id.starts_with(each); });
  if (service == "s3" && !region.empty() && !is_regional)
    return "Resource " + resource + " can not contain region information.";
  if (service == "iam" && id != "root" && !id.starts_with("*") && !is_iam_path(id)) {
    return "IAM resource path must either be \"*\" or start with " + std::string(kIamPaths) + ".";
  }
  return std::nullopt;
}

/// Of an ARN that resource_fault() has nothing against.
bool is_legacy_resource(std::string_view resource) {
  if (resource == "*") return true;
  const auto colons = std::count(resource.begin(), resource.end(), ':');
  return (colons >= 5 || resource.find("::") == std::string_view::npos) &&
         !split(resource, 6)[2].empty();
}

Fault action_fault(std::string_view action) {
  if (action == "*") return std::nullopt;
  const std::vector<std::string_view> parts = split(action, 3);
  if (parts.size() == 1)
    return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
  if (parts.size() > 2) return "Actions/Condition can contain only one colon.";
  const bool is_vendor = std::all_of(parts[0].begin(), parts[0].end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
  });
  if (!is_vendor && parts[0] != "*") return "Vendor " + std::string(parts[0]) + " is not valid";
  return std::nullopt;
}

Fault sid_fault(const std::vector<Value>& statements) {
  std::set<std::string, std::less<>> sids;
  for (const Value& statement : statements) {
    const Value* sid = statement.find("Sid");
    if (sid == nullptr || sid->as_string().empty()) continue;
    if (!sids.emplace(sid->as_string()).second)
      return "Statement IDs (SID) in a single policy must be unique.";
  }
  for (const std::string& sid : sids) {
    if (!std::all_of(sid.begin(), sid.end(), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        }))
      return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
             "regular expression [0-9A-Za-z]*";
  }
  return std::nullopt;
}

/// A member of that name, or of its opposite, with something in it.
bool says(const Value& statement, std::string_view member, std::string_view opposite) {
  for (const std::string_view name : {member, opposite}) {
    const Value* value = statement.find(name);
    if (value != nullptr && !(value->is_array() && value->size() == 0)) return true;
  }
  return false;
}

/// Every action, as it is written.
Fault actions_fault(const std::vector<Value>& statements) {
  for (const char* member : {"Action", "NotAction"}) {
    for (const Value& statement : statements) {
      for (const std::string& action : texts_of(statement, member)) {
        if (Fault fault = action_fault(action)) return fault;
      }
    }
  }
  return std::nullopt;
}

/// The first resource that is wrong, in an order that AWS has by itself: the last in the alphabet
/// first. What breaks the older parser is told before.
Fault resources_fault(const std::vector<Value>& statements, bool& is_legacy) {
  Fault fault;
  is_legacy = true;
  for (const char* member : {"Resource", "NotResource"}) {
    for (const Value& statement : statements) {
      std::vector<std::string> resources = texts_of(statement, member);
      std::sort(resources.rbegin(), resources.rend());
      for (const std::string& resource : resources) {
        if (Fault each = resource_fault(resource)) fault = std::move(each);
      }
      if (fault) continue;
      is_legacy &= std::all_of(resources.begin(), resources.end(), is_legacy_resource);
    }
  }
  return fault;
}

constexpr std::array<std::string_view, 6> kTrustActions = {
    "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession", "sts:SetSourceIdentity",  "sts:SetContext"};

Fault trust_fault(const Value& statement) {
  if (statement.find("Resource") != nullptr) return "Has prohibited field Resource";
  if (statement.find("NotResource") != nullptr)
    return "AssumeRole policy must not contain resources.";
  for (const char* member : {"Action", "NotAction"}) {
    for (const std::string& action : texts_of(statement, member)) {
      const bool is_known =
          (action.starts_with("sts:") && action.find('*') != std::string::npos) ||
          std::any_of(kTrustActions.begin(), kTrustActions.end(),
                      [&](std::string_view each) { return equals_ignoring_case(each, action); });
      if (!is_known) return "AssumeRole policy may only specify STS AssumeRole actions.";
    }
  }
  return std::nullopt;
}

Fault principal_fault(const Value& principal) {
  constexpr std::array<std::string_view, 4> kTypes = {"AWS", "Service", "Federated",
                                                      "CanonicalUser"};
  if (principal.is_string()) {
    if (principal.as_string() == "*") return std::nullopt;
    return "Invalid principal in policy: \"STAR\":\"" + std::string(principal.as_string()) + "\"";
  }
  if (!principal.is_object()) return "Invalid principal in policy";
  if (principal.size() == 0) return "Missing required field Principal cannot be empty!";
  for (const json::Member& each : principal.members()) {
    if (!has(kTypes, each.name()))
      return "Invalid principal in policy: \"" + std::string(each.name()) + "\"";
    if (!is_texts(&each.value)) return "Invalid principal in policy";
  }
  return std::nullopt;
}

Fault principal_statement_fault(const Value& statement, PolicyKind kind) {
  if (!statement.is_object()) return "Syntax errors in policy.";
  for (const json::Member& each : statement.members()) {
    if (!has(kStatementElements, each.name())) return "Unknown field " + std::string(each.name());
  }
  const Value* effect = statement.find("Effect");
  if (effect == nullptr) return "Missing required field Effect";
  if (!effect->is_string() || (effect->as_string() != "Allow" && effect->as_string() != "Deny"))
    return "Invalid effect: " +
           (effect->is_string() ? std::string(effect->as_string()) : std::string());
  if (!is_well_formed_statement(statement)) return "Syntax errors in policy.";
  if (kind == PolicyKind::Trust) {
    if (Fault fault = trust_fault(statement)) return fault;
  }
  if (!says(statement, "Action", "NotAction")) return "Missing required field Action";
  const Value* principal = statement.find("Principal");
  if (principal == nullptr) {
    principal = statement.find("NotPrincipal");
    if (principal != nullptr && effect->as_string() == "Allow")
      return "Allow with NotPrincipal is not allowed.";
  }
  if (principal == nullptr) return "Missing required field Principal";
  if (Fault fault = principal_fault(*principal)) return fault;
  if (kind == PolicyKind::Resource && !says(statement, "Resource", "NotResource"))
    return "Missing required field Resource";
  return std::nullopt;
}

}  // namespace

std::vector<Value> policy_statements(const Value& policy) {
  const Value* statement = policy.find("Statement");
  if (statement == nullptr) return {};
  if (statement->is_object()) return {*statement};
  if (!statement->is_array()) return {};
  const auto items = statement->items();
  return {items.begin(), items.end()};
}

std::optional<std::string> identity_policy_fault(const Value& policy, PolicyKind kind) {
  if (!is_well_formed(policy)) return "Syntax errors in policy.";
  const Value* version = policy.find("Version");
  // IAM "Version": an inline policy without one is of 2008-10-17.
  const bool may_be_old =
      kind == PolicyKind::Inline && (version == nullptr || version->as_string() == "2008-10-17");
  if (!may_be_old && (version == nullptr || version->as_string() != "2012-10-17"))
    return "Policy document must be version 2012-10-17 or greater.";
  const std::vector<Value> statements = policy_statements(policy);
  bool is_legacy = true;
  const Fault resources = resources_fault(statements, is_legacy);
  if (!is_legacy || !std::all_of(statements.begin(), statements.end(), is_legacy_statement))
    return "The policy failed legacy parsing";
  for (const Value& statement : statements) {
    if (statement.find("Principal") != nullptr || statement.find("NotPrincipal") != nullptr)
      return "Policy document should not specify a principal.";
  }
  if (Fault fault = sid_fault(statements)) return fault;
  for (const Value& statement : statements) {
    if (!says(statement, "Action", "NotAction")) return "Policy statement must contain actions.";
  }
  if (resources) return resources;
  if (Fault fault = actions_fault(statements)) return fault;
  for (const Value& statement : statements) {
    if (!says(statement, "Resource", "NotResource"))
      return "Policy statement must contain resources.";
  }
  return std::nullopt;
}

std::optional<std::string> principal_policy_fault(const Value& policy, PolicyKind kind) {
  for (const json::Member& each : policy.members()) {
    if (!has(kPolicyElements, each.name()) || each.name() == "Conditions")
      return "Unknown field " + std::string(each.name());
  }
  const Value* version = policy.find("Version");
  if (version != nullptr && !(version->is_string() && has(kVersions, version->as_string())))
    return "The policy must contain a valid version string";
  if (policy.find("Statement") == nullptr) return "Missing required field Statement";
  const std::vector<Value> statements = policy_statements(policy);
  if (statements.empty()) return "Could not parse the policy: Statement is empty!";
  for (const Value& statement : statements) {
    if (Fault fault = principal_statement_fault(statement, kind)) return fault;
  }
  return actions_fault(statements);
}

std::optional<int64_t> read_policy_date(std::string_view text) {
  if (text.find_first_of("tT-") == std::string_view::npos) {
    int64_t seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || seconds < 0)
      return std::nullopt;
    return seconds > INT64_MAX / 1000 ? INT64_MAX : seconds * 1000;
  }
  // IAM takes W3C's profile: a year, a month, a day or a moment with or without seconds and zone.
  std::string whole(text);
  std::transform(whole.begin(), whole.end(), whole.begin(), [](char c) {
    return c == 't' ? 'T' : c == 'z' ? 'Z' : c;
  });
  const size_t t = whole.find('T');
  std::string date = whole.substr(0, t);
  std::string time = t == std::string::npos ? "" : whole.substr(t + 1);
  for (auto dashes = std::count(date.begin(), date.end(), '-'); dashes < 2; ++dashes) date += "-01";
  const size_t zone_at = time.find_first_of("Z+-");
  const std::string zone = zone_at == std::string::npos ? "Z" : time.substr(zone_at);
  time = time.substr(0, zone_at);
  if (time.empty()) time = "00";
  for (auto colons = std::count(time.begin(), time.end(), ':'); colons < 2; ++colons) time += ":00";
  std::string moment = date;
  moment.append("T").append(time).append(zone);
  const auto read = base::parse_iso8601(moment);
  if (!read) return std::nullopt;
  return read->ms;
}

}  // namespace pawl::aws
