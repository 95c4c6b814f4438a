// SPDX-License-Identifier: Apache-2.0
// Identity providers: OpenID Connect and SAML.
#include <algorithm>
#include <array>

#include "base/random.h"
#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kClientIdsMax = 100;
constexpr size_t kThumbprintsMax = 5;
constexpr int64_t kSamlValidSeconds = int64_t{100} * 365 * 24 * 3600;

std::string oidc_arn(const Request& request) {
  return text_member(request.input, "OpenIDConnectProviderArn");
}

ApiResult<Value> find_oidc(IamService& service, const Request& request) {
  const std::string arn = oidc_arn(request);
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::OidcProvider, arn));
  if (!record) return no_such_entity("OpenIDConnect Provider not found for arn " + arn);
  return *std::move(record);
}

ActionResult create_oidc(IamService& service, const Request& request) {
  const std::string url = text_member(request.input, "Url");
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme) || url.size() == kScheme.size() ||
      url.find_first_of("?# ") != std::string::npos)
    return validation_error("Invalid Open ID Connect Provider URL");
  std::string name = url.substr(kScheme.size());
  while (name.ends_with('/')) name.pop_back();
  const std::string arn = entity_arn(request, "oidc-provider", "/", name);
  const std::vector<std::string> clients = texts_member(request.input, "ClientIDList");
  if (clients.size() > kClientIdsMax)
    return limit_exceeded("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100");
  std::vector<std::string> thumbprints = texts_member(request.input, "ThumbprintList");
  if (thumbprints.size() > kThumbprintsMax)
    return invalid_input("Thumbprint list must contain fewer than 5 entries.");
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::OidcProvider, arn)))
    return already_exists("Provider with url " + url + " already exists.");
  ObjectBuilder record;
  record.set("Arn", Value(arn))
      .set("Url", Value(name))
      .set("ClientIDList", texts_value(clients))
      .set("ThumbprintList", texts_value(thumbprints))
      .set("CreateDate", seconds_value(request.received))
      .set("Tags", tags);
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::OidcProvider, arn,
                      std::move(record).build());
  ObjectBuilder output;
  output.set("OpenIDConnectProviderArn", Value(arn));
  if (tags.size() != 0) output.set("Tags", std::move(tags));
  return service.commit(request, batch, aws::Output(std::move(output).build()));
}

ActionResult get_oidc(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_oidc(service, request));
  return aws::Output(
      selected(record, {"Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags"}));
}

ActionResult list_of(IamService& service, const Request& request, Kind kind, std::string_view list,
                     std::initializer_list<std::string_view> members) {
  std::vector<Value> shown;
  PAWL_TRY_VOID(service.store().visit(request.account_id(), kind, "",
                                      [&](std::string_view, const Value& record) {
                                        shown.push_back(selected(record, members));
                                        return true;
                                      }));
  return output_of(list, Value::array(std::move(shown)));
}

ActionResult list_oidc(IamService& service, const Request& request) {
  return list_of(service, request, Kind::OidcProvider, "OpenIDConnectProviderList", {"Arn"});
}

ActionResult put_oidc(IamService& service, const Request& request, const Value& record) {
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::OidcProvider, oidc_arn(request), record);
  return service.commit(request, batch);
}

ActionResult update_thumbprints(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_oidc(service, request));
  return put_oidc(service, request,
                  record.with_member("ThumbprintList",
                                     texts_value(texts_member(request.input, "ThumbprintList"))));
}

ActionResult add_client(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_oidc(service, request));
  std::vector<std::string> clients = texts_member(record, "ClientIDList");
  const std::string client = text_member(request.input, "ClientID");
  if (std::find(clients.begin(), clients.end(), client) == clients.end()) clients.push_back(client);
  if (clients.size() > kClientIdsMax)
    return limit_exceeded("Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100");
  return put_oidc(service, request, record.with_member("ClientIDList", texts_value(clients)));
}

