// SPDX-License-Identifier: Apache-2.0
// API PublishVersion, ListVersionsByFunction.
#include "services/lambda/function_configuration.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/paging.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

aws::ActionResult LambdaService::publish_version(const Request& request) {
  const Value& input = request.input;
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::lock_guard lock(changing_);
  FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  PAWL_TRY_VOID(check_revision_id(input, record.latest.revision_id(now()), "GetFunction"));
  const std::string sha256 = text_member(input, "CodeSha256");
  const std::string current = record.latest.text("CodeSha256");
  if (!sha256.empty() && sha256 != current) {
    return invalid_parameter("CodeSHA256 (" + sha256 +
                             ") is different from current CodeSHA256 in $LATEST (" + current +
                             "). Please try again with the CodeSHA256 in $LATEST.");
  }
  store::Batch batch;
  const Revision version = PAWL_TRY(publish(batch, key, record, member_of(input, "Description")));
  if (!batch.empty()) {
    // NOTE: publishing changes the RevisionId of $LATEST too (recorded).
    touch(record.latest, now());
    record.latest.set("LastModified", *version.configuration.find("LastModified"));
    store_.put(batch, key, record);
    PAWL_TRY_VOID(store_.commit(batch));
    invoker_->forget(key, {});
  }
  return aws::Output(shown(version, key.arn(version.text("Version")), now()));
}

aws::ActionResult LambdaService::list_versions(const Request& request) {
  const FunctionKey key = PAWL_TRY(function_reference(request)).key;
  const std::string list = "versions of " + key.name;
  const Page page = PAWL_TRY(read_page(request.input, list));
  const FunctionRecord record = PAWL_TRY(require_function(key, key.arn()));
  // $LATEST goes first and counts as version 0.
  const std::optional<int64_t> after = version_number(page.after);
  std::vector<Value> versions;
  if (page.after.empty()) versions.push_back(listed(record.latest, key.arn(kLatest)));
  std::string next;
  std::string last(kLatest);
  for (const Revision& version : PAWL_TRY(store_.versions(key))) {
    const std::string number = version.text("Version");
    if (after && *version_number(number) <= *after) continue;
    if (versions.size() == page.items_max) {
      next = last;
      break;
    }
    versions.push_back(listed(version, key.arn(number)));
    last = number;
  }
  ObjectBuilder out;
  out.set("Versions", Value::array(std::move(versions)));
  if (!next.empty()) out.set("NextMarker", Value(write_marker(list, next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
