// SPDX-License-Identifier: Apache-2.0
// A user's password and credentials for single services: CreateLoginProfile …, ChangePassword,
// CreateServiceSpecificCredential …
#include <algorithm>
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"
#include "services/iam/password_policy.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

aws::ApiError no_login(const std::string& user) {
  return no_such_entity("Login Profile for User " + user + " cannot be found.");
}

Value shown_login(const Entity& user) {
  const Value* login = user.record.find("Login");
  return std::move(ObjectBuilder()
                       .set("UserName", Value(user.name()))
                       .set("CreateDate", *login->find("CreateDate"))
                       .set("PasswordResetRequired", *login->find("PasswordResetRequired")))
      .build();
}

ActionResult create_login(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  if (user.record.find("Login") != nullptr)
    return already_exists("Login Profile for user " + user.name() + " already exists.");
  const std::string password = text_member(request.input, "Password");
  PAWL_TRY_VOID(check_password(service, request, password));
  user.set("Login", std::move(ObjectBuilder()
                                  .set("CreateDate", seconds_value(request.received))
                                  .set("PasswordResetRequired",
                                       Value(flag_member(request.input, "PasswordResetRequired")))
                                  .set("Password", Value(password_hash(user.account, password))))
                        .build());
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch, output_of("LoginProfile", shown_login(user)));
}

ActionResult get_login(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  if (user.record.find("Login") == nullptr) return no_login(user.name());
  return output_of("LoginProfile", shown_login(user));
}

ActionResult update_login(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  const Value* found = user.record.find("Login");
  if (found == nullptr) return no_login(user.name());
  Value login = *found;
  if (const auto password = find_text(request.input, "Password")) {
    PAWL_TRY_VOID(check_password(service, request, *password));
    login = login.with_member("Password", Value(password_hash(user.account, *password)));
  }
  if (const Value* reset = request.input.find("PasswordResetRequired"))
    login = login.with_member("PasswordResetRequired", *reset);
  user.set("Login", login);
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch);
}

ActionResult delete_login(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  if (user.record.find("Login") == nullptr) return no_login(user.name());
  user.unset("Login");
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch);
}

