// SPDX-License-Identifier: Apache-2.0
// Where packages come from (a request, S3), on threads that may block, and where they can be had
// again: GetFunction's Code.Location. AWS gives a presigned URL of S3; ours names a package by ids
// that nobody can guess.
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "json/members.h"
#include "services/lambda/deployment_package.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kPath = "/_pawl/lambda/code/";

/// API CreateFunction: the errors of S3 are passed on in these words.
aws::ApiError s3_failure(const aws::ApiError& error) {
  if (error.status == 501 || error.status == 0) return error;
  return invalid_parameter("Error occurred while GetObject. S3 Error Code: " + error.code +
                           ". S3 Error Message: " + error.message.value_or(""));
}

struct Waiting {
  aws::Request request;
  aws::Reply reply;
};

}  // namespace

void LambdaService::with_package(Request request, aws::Reply reply, const std::string& source,
                                 WithPackage then) {
  const Value* code = source.empty() ? &request.input : request.input.find(source);
  ApiResult<PackageSource> found = package_source(code != nullptr ? *code : Value::object());
  if (!found) return reply(std::move(found).error());
  const aws::Principal principal = request.principal;
  const std::string region = request.region;
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(request), std::move(reply)});
  if (!found->image_uri.empty()) {
    options_.loop->work([this, waiting, then = std::move(then), uri = found->image_uri] {
      const ApiResult<PackageImage> image = resolve_image(uri);
      if (!image) return waiting->reply(image.error());
      aws::ActionResult result = then(waiting->request, {"", "", *image});
      if (result) result->after_sync = true;
      waiting->reply(std::move(result));
    });
    return;
  }
  const auto go_on = [this, waiting, folder = found->folder,
                      then = std::move(then)](std::string base64) {
    options_.loop->work([waiting, then, folder, base64 = std::move(base64)] {
      ApiResult<std::string> zip = decode_package(base64);
      if (!zip) return waiting->reply(std::move(zip).error());
      aws::ActionResult result = then(waiting->request, {*std::move(zip), folder});
      if (result) result->after_sync = true;
      waiting->reply(std::move(result));
    });
  };
  if (found->bucket.empty() || !found->folder.empty()) return go_on(std::move(found->zip_base64));
  ObjectBuilder input;
  input.set("Bucket", Value(found->bucket)).set("Key", Value(found->object_key));
  if (!found->object_version.empty()) input.set("VersionId", Value(found->object_version));
  options_.caller->call({.service = "s3",
                         .operation = "GetObject",
                         .input = std::move(input).build(),
                         .region = region,
                         .principal = principal},
                        [waiting, go_on](const ApiResult<Value>& object) {
                          if (!object) return waiting->reply(s3_failure(object.error()));
                          go_on(text_member(*object, "Body"));
                        });
}

/// Of what the name stands for now: a tag that is moved later changes no function. It is unpacked
/// while nobody waits for it yet.
ApiResult<PackageImage> LambdaService::resolve_image(const std::string& uri) {
  if (!options_.images) return service_exception("images cannot be run here");
  const base::Result<container::ImageCache*> images = options_.images();
  if (!images) return service_exception(images.error().message);
  const base::Result<container::ImageDescription> image = (*images)->describe(uri);
  if (!image) return image_error(uri, image.error());
  const std::string resolved = image->reference.text_with(image->named_digest);
  options_.loop->work([cache = *images, resolved] {
    static_cast<void>(cache->prepare(resolved));  // the first invocation says what is wrong
  });
  return PackageImage{uri, resolved};
}

std::string LambdaService::package_location(const FunctionKey& key, const std::string& code,
                                            const std::string& host) const {
  if (const std::string folder = code_folder_of(code); !folder.empty()) return "file://" + folder;
  const std::string path = std::string(kPath) + key.account + "/" + key.region + "/" +
                           aws::uri_encode(key.name) + "/" + code;
  if (!host.empty()) return "http://" + host + path;
  return (options_.endpoint_url ? options_.endpoint_url() : std::string()) + path;
}

bool LambdaService::serves_package(std::string_view path) const { return path.starts_with(kPath); }

void LambdaService::serve_package(const std::string& path, const Answer& answer) {
  options_.loop->work([this, path, answer] {
    std::vector<std::string> parts;
    for (size_t start = kPath.size(); start <= path.size();) {
      const size_t end = std::min(path.find('/', start), path.size());
      parts.push_back(aws::uri_decode(std::string_view(path).substr(start, end - start)));
      start = end + 1;
    }
    const ApiResult<std::string> zip =
        parts.size() == 4 ? store_.package({parts[0], parts[1], parts[2]}, parts[3])
                          : ApiResult<std::string>(service_exception(""));
    aws::HttpResponse response;
    if (!zip) {
      response.status = 404;
    } else {
      response.headers.set("Content-Type", "application/zip");
      response.body = *zip;
    }
    answer(std::move(response));
  });
}

}  // namespace pawl::lambda
