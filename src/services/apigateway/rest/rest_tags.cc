// SPDX-License-Identifier: Apache-2.0
// Tags of what has an ARN: "arn:aws:apigateway:REGION::/restapis/ID", "…/stages/NAME",
// "…/usageplans/ID", "…/apikeys/ID", "…/domainnames/NAME", "…/vpclinks/ID".
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "services/apigateway/rest/rest_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

struct Tagged {
  RecordKind kind = RecordKind::RestApi;
  std::string parent = {};
  std::string id = {};
};

ApiResult<Tagged> tagged_resource(const std::string& text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  const auto refuse = [] { return rest_bad_request("Invalid ARN specified in the request"); };
  if (!arn || arn->service != "apigateway") return refuse();
  const std::vector<std::string_view> parts = arn->resource_parts('/');
  constexpr std::pair<std::string_view, RecordKind> kKinds[] = {
      {"restapis", RecordKind::RestApi},
      {"usageplans", RecordKind::RestUsagePlan},
      {"apikeys", RecordKind::RestApiKey},
      {"domainnames", RecordKind::RestDomainName},
      {"vpclinks", RecordKind::RestVpcLink}};
  if (parts.size() == 3) {
    for (const auto& [name, kind] : kKinds) {
      if (parts[1] == name) return Tagged{kind, "", std::string(parts[2])};
    }
  }
  if (parts.size() == 5 && parts[1] == "restapis" && parts[3] == "stages") {
    return Tagged{RecordKind::RestStage, std::string(parts[2]), std::string(parts[4])};
  }
  return refuse();
}

ApiResult<Value> find(const RecordStore& records, const Scope& scope, const Tagged& tagged) {
  std::optional<Value> record =
      PAWL_TRY(records.find(scope, tagged.kind, tagged.parent, tagged.id));
  if (record) return *std::move(record);
  return rest_not_found("Invalid resource identifier specified");
}

}  // namespace

ActionResult RestApiService::get_tags(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(tagged_resource(text_member(request.input, "resourceArn")));
  const Value record = PAWL_TRY(find(records_, rest_scope_of(request), tagged));
  ObjectBuilder out;
  out.set("tags", object_member(record, "tags"));
  return std::move(out).build();
}

ActionResult RestApiService::change_tags(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(tagged_resource(text_member(request.input, "resourceArn")));
  const Scope scope = rest_scope_of(request);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(find(records_, scope, tagged));
  Value tags = object_member(record, "tags");
  const Value given = object_member(request.input, "tags");
  for (const json::Member& each : given.members()) tags = tags.with_member(each.name(), each.value);
  for (const std::string& key : texts_member(request.input, "tagKeys")) {
    tags = tags.without_member(key);
  }
  store::Batch batch;
  records_.put(batch, scope, tagged.kind, tagged.parent, tagged.id,
               tags.size() == 0 ? record.without_member("tags") : record.with_member("tags", tags));
  PAWL_TRY_VOID(commit(request, batch, Value::object()));
  return Value::object();
}

ActionResult RestApiService::tag_resource(const aws::Request& request) {
  return change_tags(request);
}

ActionResult RestApiService::untag_resource(const aws::Request& request) {
  return change_tags(request);
}

}  // namespace pawl::apigateway
