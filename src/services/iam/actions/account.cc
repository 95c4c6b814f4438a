// SPDX-License-Identifier: Apache-2.0
// What an account has once: its alias, its password policy, the summary of all.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "services/iam/entity.h"
#include "services/iam/password_policy.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kAlias = "alias";
constexpr std::string_view kPasswordPolicy = "password-policy";
/// Aliases are one world's: where they are looked up.
const std::string kEveryAccount = "*";

// Aliases.

ActionResult create_alias(IamService& service, const Request& request) {
  const std::string alias = text_member(request.input, "AccountAlias");
  const auto taken = PAWL_TRY(service.store().find(kEveryAccount, Kind::Account, alias));
  if (taken && text_member(*taken, "Account") != request.account_id())
    return already_exists("The account alias " + alias + " already exists.");
  const auto before = PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kAlias));
  store::Batch batch;
  if (before)
    service.store().erase(batch, kEveryAccount, Kind::Account, text_member(*before, "Alias"));
  service.store().put(batch, request.account_id(), Kind::Account, kAlias,
                      std::move(ObjectBuilder().set("Alias", Value(alias))).build());
  service.store().put(
      batch, kEveryAccount, Kind::Account, alias,
      std::move(ObjectBuilder().set("Account", Value(request.account_id()))).build());
  return service.commit(request, batch);
}

ActionResult delete_alias(IamService& service, const Request& request) {
  const std::string alias = text_member(request.input, "AccountAlias");
  const auto before = PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kAlias));
  if (!before || text_member(*before, "Alias") != alias)
    return no_such_entity("The account alias " + alias + " cannot be found.");
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::Account, kAlias);
  service.store().erase(batch, kEveryAccount, Kind::Account, alias);
  return service.commit(request, batch);
}

ActionResult list_aliases(IamService& service, const Request& request) {
  const auto alias = PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kAlias));
  std::vector<Value> aliases;
  if (alias) aliases.push_back(*alias->find("Alias"));
  const Page page = PAWL_TRY(Page::of(request.input));
  return aws::Output(page.finish("AccountAliases", std::move(aliases)));
}

// The password policy.

aws::ApiError no_password_policy(const Request& request) {
  return no_such_entity("The Password Policy with domain name " + request.account_id() +
                        " cannot be found.");
}

/// API UpdateAccountPasswordPolicy: what is not given gets its default.
ActionResult update_password_policy(IamService& service, const Request& request) {
  const Value& input = request.input;
  ObjectBuilder policy;
  policy.set("MinimumPasswordLength", Value(integer_member(input, "MinimumPasswordLength", 6)));
  for (const char* member : {"RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters",
                             "RequireLowercaseCharacters", "AllowUsersToChangePassword"})
    policy.set(member, Value(flag_member(input, member)));
  const int64_t age = integer_member(input, "MaxPasswordAge", 0);
  policy.set("ExpirePasswords", Value(age > 0));
  if (age > 0) policy.set("MaxPasswordAge", Value(age));
  if (const Value* reuse = input.find("PasswordReusePrevention"))
    policy.set("PasswordReusePrevention", *reuse);
  if (input.find("HardExpiry") != nullptr)
    policy.set("HardExpiry", Value(flag_member(input, "HardExpiry")));
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::Account, kPasswordPolicy,
                      std::move(policy).build());
  return service.commit(request, batch);
}

ActionResult get_password_policy(IamService& service, const Request& request) {
  auto policy =
      PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kPasswordPolicy));
  if (!policy) return no_password_policy(request);
  return output_of("PasswordPolicy", *std::move(policy));
}

ActionResult delete_password_policy(IamService& service, const Request& request) {
  if (!PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kPasswordPolicy)))
    return no_password_policy(request);
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::Account, kPasswordPolicy);
  return service.commit(request, batch);
}

// The summary.

struct Quota {
  std::string_view name;
  int64_t value;
};

// IAM quotas as GetAccountSummary names them.
constexpr std::array kQuotas = {
    Quota{"AccessKeysPerUserQuota", 2},
    Quota{"AccountAccessKeysPresent", 0},
    Quota{"AccountMFAEnabled", 0},
    Quota{"AccountPasswordPresent", 1},
    Quota{"AccountSigningCertificatesPresent", 0},
    Quota{"AssumeRolePolicySizeQuota", 2048},
    Quota{"AttachedPoliciesPerGroupQuota", 10},
    Quota{"AttachedPoliciesPerRoleQuota", 10},
    Quota{"AttachedPoliciesPerUserQuota", 10},
    Quota{"GlobalEndpointTokenVersion", 1},
    Quota{"GroupPolicySizeQuota", 5120},
    Quota{"GroupsPerUserQuota", 10},
    Quota{"GroupsQuota", 300},
    Quota{"InstanceProfilesQuota", 1000},
    Quota{"MFADevicesInUse", 0},
    Quota{"PoliciesQuota", 1500},
    Quota{"PolicySizeQuota", 6144},
    Quota{"PolicyVersionsInUseQuota", 10000},
    Quota{"RolePolicySizeQuota", 10240},
    Quota{"RolesQuota", 1000},
    Quota{"ServerCertificatesQuota", 20},
    Quota{"SigningCertificatesPerUserQuota", 2},
    Quota{"UserPolicySizeQuota", 2048},
    Quota{"UsersQuota", 5000},
    Quota{"VersionsPerPolicyQuota", 5},
};

