// SPDX-License-Identifier: Apache-2.0
// CreatePlatformEndpoint, DeleteEndpoint, GetEndpointAttributes, SetEndpointAttributes,
// ListEndpointsByPlatformApplication.
#include <optional>
#include <utility>

#include "services/sns/identifiers.h"
#include "services/sns/service.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageSize = 100;

ApiResult<PlatformEndpoint> endpoint_member(const Request& request) {
  const aws::Arn arn = PAWL_TRY(arn_member(request.input, "EndpointArn"));
  std::optional<PlatformEndpoint> endpoint = platform_endpoint_of(arn);
  if (!endpoint || arn.region != request.region) return invalid_parameter("EndpointArn");
  PAWL_TRY_VOID(check_owner(request, endpoint->application.scope.account, endpoint->arn()));
  return *std::move(endpoint);
}

ApiResult<PlatformEndpoint> find_endpoint(const PlatformStore& platforms, const Request& request) {
  const PlatformEndpoint named = PAWL_TRY(endpoint_member(request));
  std::optional<PlatformEndpoint> found = PAWL_TRY(from_store(platforms.find(named)));
  if (!found) return not_found("Endpoint does not exist");
  return *std::move(found);
}

ApiResult<PlatformName> find_application(const PlatformStore& platforms, const Request& request) {
  const aws::Arn arn = PAWL_TRY(arn_member(request.input, "PlatformApplicationArn"));
  const std::optional<PlatformName> name = platform_application_of(arn);
  if (!name || arn.region != request.region) return invalid_parameter("PlatformApplicationArn");
  PAWL_TRY_VOID(check_owner(request, name->scope.account, name->arn()));
  if (!PAWL_TRY(from_store(platforms.find(*name))))
    return not_found("PlatformApplication does not exist");
  return *name;
}

/// The endpoint that has this token already.
ApiResult<std::optional<PlatformEndpoint>> endpoint_of_token(const PlatformStore& platforms,
                                                             const PlatformName& application,
                                                             std::string_view token) {
  std::string from;
  do {
    Page<PlatformEndpoint> page =
        PAWL_TRY(from_store(platforms.endpoints(application, from, kPageSize)));
    for (PlatformEndpoint& each : page.items)
      if (attribute(each.attributes, "Token") == token)
        return std::optional<PlatformEndpoint>(std::move(each));
    from = page.next;
  } while (!from.empty());
  return std::optional<PlatformEndpoint>();
}

}  // namespace

/// API CreatePlatformEndpoint: "idempotent, so if the requester already owns an endpoint with the
/// same device token and attributes, that endpoint's ARN is returned".
ActionResult SnsService::create_platform_endpoint(const Request& request) {
  const std::lock_guard lock(mutex_);
  PlatformEndpoint endpoint;
  endpoint.application = PAWL_TRY(find_application(platforms_, request));
  endpoint.attributes = attributes_member(request.input, "Attributes");
  endpoint.attributes["Token"] = text_member(request.input, "Token");
  endpoint.attributes.try_emplace("Enabled", "true");
  if (const auto data = find_text(request.input, "CustomUserData"))
    endpoint.attributes["CustomUserData"] = *data;
  const auto existing = PAWL_TRY(
      endpoint_of_token(platforms_, endpoint.application, attribute(endpoint.attributes, "Token")));
  if (existing && existing->attributes != endpoint.attributes)
    return invalid_parameter("Token Reason: Endpoint " + existing->arn() +
                             " already exists with the same Token, but different attributes.");
  endpoint.id = existing ? existing->id : new_uuid();
  store::Batch batch;
  platforms_.put(batch, endpoint);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(std::move(ObjectBuilder().set("EndpointArn", Value(endpoint.arn()))).build());
}

ActionResult SnsService::delete_endpoint(const Request& request) {
  const PlatformEndpoint named = PAWL_TRY(endpoint_member(request));
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  platforms_.erase(batch, named);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::get_endpoint_attributes(const Request& request) {
  const PlatformEndpoint endpoint = PAWL_TRY(find_endpoint(platforms_, request));
  return aws::Output(
      std::move(ObjectBuilder().set("Attributes", attributes_value(endpoint.attributes))).build());
}

ActionResult SnsService::set_endpoint_attributes(const Request& request) {
  const std::lock_guard lock(mutex_);
  PlatformEndpoint endpoint = PAWL_TRY(find_endpoint(platforms_, request));
  for (const auto& [name, value] : attributes_member(request.input, "Attributes")) {
    if (name != "Enabled" && name != "Token" && name != "CustomUserData")
      return invalid_parameter("Attributes Reason: Invalid attribute name: " + name);
    endpoint.attributes.insert_or_assign(name, value);
  }
  store::Batch batch;
  platforms_.put(batch, endpoint);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_endpoints(const Request& request) {
  const PlatformName application = PAWL_TRY(find_application(platforms_, request));
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  const Page<PlatformEndpoint> page =
      PAWL_TRY(from_store(platforms_.endpoints(application, from, kPageSize)));
  std::vector<Value> endpoints;
  for (const PlatformEndpoint& each : page.items) {
    endpoints.push_back(std::move(ObjectBuilder()
                                      .set("EndpointArn", Value(each.arn()))
                                      .set("Attributes", attributes_value(each.attributes)))
                            .build());
  }
  ObjectBuilder out;
  out.set("Endpoints", Value::array(std::move(endpoints)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::sns
