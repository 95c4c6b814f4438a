// SPDX-License-Identifier: Apache-2.0
// API BatchCheckLayerAvailability, GetDownloadUrlForLayer, InitiateLayerUpload, UploadLayerPart,
// CompleteLayerUpload.
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "container/image_reference.h"
#include "services/ecr/errors.h"
#include "services/ecr/service.h"

namespace pawl::ecr {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr int64_t kPartBytes = int64_t{20} << 20;

ObjectBuilder upload_output(const RepositoryName& name, const std::string& id) {
  ObjectBuilder out;
  out.set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set("uploadId", Value(id));
  return out;
}

}  // namespace

ActionResult EcrService::batch_check_layer_availability(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  std::vector<Value> layers;
  std::vector<Value> failures;
  for (const std::string& digest : texts_member(request.input, "layerDigests")) {
    if (!container::is_digest(digest)) {
      ObjectBuilder failure;
      failure.set("layerDigest", Value(digest))
          .set("failureCode", Value("InvalidLayerDigest"))
          .set("failureReason", Value("Invalid layer digest"));
      failures.push_back(std::move(failure).build());
      continue;
    }
    const std::optional<uint64_t> bytes = PAWL_TRY(registry_->records().blob(name, digest));
    ObjectBuilder layer;
    layer.set("layerDigest", Value(digest))
        .set("layerAvailability", Value(bytes ? "AVAILABLE" : "UNAVAILABLE"));
    if (bytes) {
      layer.set("layerSize", Value(static_cast<int64_t>(*bytes)))
          .set("mediaType", Value("application/vnd.docker.image.rootfs.diff.tar.gzip"));
    }
    layers.push_back(std::move(layer).build());
  }
  ObjectBuilder out;
  out.set("layers", Value::array(std::move(layers)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::get_download_url_for_layer(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  const std::string digest = text_member(request.input, "layerDigest");
  if (!PAWL_TRY(registry_->records().blob(name, digest))) {
    return layers_not_found(name, "'" + digest + "'");
  }
  ObjectBuilder out;
  out.set("downloadUrl", Value(options_.endpoint_url() + "/v2/" + name.uri() + "/blobs/" + digest))
      .set("layerDigest", Value(digest));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::initiate_layer_upload(const Request& request) {
  const std::string id = PAWL_TRY(registry_->begin_upload(name_of(request)));
  ObjectBuilder out;
  out.set("uploadId", Value(id)).set("partSize", Value(kPartBytes));
  return aws::Output(std::move(out).build());
}

void EcrService::upload_layer_part(Request request, aws::Reply reply) {
  const RepositoryName name = name_of(request);
  const std::string id = text_member(request.input, "uploadId");
  const int64_t first = integer_member(request.input, "partFirstByte");
  const int64_t last = integer_member(request.input, "partLastByte");
  std::optional<std::string> bytes =
      base::base64_decode(text_member(request.input, "layerPartBlob"));
  if (!bytes || last - first + 1 != static_cast<int64_t>(bytes->size())) {
    return reply(invalid_parameter("The part has not the bytes that it says it has."));
  }
  auto kept = std::make_shared<aws::Reply>(std::move(reply));
  registry_->work([this, name, id, first, bytes = std::move(*bytes), kept] {
    const ApiResult<uint64_t> size =
        registry_->append(name, id, static_cast<uint64_t>(first), bytes, nullptr);
    if (!size) return (*kept)(size.error());
    ObjectBuilder out = upload_output(name, id);
    out.set("lastByteReceived", Value(static_cast<int64_t>(*size) - 1));
    aws::Output output(std::move(out).build());
    output.after_sync = true;
    (*kept)(std::move(output));
  });
}

void EcrService::complete_layer_upload(Request request, aws::Reply reply) {
  const RepositoryName name = name_of(request);
  const std::string id = text_member(request.input, "uploadId");
  const std::vector<std::string> digests = texts_member(request.input, "layerDigests");
  if (digests.size() != 1 || !container::is_digest(digests.front())) {
    return reply(
        invalid_parameter("Invalid parameter at 'layerDigests' failed to satisfy "
                          "constraint: 'one digest of SHA-256'"));
  }
  auto kept = std::make_shared<aws::Reply>(std::move(reply));
  registry_->work([this, name, id, digest = digests.front(), kept] {
    const ApiResult<std::optional<uint64_t>> there = registry_->records().blob(name, digest);
    if (there && *there) {
      static_cast<void>(registry_->cancel_upload(name, id));
      return (*kept)(ApiError("LayerAlreadyExistsException",
                              "Layer with digest '" + digest +
                                  "' already exists in the repository with name '" + name.name +
                                  "' in registry with id '" + name.account + "'"));
    }
    const ApiResult<uint64_t> size = registry_->upload_bytes(name, id);
    if (size && *size == 0) {
      return (*kept)(ApiError("EmptyUploadException", "The upload has no parts."));
    }
    const ApiResult<uint64_t> finished = registry_->finish_upload(name, id, digest);
    if (!finished) return (*kept)(finished.error());
    ObjectBuilder out = upload_output(name, id);
    out.set("layerDigest", Value(digest));
    aws::Output output(std::move(out).build());
    output.after_sync = true;
    (*kept)(std::move(output));
  });
}

}  // namespace pawl::ecr