ActionResult get_summary(IamService& service, const Request& request) {
  ObjectBuilder map;
  for (const Quota& quota : kQuotas) map.set(quota.name, Value(quota.value));
  constexpr std::array<std::pair<Kind, std::string_view>, 7> kCounted = {{
      {Kind::User, "Users"},
      {Kind::Group, "Groups"},
      {Kind::Role, "Roles"},
      {Kind::Policy, "Policies"},
      {Kind::InstanceProfile, "InstanceProfiles"},
      {Kind::ServerCertificate, "ServerCertificates"},
      {Kind::MfaDevice, "MFADevices"},
  }};
  int64_t versions = 0;
  for (const auto& [kind, name] : kCounted) {
    int64_t count = 0;
    PAWL_TRY_VOID(service.store().visit(
        request.account_id(), kind, "", [&](std::string_view, const Value& record) {
          ++count;
          versions += static_cast<int64_t>(items_member(record, "Versions").size());
          return true;
        }));
    map.set(name, Value(count));
  }
  map.set("PolicyVersionsInUse", Value(versions));
  int64_t providers = 0;
  for (const Kind kind : {Kind::OidcProvider, Kind::SamlProvider}) {
    PAWL_TRY_VOID(
        service.store().visit(request.account_id(), kind, "", [&](std::string_view, const Value&) {
          ++providers;
          return true;
        }));
  }
  map.set("Providers", Value(providers));
  return output_of("SummaryMap", std::move(map).build());
}

}  // namespace

std::string password_hash(const std::string& account, const std::string& password) {
  return base::hex_encode(
      base::digest(base::DigestAlgorithm::Sha256, "iam:" + account + ":" + password));
}

ApiResult<void> check_password(IamService& service, const Request& request,
                               const std::string& password) {
  const auto found =
      PAWL_TRY(service.store().find(request.account_id(), Kind::Account, kPasswordPolicy));
  const Value policy = found ? *found : Value::object();
  const auto violation = [](const std::string& what) {
    return aws::ApiError("PasswordPolicyViolationException", "Password should " + what);
  };
  const auto has = [&](auto is_one) {
    return std::any_of(password.begin(), password.end(),
                       [&](char c) { return is_one(static_cast<unsigned char>(c)); });
  };
  const int64_t length = integer_member(policy, "MinimumPasswordLength", 8);
  if (static_cast<int64_t>(password.size()) < length)
    return violation("have a minimum length of " + std::to_string(length));
  if (flag_member(policy, "RequireUppercaseCharacters") &&
      !has([](unsigned char c) { return c >= 'A' && c <= 'Z'; }))
    return violation("have at least one uppercase letter");
  if (flag_member(policy, "RequireLowercaseCharacters") &&
      !has([](unsigned char c) { return c >= 'a' && c <= 'z'; }))
    return violation("have at least one lowercase letter");
  if (flag_member(policy, "RequireNumbers") &&
      !has([](unsigned char c) { return c >= '0' && c <= '9'; }))
    return violation("have at least one number");
  constexpr std::string_view kSymbols = "! @ # $ % ^ & * ( ) _ + - = [ ] { } | '";
  if (flag_member(policy, "RequireSymbols") && !has([&](unsigned char c) {
        return c != ' ' && kSymbols.find(static_cast<char>(c)) != std::string_view::npos;
      }))
    return violation("have at least one of the following symbols: " + std::string(kSymbols));
  return {};
}

std::span<const Operation> account_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateAccountAlias", create_alias, true},
      Operation{"DeleteAccountAlias", delete_alias, true},
      Operation{"ListAccountAliases", list_aliases},
      Operation{"UpdateAccountPasswordPolicy", update_password_policy, true},
      Operation{"GetAccountPasswordPolicy", get_password_policy},
      Operation{"DeleteAccountPasswordPolicy", delete_password_policy, true},
      Operation{"GetAccountSummary", get_summary},
  };
  return kOperations;
}

}  // namespace pawl::iam