/// API RemoveClientIDFromOpenIDConnectProvider: one that is not there is no error.
ActionResult remove_client(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_oidc(service, request));
  std::vector<std::string> clients = texts_member(record, "ClientIDList");
  std::erase(clients, text_member(request.input, "ClientID"));
  return put_oidc(service, request, record.with_member("ClientIDList", texts_value(clients)));
}

ActionResult delete_oidc(IamService& service, const Request& request) {
  static_cast<void>(PAWL_TRY(find_oidc(service, request)));
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::OidcProvider, oidc_arn(request));
  return service.commit(request, batch);
}

// SAML.

std::string saml_arn(const Request& request) {
  return text_member(request.input, "SAMLProviderArn");
}

ApiResult<Value> find_saml(IamService& service, const Request& request) {
  const std::string arn = saml_arn(request);
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::SamlProvider, arn));
  if (!record) return no_such_entity("Manifest not found for arn " + arn);
  return *std::move(record);
}

ApiResult<std::string> metadata_member(const Request& request) {
  std::string metadata = text_member(request.input, "SAMLMetadataDocument");
  if (metadata.find("EntityDescriptor") == std::string::npos)
    return invalid_input("Could not parse metadata");
  return metadata;
}

ActionResult create_saml(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "Name");
  const std::string arn = entity_arn(request, "saml-provider", "/", name);
  const std::string metadata = PAWL_TRY(metadata_member(request));
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::SamlProvider, arn)))
    return already_exists("SAMLProvider with name " + name + " already exists.");
  ObjectBuilder record;
  record.set("Arn", Value(arn))
      .set("SAMLProviderUUID", Value(random_letters(26)))
      .set("SAMLMetadataDocument", Value(metadata))
      .set("CreateDate", seconds_value(request.received))
      .set("ValidUntil", Value(request.received.ms / 1000 + kSamlValidSeconds))
      .set("Tags", tags);
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::SamlProvider, arn,
                      std::move(record).build());
  ObjectBuilder output;
  output.set("SAMLProviderArn", Value(arn));
  if (tags.size() != 0) output.set("Tags", std::move(tags));
  return service.commit(request, batch, aws::Output(std::move(output).build()));
}

ActionResult get_saml(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_saml(service, request));
  return aws::Output(selected(
      record, {"SAMLProviderUUID", "SAMLMetadataDocument", "CreateDate", "ValidUntil", "Tags"}));
}

ActionResult list_saml(IamService& service, const Request& request) {
  return list_of(service, request, Kind::SamlProvider, "SAMLProviderList",
                 {"Arn", "ValidUntil", "CreateDate"});
}

ActionResult update_saml(IamService& service, const Request& request) {
  Value record = PAWL_TRY(find_saml(service, request));
  if (find_text(request.input, "SAMLMetadataDocument"))
    record = record.with_member("SAMLMetadataDocument", Value(PAWL_TRY(metadata_member(request))));
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::SamlProvider, saml_arn(request), record);
  return service.commit(request, batch, output_of("SAMLProviderArn", Value(saml_arn(request))));
}

ActionResult delete_saml(IamService& service, const Request& request) {
  static_cast<void>(PAWL_TRY(find_saml(service, request)));
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::SamlProvider, saml_arn(request));
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> provider_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateOpenIDConnectProvider", create_oidc, true},
      Operation{"GetOpenIDConnectProvider", get_oidc},
      Operation{"ListOpenIDConnectProviders", list_oidc},
      Operation{"UpdateOpenIDConnectProviderThumbprint", update_thumbprints, true},
      Operation{"AddClientIDToOpenIDConnectProvider", add_client, true},
      Operation{"RemoveClientIDFromOpenIDConnectProvider", remove_client, true},
      Operation{"DeleteOpenIDConnectProvider", delete_oidc, true},
      Operation{"CreateSAMLProvider", create_saml, true},
      Operation{"GetSAMLProvider", get_saml},
      Operation{"ListSAMLProviders", list_saml},
      Operation{"UpdateSAMLProvider", update_saml, true},
      Operation{"DeleteSAMLProvider", delete_saml, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
