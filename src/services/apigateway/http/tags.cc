// SPDX-License-Identifier: Apache-2.0
// Tags of what has an ARN: "arn:aws:apigateway:REGION::/apis/ID", "…/apis/ID/stages/NAME",
// "…/vpclinks/ID", "…/domainnames/NAME".
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "services/apigateway/http/http_service.h"

namespace pawl::apigateway {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

struct Tagged {
  const HttpResourceType* type = nullptr;
  std::string parent = {};
  std::string id = {};
};

ApiResult<Tagged> tagged_resource(const std::string& text) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  const auto refuse = [] { return http_bad_request("Invalid resource ARN specified"); };
  if (!arn || arn->service != "apigateway") return refuse();
  const std::vector<std::string_view> parts = arn->resource_parts('/');
  // The resource begins with "/": the first part is empty.
  if (parts.size() == 3 && parts[1] == "apis") {
    return Tagged{&http_type(RecordKind::HttpApi), "", std::string(parts[2])};
  }
  if (parts.size() == 5 && parts[1] == "apis" && parts[3] == "stages") {
    return Tagged{&http_type(RecordKind::HttpStage), std::string(parts[2]), std::string(parts[4])};
  }
  if (parts.size() == 3 && parts[1] == "vpclinks") {
    return Tagged{&http_type(RecordKind::HttpVpcLink), "", std::string(parts[2])};
  }
  if (parts.size() == 3 && parts[1] == "domainnames") {
    return Tagged{&http_type(RecordKind::HttpDomainName), "", std::string(parts[2])};
  }
  return refuse();
}

}  // namespace

ActionResult HttpApiService::get_tags(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(tagged_resource(text_member(request.input, "ResourceArn")));
  const Value record = PAWL_TRY(need(scope_of(request), *tagged.type, tagged.parent, tagged.id));
  ObjectBuilder out;
  out.set("Tags", object_member(record, "Tags"));
  return std::move(out).build();
}

ActionResult HttpApiService::tag_resource(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(tagged_resource(text_member(request.input, "ResourceArn")));
  const Scope scope = scope_of(request);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(need(scope, *tagged.type, tagged.parent, tagged.id));
  Value tags = object_member(record, "Tags");
  const Value given = object_member(request.input, "Tags");
  for (const json::Member& each : given.members()) tags = tags.with_member(each.name(), each.value);
  store::Batch batch;
  records_.put(batch, scope, tagged.type->kind, tagged.parent, tagged.id,
               record.with_member("Tags", tags));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(records_.commit(batch));
  return Value::object();
}

ActionResult HttpApiService::untag_resource(const aws::Request& request) {
  const Tagged tagged = PAWL_TRY(tagged_resource(text_member(request.input, "ResourceArn")));
  const Scope scope = scope_of(request);
  const std::lock_guard lock(mutex_);
  const Value record = PAWL_TRY(need(scope, *tagged.type, tagged.parent, tagged.id));
  Value tags = object_member(record, "Tags");
  for (const std::string& key : texts_member(request.input, "TagKeys")) {
    tags = tags.without_member(key);
  }
  store::Batch batch;
  records_.put(batch, scope, tagged.type->kind, tagged.parent, tagged.id,
               record.with_member("Tags", tags));
  request.keep_answer(Value::object());
  PAWL_TRY_VOID(records_.commit(batch));
  return Value::object();
}

}  // namespace pawl::apigateway
