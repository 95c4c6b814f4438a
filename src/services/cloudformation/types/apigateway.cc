// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/apigateway.h"

#include "base/bytes.h"
#include "json/members.h"

namespace pawl::cloudformation {

using json::Value;

std::string rest_arn(const ResourceRequest& request, std::string_view resource) {
  const formation::Environment& at = request.environment;
  return "arn:" + at.partition + ":apigateway:" + at.region + "::" + std::string(resource);
}

aws::ApiResult<std::string> rest_made_before(StackCalls& calls, const ResourceRequest& request,
                                             std::string_view operation) {
  constexpr int kPageMax = 500;
  const Value listed =
      PAWL_TRY(calls.call("apigateway", operation, Value::object({{"limit", Value(kPageMax)}})));
  return json::text_member(own_item(request, listed, "items", "tags"), "id");
}

std::string log_group_arn(std::string arn) {
  if (arn.ends_with(":*")) arn.resize(arn.size() - 2);
  return arn;
}

std::string OpenApiText::base64() const { return base::base64_encode(text); }

bool has_openapi(const ResourceRequest& request) {
  return json::has_member(request.properties, "Body") ||
         json::has_member(request.properties, "BodyS3Location");
}

aws::ApiResult<std::optional<OpenApiText>> openapi_of(StackCalls& calls,
                                                      const ResourceRequest& request) {
  const Value body = property(request.properties, "Body");
  if (!body.is_null()) return OpenApiText{document_text(body)};
  const Value place = property(request.properties, "BodyS3Location");
  if (!place.is_object()) return std::optional<OpenApiText>();
  Value input = Value::object(
      {{"Bucket", Value(scalar_text(place, "Bucket"))}, {"Key", Value(scalar_text(place, "Key"))}});
  if (const std::string version = scalar_text(place, "Version"); !version.empty())
    input = input.with_member("VersionId", Value(version));
  if (const std::string tag = scalar_text(place, "Etag"); !tag.empty())
    input = input.with_member("IfMatch", Value(tag));
  const Value object = PAWL_TRY(calls.call("s3", "GetObject", std::move(input)));
  const auto bytes = base::base64_decode(json::text_member(object, "Body"));
  return OpenApiText{bytes.value_or("")};
}

}  // namespace pawl::cloudformation
