// SPDX-License-Identifier: Apache-2.0
// CreatePlatformApplication, DeletePlatformApplication, GetPlatformApplicationAttributes,
// SetPlatformApplicationAttributes, ListPlatformApplications.
#include <algorithm>
#include <array>
#include <utility>

#include "services/sns/service.h"

namespace pawl::sns {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kPageSize = 100;
constexpr size_t kNameMax = 256;
constexpr std::array<std::string_view, 15> kPlatforms = {"ADM",
                                                         "APNS",
                                                         "APNS_SANDBOX",
                                                         "APNS_VOIP",
                                                         "APNS_VOIP_SANDBOX",
                                                         "BAIDU",
                                                         "FCM",
                                                         "GCM",
                                                         "MACOS",
                                                         "MACOS_SANDBOX",
                                                         "MPNS",
                                                         "WNS",
                                                         "APNS_PASSBOOK",
                                                         "APNS_COMPLICATION",
                                                         "APNS_COMPLICATION_SANDBOX"};
/// What is known of it, but never shown again.
constexpr std::array<std::string_view, 2> kSecrets = {"PlatformCredential", "PlatformPrincipal"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

ApiResult<void> check_name(const std::string& name) {
  if (name.empty()) return invalid_parameter(name + " Reason: cannot be empty");
  if (name.size() > kNameMax)
    return invalid_parameter(name + " Reason: must be at most 256 characters long");
  if (!std::all_of(name.begin(), name.end(), is_name_character))
    return invalid_parameter(
        name +
        " Reason: must contain only characters 'a'-'z', 'A'-'Z', '0'-'9', '_', '-', and '.'");
  return {};
}

/// The platforms of Google need no principal.
bool needs_principal(std::string_view platform) { return platform != "GCM" && platform != "FCM"; }

ApiResult<void> check_credentials(std::string_view platform, const Attributes& attributes) {
  const bool has_credential = attributes.contains("PlatformCredential");
  const bool has_principal = attributes.contains("PlatformPrincipal");
  if (has_principal && !has_credential)
    return invalid_parameter(
        "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential");
  if (has_credential && !has_principal && needs_principal(platform))
    return invalid_parameter(
        "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal");
  return {};
}

Attributes shown(const PlatformApplication& application) {
  Attributes attributes = application.attributes;
  for (const std::string_view secret : kSecrets) {
    if (const auto found = attributes.find(secret); found != attributes.end())
      attributes.erase(found);
  }
  attributes.try_emplace("Enabled", "true");
  return attributes;
}

ApiResult<PlatformName> application_member(const Request& request) {
  const aws::Arn arn = PAWL_TRY(arn_member(request.input, "PlatformApplicationArn"));
  std::optional<PlatformName> name = platform_application_of(arn);
  if (!name || arn.region != request.region) return invalid_parameter("PlatformApplicationArn");
  PAWL_TRY_VOID(check_owner(request, name->scope.account, name->arn()));
  return *std::move(name);
}

ApiResult<PlatformApplication> find_application(const PlatformStore& platforms,
                                                const Request& request) {
  const PlatformName name = PAWL_TRY(application_member(request));
  std::optional<PlatformApplication> found = PAWL_TRY(from_store(platforms.find(name)));
  if (!found) return not_found("PlatformApplication does not exist");
  return *std::move(found);
}

}  // namespace

ActionResult SnsService::create_platform_application(const Request& request) {
  const PlatformName name{{request.account_id(), request.region},
                          text_member(request.input, "Platform"),
                          text_member(request.input, "Name")};
  PAWL_TRY_VOID(check_name(name.name));
  if (std::find(kPlatforms.begin(), kPlatforms.end(), name.platform) == kPlatforms.end())
    return invalid_parameter("Platform Reason: " + name.platform + " is not supported");
  const Attributes attributes = attributes_member(request.input, "Attributes");
  PAWL_TRY_VOID(check_credentials(name.platform, attributes));
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  platforms_.put(batch, PlatformApplication{name, attributes});
  PAWL_TRY_VOID(commit(batch));
  return aws::Output(
      std::move(ObjectBuilder().set("PlatformApplicationArn", Value(name.arn()))).build());
}

ActionResult SnsService::delete_platform_application(const Request& request) {
  const PlatformName name = PAWL_TRY(application_member(request));
  const std::lock_guard lock(mutex_);
  store::Batch batch;
  platforms_.erase(batch, name);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::get_platform_application_attributes(const Request& request) {
  const PlatformApplication application = PAWL_TRY(find_application(platforms_, request));
  return aws::Output(
      std::move(ObjectBuilder().set("Attributes", attributes_value(shown(application)))).build());
}

ActionResult SnsService::set_platform_application_attributes(const Request& request) {
  PAWL_TRY_VOID(arn_member(request.input, "PlatformApplicationArn"));
  if (request.input.find("Attributes") == nullptr)
    return aws::validation_exception(
        "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: "
        "Member must not be null");
  const std::lock_guard lock(mutex_);
  PlatformApplication application = PAWL_TRY(find_application(platforms_, request));
  const Attributes attributes = attributes_member(request.input, "Attributes");
  PAWL_TRY_VOID(check_credentials(application.name.platform, attributes));
  for (const auto& [name, value] : attributes) application.attributes.insert_or_assign(name, value);
  store::Batch batch;
  platforms_.put(batch, application);
  PAWL_TRY_VOID(commit(batch));
  return aws::Output();
}

ActionResult SnsService::list_platform_applications(const Request& request) {
  const std::string from = PAWL_TRY(page_start(request.input, "NextToken"));
  const Page<PlatformApplication> page = PAWL_TRY(
      from_store(platforms_.applications({request.account_id(), request.region}, from, kPageSize)));
  std::vector<Value> applications;
  for (const PlatformApplication& each : page.items) {
    applications.push_back(std::move(ObjectBuilder()
                                         .set("PlatformApplicationArn", Value(each.name.arn()))
                                         .set("Attributes", attributes_value(shown(each))))
                               .build());
  }
  ObjectBuilder out;
  out.set("PlatformApplications", Value::array(std::move(applications)));
  if (!page.next.empty()) out.set("NextToken", Value(page_token(page.next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::sns
