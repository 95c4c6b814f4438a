// SPDX-License-Identifier: Apache-2.0
// Policies as entities have them: found by ARN, checked before they are kept.
#include <algorithm>

#include "aws/arn.h"
#include "aws/policy/policy_document.h"
#include "services/iam/entity.h"

namespace pawl::iam {

using aws::ApiResult;
using aws::Request;
using json::Value;

namespace {

/// The text of the version that counts.
std::string default_document(const Value& policy) {
  const std::string version = text_member(policy, "DefaultVersionId");
  for (const Value& each : items_member(policy, "Versions")) {
    if (text_member(each, "VersionId") == version) return text_member(each, "Document");
  }
  return "";
}

std::string name_in(const std::string& arn) { return arn.substr(arn.rfind('/') + 1); }

std::string invalid_principal(const aws::PolicyPrincipal& principal) {
  std::string type = principal.type;
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return "Invalid principal in policy: \"" + type + "\":\"" + principal.value + "\"";
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Who is named in this account must be there; of other accounts only the form is known.
ApiResult<bool> is_principal(IamService& service, const Request& request,
                             const aws::PolicyPrincipal& principal) {
  const std::string& value = principal.value;
  if (principal.type == "Service") {
    return value.find('.') != std::string::npos && value.find(' ') == std::string::npos &&
           (value.ends_with(".amazonaws.com") || value.ends_with(".amazonaws.com.cn") ||
            value.ends_with(".amazon.com") || value.ends_with(".aws.internal"));
  }
  if (principal.type == "Federated") {
    if (!value.starts_with("arn:")) return value.find('.') != std::string::npos;
    const auto arn = aws::Arn::parse(value);
    return arn && arn->service == "iam";
  }
  if (principal.type != "AWS" || value == "*" || is_account(value)) return true;
  const bool is_unique_id = (value.starts_with("AIDA") || value.starts_with("AROA")) &&
                            value.find(':') == std::string::npos;
  if (is_unique_id) return true;
  const auto arn = aws::Arn::parse(value);
  if (!arn || !is_account(arn->account_id)) return false;
  if (arn->service == "sts") {
    return arn->resource.starts_with("assumed-role/") ||
           arn->resource.starts_with("federated-user/");
  }
  if (arn->service != "iam") return false;
  if (arn->resource == "root") return true;
  const bool is_user = arn->resource.starts_with("user/");
  if (!is_user && !arn->resource.starts_with("role/")) return false;
  if (arn->account_id != request.account_id()) return true;
  const auto record = PAWL_TRY(service.store().find(
      arn->account_id, is_user ? Kind::User : Kind::Role, name_in(arn->resource)));
  return record && text_member(*record, "Arn") == value;
}

}  // namespace

ApiResult<std::optional<FoundPolicy>> find_policy(Directory& directory, const std::string& account,
                                                  const std::string& arn) {
  if (const ManagedPolicy* managed = directory.managed.find(arn)) {
    return FoundPolicy{.arn = arn,
                       .name = managed->name,
                       .path = managed->path,
                       .document = directory.managed.document(*managed)};
  }
  const auto record = PAWL_TRY(directory.store.find(account, Kind::Policy, name_in(arn)));
  if (!record || text_member(*record, "Arn") != arn) return std::nullopt;
  return FoundPolicy{.arn = arn,
                     .name = text_member(*record, "PolicyName"),
                     .path = text_member(*record, "Path"),
                     .document = default_document(*record)};
}

ApiResult<void> check_policy_arn(const std::string& arn) {
  if (!aws::Arn::parse(arn)) return validation_error("Invalid ARN:  Could not be parsed!");
  return {};
}

bool exists(IamService& service, const std::string& account, const std::string& policy_arn) {
  if (service.managed().find(policy_arn) != nullptr) return true;
  const auto record = service.store().find(account, Kind::Policy, name_in(policy_arn));
  return record && *record && text_member(**record, "Arn") == policy_arn;
}

ApiResult<Value> find_own_policy(IamService& service, const Request& request,
                                 const std::string& arn) {
  PAWL_TRY_VOID(check_policy_arn(arn));
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::Policy, name_in(arn)));
  if (!record || text_member(*record, "Arn") != arn)
    return no_such_entity("Policy " + arn + " was not found.");
  return *std::move(record);
}

ApiResult<FoundPolicy> attachable_policy(IamService& service, const Request& request,
                                         const std::string& arn) {
  PAWL_TRY_VOID(check_policy_arn(arn));
  if (!exists(service, request.account_id(), arn))
    return no_such_entity("Policy " + arn + " does not exist or is not attachable.");
  FoundPolicy found;
  found.arn = arn;
  found.name = name_in(arn);
  const size_t begin = arn.find(":policy/") + 7;
  found.path = arn.substr(begin, arn.rfind('/') + 1 - begin);
  return found;
}

size_t counted_size(std::string_view document) {
  return static_cast<size_t>(std::count_if(document.begin(), document.end(), [](char c) {
    return c != ' ' && c != '\t' && c != '\n' && c != '\r' &&
           (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

ApiResult<void> check_policy(const std::string& document, aws::PolicyKind kind) {
  const auto parsed = aws::PolicyDocument::parse(document, kind);
  if (!parsed) return malformed_policy(parsed.error().message);
  return {};
}

ApiResult<void> check_trust_policy(IamService& service, const Request& request,
                                   const std::string& document) {
  constexpr size_t kTrustPolicyMax = 2'048;
  const auto parsed = aws::PolicyDocument::parse(document, aws::PolicyKind::Trust);
  if (!parsed) return malformed_policy(parsed.error().message);
  for (const aws::PolicyStatement& statement : parsed->statements()) {
    for (const aws::PolicyPrincipal& principal : statement.principals) {
      if (!PAWL_TRY(is_principal(service, request, principal)))
        return malformed_policy(invalid_principal(principal));
    }
  }
  if (counted_size(document) > kTrustPolicyMax)
    return limit_exceeded("Cannot exceed quota for ACLSizePerRole: 2048");
  return {};
}

}  // namespace pawl::iam
