// SPDX-License-Identifier: Apache-2.0
#include "services/s3/acl.h"

#include <algorithm>

#include "services/s3/errors.h"
#include "services/s3/event_text.h"
#include "services/s3/input.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr std::string_view kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view kAuthenticated =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
constexpr std::string_view kLogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";
constexpr std::string_view kPermissions[] = {"FULL_CONTROL", "READ", "WRITE", "READ_ACP",
                                             "WRITE_ACP"};

Value user(std::string_view id) {
  ObjectBuilder grantee;
  grantee.set("ID", Value(id)).set("Type", Value("CanonicalUser"));
  return std::move(grantee).build();
}

Value group(std::string_view uri) {
  ObjectBuilder grantee;
  grantee.set("Type", Value("Group")).set("URI", Value(uri));
  return std::move(grantee).build();
}

Value grant(Value grantee, std::string_view permission) {
  ObjectBuilder made;
  made.set("Grantee", std::move(grantee)).set("Permission", Value(permission));
  return std::move(made).build();
}

Value acl_of(std::string_view account, std::vector<Value> grants) {
  ObjectBuilder acl;
  acl.set("Owner", owner_of(account)).set("Grants", Value::array(std::move(grants)));
  return std::move(acl).build();
}

bool is_group(std::string_view uri) {
  return uri == kAllUsers || uri == kAuthenticated || uri == kLogDelivery;
}

bool is_canonical_id(std::string_view id) {
  return id.size() == 64 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

ApiResult<Value> canned(std::string_view name, std::string_view account) {
  std::vector<Value> grants = {grant(user(canonical_user_id(account)), "FULL_CONTROL")};
  if (name == "public-read" || name == "public-read-write") {
    grants.push_back(grant(group(kAllUsers), "READ"));
  }
  if (name == "public-read-write") grants.push_back(grant(group(kAllUsers), "WRITE"));
  if (name == "authenticated-read") grants.push_back(grant(group(kAuthenticated), "READ"));
  if (name == "log-delivery-write") {
    grants.push_back(grant(group(kLogDelivery), "WRITE"));
    grants.push_back(grant(group(kLogDelivery), "READ_ACP"));
  }
  static constexpr std::string_view kNames[] = {
      "private",       "public-read",       "public-read-write",         "authenticated-read",
      "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"};
  if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
    return invalid_argument("", "x-amz-acl", name);
  }
  return acl_of(account, std::move(grants));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// x-amz-grant-read: id="…", uri="…".
ApiResult<void> read_grant_header(std::string_view header, std::string_view text,
                                  std::string_view permission, std::vector<Value>& grants) {
  for (std::string_view rest = text; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view one = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const size_t equals = std::min(one.find('='), one.size());
    const std::string_view kind = trimmed(one.substr(0, equals));
    std::string_view value = equals < one.size() ? trimmed(one.substr(equals + 1)) : "";
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (kind == "uri") {
      if (!is_group(value)) return invalid_argument("Invalid group uri", "uri", value);
      grants.push_back(grant(group(value), permission));
    } else if (kind == "id") {
      if (!is_canonical_id(value)) return invalid_argument("Invalid id", "id", value);
      grants.push_back(grant(user(value), permission));
    } else if (kind != "emailAddress") {
      return invalid_argument("Argument format not recognized", header, text);
    }
  }
  return {};
}

ApiResult<Value> from_policy(const Value& policy) {
  const Input input(policy);
  const Value* owner = input.find("Owner");
  if (owner == nullptr || !owner->is_object() || !input.has("Grants")) return malformed_acl();
  const std::string owner_id = Input(*owner).text("ID");
  if (!is_canonical_id(owner_id)) {
    return invalid_argument("Invalid id", "CanonicalUser/ID", owner_id);
  }
  std::vector<Value> grants;
  for (const Value& item : input.items("Grants")) {
    const std::string permission = Input(item).text("Permission");
    const Value* grantee = Input(item).find("Grantee");
    if (grantee == nullptr || !grantee->is_object() ||
        std::find(std::begin(kPermissions), std::end(kPermissions), permission) ==
            std::end(kPermissions)) {
      return malformed_acl();
    }
    const Input who(*grantee);
    const std::string type = who.text("Type");
    if (type == "CanonicalUser") {
      const std::string id = who.text("ID");
      if (!is_canonical_id(id)) return invalid_argument("Invalid id", "CanonicalUser/ID", id);
      grants.push_back(grant(user(id), permission));
    } else if (type == "Group") {
      const std::string uri = who.text("URI");
      if (!is_group(uri)) return invalid_argument("Invalid group uri", "Group/URI", uri);
      grants.push_back(grant(group(uri), permission));
    } else {
      return malformed_acl();
    }
  }
  ObjectBuilder acl;
  ObjectBuilder named;
  named.set("ID", Value(owner_id));
  acl.set("Owner", std::move(named).build()).set("Grants", Value::array(std::move(grants)));
  return std::move(acl).build();
}

}  // namespace

Value owner_of(std::string_view account) {
  ObjectBuilder owner;
  owner.set("ID", Value(canonical_user_id(account)));
  return std::move(owner).build();
}

Value private_acl(std::string_view account) {
  return acl_of(account, {grant(user(canonical_user_id(account)), "FULL_CONTROL")});
}

ApiResult<Value> read_acl(const Value& value, std::string_view account, bool is_put_acl) {
  struct Header {
    std::string_view member;
    std::string_view header;
    std::string_view permission;
  };
  static constexpr Header kHeaders[] = {
      {"GrantFullControl", "x-amz-grant-full-control", "FULL_CONTROL"},
      {"GrantRead", "x-amz-grant-read", "READ"},
      {"GrantReadACP", "x-amz-grant-read-acp", "READ_ACP"},
      {"GrantWrite", "x-amz-grant-write", "WRITE"},
      {"GrantWriteACP", "x-amz-grant-write-acp", "WRITE_ACP"}};
  const Input input(value);
  const bool has_canned = input.has("ACL");
  const Value* policy = input.find("AccessControlPolicy");
  const bool has_headers = std::any_of(std::begin(kHeaders), std::end(kHeaders),
                                       [&](const Header& each) { return input.has(each.member); });
  if (has_canned && has_headers) {
    return invalid_request("Specifying both Canned ACLs and Header Grants is not allowed");
  }
  if ((has_canned || has_headers) && policy != nullptr) {
    return error("UnexpectedContent", "This request does not support content", 400);
  }
  if (has_canned) return canned(input.text("ACL"), account);
  if (has_headers) {
    std::vector<Value> grants;
    for (const Header& each : kHeaders) {
      PAWL_TRY_VOID(
          read_grant_header(each.header, input.text(each.member), each.permission, grants));
    }
    return acl_of(account, std::move(grants));
  }
  if (policy != nullptr) return from_policy(*policy);
  if (!is_put_acl) return Value();
  return error("MissingSecurityHeader", "Your request was missing a required header", 400,
               {{"MissingHeaderName", "x-amz-acl"}});
}

bool is_owners_own(const Value& acl) {
  const auto grants = Input(acl).items("Grants");
  return grants.size() == 1 && Input(grants[0]).text("Permission") == "FULL_CONTROL";
}

bool grants_all(const Value& acl, std::string_view permission) {
  for (const Value& each : Input(acl).items("Grants")) {
    const Value* grantee = Input(each).find("Grantee");
    if (grantee == nullptr || Input(*grantee).text("URI") != kAllUsers) continue;
    const std::string granted = Input(each).text("Permission");
    if (granted == permission || granted == "FULL_CONTROL") return true;
  }
  return false;
}

}  // namespace pawl::s3
