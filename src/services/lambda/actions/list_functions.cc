// SPDX-License-Identifier: Apache-2.0
// API ListFunctions.
#include "services/lambda/function_configuration.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kList = "functions";

}  // namespace

aws::ActionResult LambdaService::list_functions(const Request& request) {
  const Page page = PAWL_TRY(read_page(request.input, kList));
  const bool with_versions = text_member(request.input, "FunctionVersion") == "ALL";
  std::vector<std::string> names =
      PAWL_TRY(store_.names(request.account_id(), request.region, page.after, page.items_max + 1));
  const bool is_last = names.size() <= page.items_max;
  if (!is_last) names.pop_back();
  std::vector<Value> functions;
  for (const std::string& name : names) {
    const FunctionKey key{request.account_id(), request.region, name};
    const std::optional<FunctionRecord> record = PAWL_TRY(store_.function(key));
    if (!record) continue;  // deleted meanwhile
    functions.push_back(listed(record->latest, with_versions ? key.arn(kLatest) : key.arn()));
    if (!with_versions) continue;
    for (const Revision& version : PAWL_TRY(store_.versions(key))) {
      functions.push_back(listed(version, key.arn(version.text("Version"))));
    }
  }
  ObjectBuilder out;
  out.set("Functions", Value::array(std::move(functions)));
  if (!is_last) out.set("NextMarker", Value(write_marker(kList, names.back())));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
