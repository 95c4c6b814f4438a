// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/service.h"

#include "aws/service/input_members.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::ssm {

base::Result<std::unique_ptr<SsmService>> SsmService::open(Options options) {
  ParameterStore parameters = PAWL_TRY(ParameterStore::open(options.store));
  return std::unique_ptr<SsmService>(new SsmService(options, std::move(parameters)));
}

void SsmService::bind(aws::ActionTable& table) {
  using S = SsmService;
  table.on_write("AddTagsToResource", &S::add_tags);
  table.on_write("DeleteParameter", &S::delete_parameter);
  table.on_write("DeleteParameters", &S::delete_parameters);
  table.on("DescribeParameters", &S::describe_parameters);
  table.on_async("GetParameter", &S::get_parameter);
  table.on_async("GetParameterHistory", &S::get_history);
  table.on_async("GetParameters", &S::get_parameters);
  table.on_async("GetParametersByPath", &S::get_by_path);
  table.on_write("LabelParameterVersion", &S::label_version);
  table.on("ListTagsForResource", &S::list_tags);
  table.on_async("PutParameter", &S::put_parameter);
  table.on_write("RemoveTagsFromResource", &S::remove_tags);
  table.on_write("UnlabelParameterVersion", &S::unlabel_version);
}

aws::ApiResult<void> SsmService::commit(const Request& request, const store::Batch& batch,
                                        const json::Value& output) const {
  request.keep_answer(output);
  return aws::from_store(parameters_.commit(batch));
}

void SsmService::announce(const Request& request, const Parameter& parameter,
                          const std::string& type, const char* operation) const {
  json::ObjectBuilder detail;
  detail.set("operation", json::Value(operation)).set("name", json::Value(parameter.name));
  if (!type.empty()) detail.set("type", json::Value(type));
  const std::string description = text_member(request.input, "Description");
  if (!description.empty()) detail.set("description", json::Value(description));
  json::ObjectBuilder entry;
  entry.set("Source", json::Value("aws.ssm"))
      .set("DetailType", json::Value("Parameter Store Change"))
      .set("Resources", json::texts_value({parameter.arn()}))
      .set("Detail", json::Value(json::write(std::move(detail).build())));
  json::ObjectBuilder input;
  input.set("Entries", json::Value::array(std::vector<json::Value>{std::move(entry).build()}));
  // Nobody waits for it: what EventBridge refuses is lost, as on AWS.
  options_.caller.call(
      {.service = "events",
       .operation = "PutEvents",
       .input = std::move(input).build(),
       .region = request.region,
       .principal = aws::service_principal(request.account_id(), "ssm.amazonaws.com")},
      [](const aws::ApiResult<json::Value>&) {});
}

}  // namespace pawl::ssm
