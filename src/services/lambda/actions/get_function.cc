// SPDX-License-Identifier: Apache-2.0
// API GetFunction, GetFunctionConfiguration.
#include "services/lambda/function_configuration.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::ObjectBuilder;
using json::Value;

aws::ActionResult LambdaService::get_function_configuration(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  return aws::Output(shown(PAWL_TRY(require_revision(reference)), reference.arn(), now()));
}

aws::ActionResult LambdaService::get_function(const Request& request) {
  const FunctionReference reference = PAWL_TRY(function_reference(request));
  const Revision revision = PAWL_TRY(require_revision(reference));
  const FunctionRecord record = PAWL_TRY(require_function(reference.key, reference.arn()));
  ObjectBuilder code;
  if (const std::optional<PackageImage> image = code_image_of(revision.code)) {
    code.set("RepositoryType", Value("ECR"))
        .set("ImageUri", Value(image->uri))
        .set("ResolvedImageUri", Value(image->resolved_uri));
  } else {
    code.set("RepositoryType", Value("S3"))
        .set("Location", Value(package_location(reference.key, revision.code, request.host)));
  }
  ObjectBuilder out;
  out.set("Configuration", shown(revision, reference.arn(), now()))
      .set("Code", std::move(code).build());
  if (record.tags.size() != 0) out.set("Tags", record.tags);
  if (record.reserved_concurrency) {
    ObjectBuilder concurrency;
    concurrency.set("ReservedConcurrentExecutions", Value(*record.reserved_concurrency));
    out.set("Concurrency", std::move(concurrency).build());
  }
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
