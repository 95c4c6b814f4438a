// SPDX-License-Identifier: Apache-2.0
#include "services/sts/service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "services/sts/session_input.h"

namespace pawl::sts {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using aws::Request;
using aws::Session;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kHour = 3'600;
constexpr int64_t kSessionTokenSeconds = 12 * kHour;

ApiError validation_error(std::string message) {
  return aws::validation_exception(std::move(message));
}

Value credentials(const aws::AccessKey& key) {
  return std::move(ObjectBuilder()
                       .set("AccessKeyId", Value(key.id))
                       .set("SecretAccessKey", Value(key.secret))
                       .set("SessionToken", Value(key.session_token))
                       .set("Expiration", Value(key.expires.ms / 1000)))
      .build();
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The account that an access key id tells: the first 41 bits behind the prefix, but one. "" if
/// the id cannot be one.
std::string account_in(std::string_view id) {
  if (id.size() < 14) return "";
  uint64_t bits = 0;
  for (const char c : id.substr(4, 10)) {
    const bool is_letter = c >= 'A' && c <= 'Z';
    if (!is_letter && !(c >= '2' && c <= '7')) return "";
    bits = bits << 5 | static_cast<uint64_t>(is_letter ? c - 'A' : c - '2' + 26);
  }
  const uint64_t account = (bits >> 2 & 0x7fffffffff80) >> 7;
  std::string text = std::to_string(account);
  return text.size() > 12 ? "" : std::string(12 - text.size(), '0') + text;
}

/// The claims of a JSON Web Token (RFC 7519); its signature is not looked at.
std::optional<Value> read_claims(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  std::string payload(token.substr(first + 1, second - first - 1));
  std::replace(payload.begin(), payload.end(), '-', '+');
  std::replace(payload.begin(), payload.end(), '_', '/');
  payload.append((4 - payload.size() % 4) % 4, '=');
  const auto bytes = base::base64_decode(payload);
  if (!bytes) return std::nullopt;
  auto claims = json::parse(*bytes);
  if (!claims || !claims->is_object()) return std::nullopt;
  return *std::move(claims);
}

std::string first_text(const Value& claims, std::string_view name) {
  const Value* value = claims.find(name);
  if (value != nullptr && value->is_array() && value->size() != 0)
    return value->items()[0].is_string() ? std::string(value->items()[0].as_string()) : "";
  return text_member(claims, name);
}

std::string role_name_of(const aws::Arn& role) {
  return role.resource.substr(role.resource.rfind('/') + 1);
}

/// The session of a role, as the ARN names it; a role that is not there has no id of its own.
Session session_of(const aws::AssumableRole& role, const std::string& name) {
  const auto arn = aws::Arn::parse(role.arn);
  Session session;
  session.account_id = arn->account_id;
  session.arn = "arn:" + arn->partition + ":sts::" + arn->account_id + ":assumed-role/" +
                role_name_of(*arn) + "/" + name;
  session.user_id = role.id + ":" + name;
  session.base_arn = role.arn;
  return session;
}

bool is_role_session(const aws::Principal& principal) {
  return principal.arn.find(":assumed-role/") != std::string::npos;
}

}  // namespace

void StsService::bind(aws::ActionTable& table) {
  table.on("GetCallerIdentity", &StsService::get_caller_identity);
  table.on("GetAccessKeyInfo", &StsService::get_access_key_info);
  table.on("DecodeAuthorizationMessage", &StsService::decode_authorization_message);
  table.on_write("AssumeRole", &StsService::assume_role);
  table.on_write("AssumeRoleWithWebIdentity", &StsService::assume_role_with_web_identity);
  table.on_write("GetSessionToken", &StsService::get_session_token);
  table.on_write("GetFederationToken", &StsService::get_federation_token);
}

ActionResult StsService::get_caller_identity(const Request& request) {
  const aws::Principal& who = request.principal;
  return aws::Output(std::move(ObjectBuilder()
                                   .set("UserId", Value(who.user_id))
                                   .set("Account", Value(who.account_id))
                                   .set("Arn", Value(who.arn)))
                         .build());
}

ActionResult StsService::get_access_key_info(const Request& request) {
  const std::string id = text_member(request.input, "AccessKeyId");
  std::string account = is_account(id) ? id : account_in(id);
  if (const auto identity = PAWL_TRY(options_.identities.find_key(id)))
    account = identity->principal.account_id;
  if (account.empty()) account = request.account_id();
  return aws::Output(std::move(ObjectBuilder().set("Account", Value(account))).build());
}

/// No service here encodes what it refuses.
ActionResult StsService::decode_authorization_message(const Request&) {
  return ApiError("InvalidAuthorizationMessageException", "Invalid encoded authorization message.");
}

ApiResult<aws::AssumableRole> StsService::find_role(const Request& request,
                                                    const std::string& action,
                                                    const std::string& federated) {
  const std::string text = text_member(request.input, "RoleArn");
  const auto arn = aws::Arn::parse(text);
  if (!arn) return validation_error(text + " is invalid");
  auto role = PAWL_TRY(options_.identities.find_role(text));
  const auto refuse = [&] {
    return ApiError("AccessDenied",
                    "User: " + request.principal.arn + " is not authorized to perform: " + action +
                        " on resource: " + text,
                    403);
  };
  if (options_.authorizer != nullptr) {
    if (!role) return refuse();
    PAWL_TRY_VOID(
        options_.authorizer->authorize_assumption(request.principal, *role, action, federated));
  }
  if (!role) {
    if (!arn->resource.starts_with("role/") || arn->account_id.empty()) return refuse();
    // The same id for the same role.
    const std::string hash = base::digest(base::DigestAlgorithm::Sha256, text);
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string id = "AROA";
    for (size_t i = 0; i < 17; ++i) id += kLetters[static_cast<unsigned char>(hash[i]) & 31];
    role = aws::AssumableRole{.arn = text, .id = id, .max_session_seconds = 12 * kHour};
  }
  return *std::move(role);
}

ActionResult StsService::issue_for_role(const Request& request, const aws::AssumableRole& role,
                                        Session session, ObjectBuilder output) {
  const int64_t seconds = integer_member(request.input, "DurationSeconds", kHour);
  if (seconds > role.max_session_seconds) {
    return validation_error(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const aws::AccessKey key =
      PAWL_TRY(options_.identities.issue(session, request.received, seconds));
  output.set("Credentials", credentials(key))
      .set("AssumedRoleUser", std::move(ObjectBuilder()
                                            .set("AssumedRoleId", Value(session.user_id))
                                            .set("Arn", Value(session.arn)))
                                  .build());
  if (const int64_t percent = packed_percent(session); percent > 0)
    output.set("PackedPolicySize", Value(percent));
  if (!session.source_identity.empty())
    output.set("SourceIdentity", Value(session.source_identity));
  return aws::Output(std::move(output).build());
}

ActionResult StsService::assume_role(const Request& request) {
  const auto calling = PAWL_TRY(options_.identities.find_key(request.principal.access_key_id));
  const std::optional<Session> calling_session = calling ? calling->session : std::nullopt;
  const aws::AssumableRole role = PAWL_TRY(find_role(request, "sts:AssumeRole", ""));
  if (is_role_session(request.principal) &&
      integer_member(request.input, "DurationSeconds", kHour) > kHour) {
    return validation_error(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.");
  }
  Session session = session_of(role, text_member(request.input, "RoleSessionName"));
  PAWL_TRY_VOID(add_tags(request.input, calling_session, session));
  PAWL_TRY_VOID(add_policies(request.input, session));
  session.source_identity = text_member(request.input, "SourceIdentity");
  if (calling_session && !calling_session->source_identity.empty())
    session.source_identity = calling_session->source_identity;
  return issue_for_role(request, role, std::move(session), ObjectBuilder());
}

ActionResult StsService::assume_role_with_web_identity(const Request& request) {
  const auto claims = read_claims(text_member(request.input, "WebIdentityToken"));
  if (!claims) {
    return ApiError("InvalidIdentityTokenException",
                    "The ID Token provided is not a valid JWT. (You may see this error if you sent "
                    "an Access Token)");
  }
  if (!options_.believes_tokens) {
    return ApiError("InvalidIdentityTokenException",
                    "Couldn't retrieve verification key from your identity provider,  please "
                    "reference AssumeRoleWithWebIdentity documentation for requirements");
  }
  int64_t ends = integer_member(*claims, "exp", INT64_MAX);
  if (ends < request.received.ms / 1000) {
    return ApiError("ExpiredTokenException",
                    "Token expired: current date/time must be before the "
                    "expiration date/time");
  }
  const std::string issuer = text_member(*claims, "iss");
  const aws::AssumableRole role =
      PAWL_TRY(find_role(request, "sts:AssumeRoleWithWebIdentity", issuer));
  Session session = session_of(role, text_member(request.input, "RoleSessionName"));
  PAWL_TRY_VOID(add_policies(request.input, session));
  ObjectBuilder output;
  output.set("SubjectFromWebIdentityToken", Value(text_member(*claims, "sub")))
      .set("Audience", Value(first_text(*claims, "aud")))
      .set("Provider", Value(find_text(request.input, "ProviderId").value_or(issuer)));
  return issue_for_role(request, role, std::move(session), std::move(output));
}

/// API GetSessionToken: of a user or the root, whose rights the session has.
ActionResult StsService::get_session_token(const Request& request) {
  const aws::Principal& who = request.principal;
  const auto calling = PAWL_TRY(options_.identities.find_key(who.access_key_id));
  if (is_role_session(who) || (calling && calling->session)) {
    return ApiError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
  }
  const bool is_root = who.arn.ends_with(":root");
  int64_t seconds = integer_member(request.input, "DurationSeconds", kSessionTokenSeconds);
  if (is_root) seconds = std::min(seconds, kHour);
  Session session;
  session.account_id = who.account_id;
  session.arn = who.arn;
  session.user_id = who.user_id;
  session.base_arn = who.arn;
  const aws::AccessKey key =
      PAWL_TRY(options_.identities.issue(session, request.received, seconds));
  return aws::Output(std::move(ObjectBuilder().set("Credentials", credentials(key))).build());
}

ActionResult StsService::get_federation_token(const Request& request) {
  const aws::Principal& who = request.principal;
  const auto calling = PAWL_TRY(options_.identities.find_key(who.access_key_id));
  if (is_role_session(who) || (calling && calling->session)) {
    return ApiError("AccessDenied", "Cannot call GetFederationToken with session credentials", 403);
  }
  const std::string name = text_member(request.input, "Name");
  int64_t seconds = integer_member(request.input, "DurationSeconds", kSessionTokenSeconds);
  if (who.arn.ends_with(":root")) seconds = std::min(seconds, kHour);
  Session session;
  session.account_id = who.account_id;
  session.arn = "arn:" + std::string(aws::partition_of(request.region)) +
                ":sts::" + who.account_id + ":federated-user/" + name;
  session.user_id = who.account_id + ":" + name;
  session.base_arn = who.arn;
  PAWL_TRY_VOID(add_tags(request.input, std::nullopt, session));
  PAWL_TRY_VOID(add_policies(request.input, session));
  // "If you do not pass a policy, the resulting session has no permissions."
  if (!session.policies) session.policies.emplace();
  const aws::AccessKey key =
      PAWL_TRY(options_.identities.issue(session, request.received, seconds));
  ObjectBuilder output;
  output.set("Credentials", credentials(key))
      .set("FederatedUser", std::move(ObjectBuilder()
                                          .set("FederatedUserId", Value(session.user_id))
                                          .set("Arn", Value(session.arn)))
                                .build());
  if (const int64_t percent = packed_percent(session); percent > 0)
    output.set("PackedPolicySize", Value(percent));
  return aws::Output(std::move(output).build());
}

}  // namespace pawl::sts