ActionResult change_password(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  const Value* login = user.record.find("Login");
  if (login == nullptr) return no_login(user.name());
  if (text_member(*login, "Password") !=
      password_hash(user.account, text_member(request.input, "OldPassword")))
    return aws::ApiError("AccessDenied", "The old password was incorrect.", 403);
  const std::string password = text_member(request.input, "NewPassword");
  PAWL_TRY_VOID(check_password(service, request, password));
  user.set("Login", login->with_member("Password", Value(password_hash(user.account, password)))
                        .with_member("PasswordResetRequired", Value(false)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch);
}

// Service-specific credentials.

constexpr std::array<std::string_view, 3> kCredentialServices = {
    "codecommit.amazonaws.com", "cassandra.amazonaws.com", "bedrock.amazonaws.com"};
constexpr size_t kCredentialsPerService = 2;

ApiResult<void> check_service(const std::string& name) {
  if (std::find(kCredentialServices.begin(), kCredentialServices.end(), name) !=
      kCredentialServices.end())
    return {};
  return no_such_entity("No such service " + name +
                        " is supported for Service Specific Credentials");
}

Value shown_credential(const Value& credential, bool has_password) {
  Value shown = selected(
      credential, {"CreateDate", "ExpirationDate", "ServiceName", "ServiceUserName",
                   "ServiceCredentialAlias", "ServiceSpecificCredentialId", "UserName", "Status"});
  if (!has_password) return shown;
  for (const char* member : {"ServicePassword", "ServiceCredentialSecret"}) {
    if (const Value* value = credential.find(member)) shown = shown.with_member(member, *value);
  }
  return shown;
}

ActionResult create_credential(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  const std::string name = text_member(request.input, "ServiceName");
  PAWL_TRY_VOID(check_service(name));
  std::vector<Value> credentials = copied_items(user.record, "ServiceCredentials");
  const auto same = std::count_if(credentials.begin(), credentials.end(), [&](const Value& each) {
    return text_member(each, "ServiceName") == name;
  });
  if (static_cast<size_t>(same) >= kCredentialsPerService) {
    return limit_exceeded("Cannot exceed quota for ServiceSpecificCredentialsPerUser: " +
                          std::to_string(kCredentialsPerService));
  }
  const std::string suffix = same == 0 ? "" : "+" + std::to_string(same);
  ObjectBuilder builder;
  builder.set("CreateDate", seconds_value(request.received)).set("ServiceName", Value(name));
  if (name == "bedrock.amazonaws.com") {
    builder.set("ServiceCredentialAlias", Value(user.name() + "-at-" + user.account + suffix))
        .set("ServiceCredentialSecret", Value(make_secret()));
  } else {
    builder.set("ServiceUserName", Value(user.name() + suffix + "-at-" + user.account))
        .set("ServicePassword", Value(make_secret()));
  }
  builder.set("ServiceSpecificCredentialId", Value(random_id("ACCA")))
      .set("UserName", Value(user.name()))
      .set("Status", Value("Active"));
  credentials.push_back(std::move(builder).build());
  const Value shown = shown_credential(credentials.back(), true);
  user.set("ServiceCredentials", Value::array(std::move(credentials)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch, output_of("ServiceSpecificCredential", shown));
}

ActionResult list_credentials(IamService& service, const Request& request) {
  const auto name = find_text(request.input, "ServiceName");
  if (name) PAWL_TRY_VOID(check_service(*name));
  std::vector<Value> shown;
  const auto add = [&](const Value& record) {
    for (const Value& each : items_member(record, "ServiceCredentials")) {
      if (!name || text_member(each, "ServiceName") == *name)
        shown.push_back(shown_credential(each, false));
    }
  };
  if (!flag_member(request.input, "AllUsers")) {
    add(PAWL_TRY(user_or_caller(service, request)).record);
    return output_of("ServiceSpecificCredentials", Value::array(std::move(shown)));
  }
  PAWL_TRY_VOID(service.store().visit(request.account_id(), Kind::User, "",
                                      [&](std::string_view, const Value& record) {
                                        add(record);
                                        return true;
                                      }));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> cut = page.cut(shown);
  return aws::Output(page.finish("ServiceSpecificCredentials", std::move(cut)));
}

/// Calls `change` with the credential that the input names; it answers nullopt to drop it.
template <typename Change>
ActionResult change_credential(IamService& service, const Request& request, bool is_shown,
                               Change&& change) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  const std::string id = text_member(request.input, "ServiceSpecificCredentialId");
  std::vector<Value> credentials = copied_items(user.record, "ServiceCredentials");
  const auto found = std::find_if(credentials.begin(), credentials.end(), [&](const Value& each) {
    return text_member(each, "ServiceSpecificCredentialId") == id;
  });
  if (found == credentials.end()) return no_such_entity("No such credential " + id + " exists");
  const std::optional<Value> changed = change(*found);
  aws::Output output;
  if (changed) {
    *found = *changed;
    if (is_shown) output = output_of("ServiceSpecificCredential", shown_credential(*found, true));
  } else {
    credentials.erase(found);
  }
  user.set("ServiceCredentials", Value::array(std::move(credentials)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch, std::move(output));
}

ActionResult update_credential(IamService& service, const Request& request) {
  return change_credential(service, request, false, [&](const Value& credential) {
    return std::optional(
        credential.with_member("Status", Value(text_member(request.input, "Status"))));
  });
}

ActionResult reset_credential(IamService& service, const Request& request) {
  return change_credential(service, request, true, [](const Value& credential) {
    const char* secret = credential.find("ServicePassword") != nullptr ? "ServicePassword"
                                                                       : "ServiceCredentialSecret";
    return std::optional(credential.with_member(secret, Value(make_secret())));
  });
}

ActionResult delete_credential(IamService& service, const Request& request) {
  return change_credential(service, request, false,
                           [](const Value&) { return std::optional<Value>(); });
}

}  // namespace

std::span<const Operation> user_credential_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateLoginProfile", create_login, true},
      Operation{"GetLoginProfile", get_login},
      Operation{"UpdateLoginProfile", update_login, true},
      Operation{"DeleteLoginProfile", delete_login, true},
      Operation{"ChangePassword", change_password, true},
      Operation{"CreateServiceSpecificCredential", create_credential, true},
      Operation{"ListServiceSpecificCredentials", list_credentials},
      Operation{"UpdateServiceSpecificCredential", update_credential, true},
      Operation{"ResetServiceSpecificCredential", reset_credential, true},
      Operation{"DeleteServiceSpecificCredential", delete_credential, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
