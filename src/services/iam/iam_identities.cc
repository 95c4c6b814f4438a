// SPDX-License-Identifier: Apache-2.0
#include "services/iam/iam_identities.h"

#include "aws/arn.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::AccessKey;
using aws::ApiResult;
using aws::Session;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kKnownMax = 10'000;
/// "AKIA" or "ASIA" and 16 characters.
constexpr size_t kKeyCharacters = 20;

Value session_record(const Session& session, const AccessKey& key) {
  ObjectBuilder tags;
  for (const auto& [name, value] : session.tags) tags.set(name, Value(value));
  ObjectBuilder record;
  record.set("Account", Value(session.account_id))
      .set("Arn", Value(session.arn))
      .set("UserId", Value(session.user_id))
      .set("BaseArn", Value(session.base_arn))
      .set("SecretAccessKey", Value(key.secret))
      .set("SessionToken", Value(key.session_token))
      .set("Expires", Value(key.expires.ms))
      .set("Tags", std::move(tags).build())
      .set("TransitiveTags", texts_value(session.transitive_tags))
      .set("SourceIdentity", Value(session.source_identity));
  if (session.policies) record.set("Policies", texts_value(*session.policies));
  return std::move(record).build();
}

Session read_session(const Value& record) {
  Session session;
  session.account_id = text_member(record, "Account");
  session.arn = text_member(record, "Arn");
  session.user_id = text_member(record, "UserId");
  session.base_arn = text_member(record, "BaseArn");
  session.transitive_tags = texts_member(record, "TransitiveTags");
  session.source_identity = text_member(record, "SourceIdentity");
  if (record.find("Policies") != nullptr) session.policies = texts_member(record, "Policies");
  if (const Value* tags = record.find("Tags")) {
    for (const json::Member& each : tags->members())
      session.tags.emplace(each.name(), each.value.as_string());
  }
  return session;
}

std::string last_part(const std::string& resource) {
  return resource.substr(resource.rfind('/') + 1);
}

}  // namespace

Session role_session(const std::string& role_arn, const std::string& role_id,
                     const std::string& name) {
  Session session;
  const auto arn = aws::Arn::parse(role_arn);
  if (!arn) return session;
  session.account_id = arn->account_id;
  session.arn = "arn:" + arn->partition + ":sts::" + arn->account_id + ":assumed-role/" +
                last_part(arn->resource) + "/" + name;
  session.user_id = (role_id.empty() ? derived_id("AROA", role_arn) : role_id) + ":" + name;
  session.base_arn = role_arn;
  return session;
}

ApiResult<std::optional<aws::Identities::Identity>> IamIdentities::find_key(
    std::string_view access_key_id) {
  if (access_key_id.size() != kKeyCharacters ||
      !(access_key_id.starts_with("AKIA") || access_key_id.starts_with("ASIA")))
    return std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    const uint64_t generation = directory_->generation;
    if (generation != generation_ || known_.size() > kKnownMax) {
      known_.clear();
      generation_ = generation;
    }
    if (const auto found = known_.find(access_key_id); found != known_.end()) return found->second;
  }
  auto identity = PAWL_TRY(read_key(access_key_id));
  if (identity) {
    const std::lock_guard lock(mutex_);
    known_.emplace(access_key_id, *identity);
  }
  return identity;
}

ApiResult<std::optional<aws::Identities::Identity>> IamIdentities::read_key(
    std::string_view access_key_id) const {
  const auto record = PAWL_TRY(directory_->store.find_key(access_key_id));
  if (!record) return std::nullopt;
  Identity identity;
  identity.key.id = access_key_id;
  identity.key.secret = text_member(*record, "SecretAccessKey");
  identity.principal.account_id = text_member(*record, "Account");
  identity.principal.access_key_id = access_key_id;
  const auto user_name = find_text(*record, "UserName");
  if (!user_name) {
    identity.session = read_session(*record);
    identity.key.session_token = text_member(*record, "SessionToken");
    identity.key.expires.ms = integer_member(*record, "Expires", 0);
    identity.principal.arn = identity.session->arn;
    identity.principal.user_id = identity.session->user_id;
    return identity;
  }
  const auto user =
      PAWL_TRY(directory_->store.find(identity.principal.account_id, Kind::User, *user_name));
  if (!user) return std::nullopt;
  identity.is_active = text_member(*record, "Status") == "Active";
  identity.principal.arn = text_member(*user, "Arn");
  identity.principal.user_id = text_member(*user, "UserId");
  return identity;
}

ApiResult<AccessKey> IamIdentities::issue(const Session& session, base::Timestamp now,
                                          int64_t seconds) {
  AccessKey key;
  key.id = make_access_key_id("ASIA", session.account_id);
  key.secret = make_secret();
  key.session_token = make_session_token();
  key.expires.ms = (now.ms / 1000 + seconds) * 1000;
  store::Batch batch;
  PAWL_TRY_VOID(directory_->store.put_session_key(batch, key.id, session_record(session, key),
                                                  key.expires, now));
  PAWL_TRY_VOID(directory_->store.commit(batch));
  return key;
}

/// One record for a role and name, so there are never more than functions that ran.
ApiResult<AccessKey> IamIdentities::standing_session(const std::string& role_arn,
                                                     const std::string& name) {
  const auto role = PAWL_TRY(find_role(role_arn));
  const Session session = role_session(role_arn, role ? role->id : "", name);
  if (session.account_id.empty()) return validation_error(role_arn + " is invalid");
  const std::string pointer = role_arn + "/" + name;
  const std::lock_guard lock(directory_->changing);
  if (const auto there = PAWL_TRY(directory_->store.find_key(pointer))) {
    const auto record = PAWL_TRY(directory_->store.find_key(text_member(*there, "Key")));
    if (record && text_member(*record, "UserId") == session.user_id) {
      return AccessKey{.id = text_member(*there, "Key"),
                       .secret = text_member(*record, "SecretAccessKey"),
                       .session_token = text_member(*record, "SessionToken")};
    }
  }
  AccessKey key;
  key.id = make_access_key_id("ASIA", session.account_id);
  key.secret = make_secret();
  key.session_token = make_session_token();
  store::Batch batch;
  directory_->store.put_key(batch, key.id, session_record(session, key));
  directory_->store.put_key(batch, pointer,
                            std::move(ObjectBuilder().set("Key", Value(key.id))).build());
  PAWL_TRY_VOID(directory_->store.commit(batch));
  return key;
}

ApiResult<std::optional<aws::AssumableRole>> IamIdentities::find_role(const std::string& role_arn) {
  const auto arn = aws::Arn::parse(role_arn);
  if (!arn || !arn->resource.starts_with("role/")) return std::nullopt;
  const auto record =
      PAWL_TRY(directory_->store.find(arn->account_id, Kind::Role, last_part(arn->resource)));
  if (!record || text_member(*record, "Arn") != role_arn) return std::nullopt;
  aws::AssumableRole role;
  role.arn = role_arn;
  role.id = text_member(*record, "RoleId");
  role.trust_policy = text_member(*record, "AssumeRolePolicyDocument");
  role.max_session_seconds = integer_member(*record, "MaxSessionDuration", 3'600);
  return role;
}

}  // namespace pawl::iam
