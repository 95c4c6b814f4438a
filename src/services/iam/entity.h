// SPDX-License-Identifier: Apache-2.0
// Entity: a user, group or role as a record: what policies it has, how it is found, changed and
// shown. Members of a record have the API's names; those of ours beside: "Attached" (ARNs),
// "Inline" ({name: text}), "Boundary" (an ARN), "Groups" (names), "Keys", and lists of credentials.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/policy/policy_document.h"
#include "services/iam/service.h"

namespace pawl::iam {

/// How the API speaks of a kind.
struct KindNames {
  Kind kind;
  std::string_view word;         ///< "user"
  std::string_view capitalized;  ///< "User"
  std::string_view name_member;  ///< "UserName"
  std::string_view id_member;    ///< "UserId"
  std::string_view id_prefix;    ///< "AIDA"
};

const KindNames& names_of(Kind kind);

/// A record that is to be changed and put back.
struct Entity {
  std::string account;
  Kind kind = Kind::User;
  json::Value record;

  std::string name() const { return text_member(record, names_of(kind).name_member); }
  Linked linked() const { return {kind, name()}; }
  void set(std::string_view member, json::Value value) {
    record = record.with_member(member, std::move(value));
  }
  void unset(std::string_view member) { record = record.without_member(member); }
};

/// "arn:aws:iam::123456789012:user/path/name".
std::string entity_arn(const aws::Request& request, std::string_view type, std::string_view path,
                       std::string_view name);

/// Errors: NoSuchEntity, "The user with name X cannot be found."
aws::ApiResult<Entity> find_entity(IamService& service, const aws::Request& request, Kind kind,
                                   std::string_view name);
/// The one that the input's UserName, GroupName or RoleName names.
aws::ApiResult<Entity> named_entity(IamService& service, const aws::Request& request, Kind kind);
/// The same; without a name the user who asks. Errors: also ValidationError if that is no user.
aws::ApiResult<Entity> user_or_caller(IamService& service, const aws::Request& request);
void put(IamService& service, store::Batch& batch, const Entity& entity);

/// The characters of a name. Errors: ValidationError in this API's words.
aws::ApiResult<void> check_name(std::string_view member, std::string_view name);
/// Path of the input; "/" if it has none. Errors: ValidationError.
aws::ApiResult<std::string> path_member(const json::Value& input, std::string_view member = "Path");

/// The tags to begin with. Errors: InvalidInput.
aws::ApiResult<json::Value> tags_member(const json::Value& input);
aws::ApiResult<json::Value> changed_tags(const json::Value& tags, const json::Value& more);

/// Records of a kind below PathPrefix, as a page of `list`.
aws::ActionResult list_entities(IamService& service, const aws::Request& request, Kind kind,
                                std::string_view list,
                                const std::function<json::Value(const json::Value&)>& shown);

/// What answers show of a user; with tags and boundary if it is asked for by itself.
json::Value shown_user(const json::Value& record, bool is_whole);
json::Value shown_group(const json::Value& record);
json::Value shown_role(const json::Value& record, bool is_whole);
/// {PermissionsBoundaryType, PermissionsBoundaryArn}.
json::Value shown_boundary(const std::string& arn);

/// A policy as the store or AWS has it. nullopt if there is none.
struct FoundPolicy {
  std::string arn;
  std::string name;
  std::string path;
  std::string document;  ///< of the default version
};
aws::ApiResult<std::optional<FoundPolicy>> find_policy(Directory& directory,
                                                       const std::string& account,
                                                       const std::string& arn);
/// The customer's policy that the ARN names. Errors: NoSuchEntity, "Policy X was not found.",
/// ValidationError if it is no ARN.
aws::ApiResult<json::Value> find_own_policy(IamService& service, const aws::Request& request,
                                            const std::string& arn);
/// Errors: ValidationError "Invalid ARN:  Could not be parsed!"
aws::ApiResult<void> check_policy_arn(const std::string& arn);
/// Whether it is there and may be attached. Errors: NoSuchEntity, "Policy X does not exist or is
/// not attachable."
aws::ApiResult<FoundPolicy> attachable_policy(IamService& service, const aws::Request& request,
                                              const std::string& arn);
bool exists(IamService& service, const std::string& account, const std::string& policy_arn);

/// Errors: MalformedPolicyDocument.
aws::ApiResult<void> check_policy(const std::string& document, aws::PolicyKind kind);
/// A trust policy: also its principals must exist. Errors: MalformedPolicyDocument, LimitExceeded.
aws::ApiResult<void> check_trust_policy(IamService& service, const aws::Request& request,
                                        const std::string& document);
/// What counts of a document: its characters that are no white space.
size_t counted_size(std::string_view document);

/// Sets or takes away the boundary. Errors: NoSuchEntity for a policy that is not there.
aws::ApiResult<void> set_boundary(IamService& service, const aws::Request& request,
                                  store::Batch& batch, Entity& entity, const std::string& arn);

}  // namespace pawl::iam
