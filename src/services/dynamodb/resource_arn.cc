// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/resource_arn.h"

#include "services/dynamodb/errors.h"

namespace pawl::dynamodb {

aws::ApiResult<void> check_owner(const aws::Request& request, const aws::Arn& arn) {
  if (arn.account_id != request.account_id()) {
    const std::string action =
        "dynamodb:" + (request.operation != nullptr ? request.operation->name : std::string());
    return aws::access_denied("User: " + request.principal.arn + " is not authorized to perform: " +
                              action + " on resource: " + arn.text() +
                              " because no resource-based policy allows the " + action + " action");
  }
  if (arn.region != request.region)
    return invalid("1 validation error detected: Invalid AWS region in '" + arn.text() + "'");
  return {};
}

aws::ApiResult<std::shared_ptr<Table>> find_resource(const Database& database,
                                                     const aws::Request& request,
                                                     const std::string& text) {
  if (!text.starts_with("arn:")) return invalid_parameter("ARNs must start with 'arn:': " + text);
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->service != "dynamodb")
    return invalid_parameter("Provided Arn is not a DynamoDB resource arn: " + text);
  if (!arn->resource.starts_with("table/") || arn->resource.find('/', 6) != std::string::npos) {
    return invalid_parameter(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
        text);
  }
  PAWL_TRY_VOID(check_owner(request, *arn));
  auto table = database.find({arn->account_id, arn->region, arn->resource.substr(6)});
  if (!table) {
    return aws::ApiError("ResourceNotFoundException",
                         "Requested resource not found: ResourcArn: " + text + " not found");
  }
  return table;
}

}  // namespace pawl::dynamodb
