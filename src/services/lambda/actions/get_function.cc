// SPDX-License-Identifier: Apache-2.0
// API GetFunction, GetFunctionConfiguration.
#include "base/bytes.h"
#include "services/lambda/function_configuration.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kInlineBytesMax = 256 << 10;  // of a package that GetFunction answers with

}  // namespace

aws::ActionResult LambdaService::get_function_configuration(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  return aws::Output(shown(PAWL_TRY(require_revision(reference)), reference.arn()));
}

aws::ActionResult LambdaService::get_function(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const Revision revision = PAWL_TRY(require_revision(reference));
  const FunctionRecord record = PAWL_TRY(require_function(reference.key, reference.arn()));
  ObjectBuilder code;
  code.set("RepositoryType", Value("S3"));
  if (revision.number("CodeSize") <= kInlineBytesMax) {
    // NOTE: AWS gives a presigned URL of S3. A data URL holds the same bytes and needs no S3.
    const std::string zip = PAWL_TRY(store_.package(reference.key, revision.code));
    code.set("Location", Value("data:application/zip;base64," + base::base64_encode(zip)));
  }
  ObjectBuilder out;
  out.set("Configuration", shown(revision, reference.arn())).set("Code", std::move(code).build());
  if (record.tags.size() != 0) out.set("Tags", record.tags);
  if (record.reserved_concurrency) {
    ObjectBuilder concurrency;
    concurrency.set("ReservedConcurrentExecutions", Value(*record.reserved_concurrency));
    out.set("Concurrency", std::move(concurrency).build());
  }
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
