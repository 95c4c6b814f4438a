// SPDX-License-Identifier: Apache-2.0
// API PutImage, BatchGetImage, BatchDeleteImage, DescribeImages, ListImages.
#include <algorithm>

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

Value id_json(const std::string& digest, const std::string& tag) {
  ObjectBuilder out;
  if (!digest.empty()) out.set("imageDigest", Value(digest));
  if (!tag.empty()) out.set("imageTag", Value(tag));
  return std::move(out).build();
}

std::vector<ImageId> ids_of(const Value& input) {
  std::vector<ImageId> out;
  const Value* list = input.find("imageIds");
  if (list == nullptr) return out;
  for (const Value& each : list->items()) {
    out.push_back({text_member(each, "imageDigest"), text_member(each, "imageTag")});
  }
  return out;
}

Value failure_json(const ImageId& id, std::string_view code, std::string_view reason) {
  ObjectBuilder out;
  out.set("imageId", id_json(id.digest, id.tag))
      .set("failureCode", Value(code))
      .set("failureReason", Value(reason));
  return std::move(out).build();
}

/// What is wrong with an id by itself.
std::optional<Value> invalid_id(const ImageId& id) {
  if (id.digest.empty() && id.tag.empty()) {
    return failure_json(id, "MissingDigestAndTag",
                        "Invalid request parameters: both tag and digest cannot be null");
  }
  if (!id.digest.empty() && !container::is_digest(id.digest)) {
    return failure_json(id, "InvalidImageDigest",
                        "Invalid request parameters: image digest should satisfy the regex "
                        "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  }
  return std::nullopt;
}

Value not_found_json(const Registry& registry, const RepositoryName& name, const ImageId& id) {
  const bool is_mismatch = !id.digest.empty() && !id.tag.empty() &&
                           registry.find_image(name, {.digest = id.digest}).has_value() &&
                           registry.find_image(name, {.tag = id.tag}).has_value();
  if (is_mismatch) {
    return failure_json(id, "ImageTagDoesNotMatchDigest",
                        "The provided image tag does not match the provided image digest");
  }
  return failure_json(id, "ImageNotFound", "Requested image not found");
}

Value image_json(const RepositoryName& name, const std::string& tag, const Image& image,
                 const std::string& manifest) {
  ObjectBuilder out;
  out.set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set("imageId", id_json(image.digest, tag))
      .set("imageManifest", Value(manifest))
      .set("imageManifestMediaType", Value(image.media_type));
  return std::move(out).build();
}

Value detail_json(const RepositoryName& name, const Image& image) {
  ObjectBuilder out;
  out.set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set("imageDigest", Value(image.digest));
  if (!image.tags.empty()) out.set("imageTags", json::texts_value(image.tags));
  out.set("imageSizeInBytes", Value(static_cast<int64_t>(image.bytes)))
      .set("imagePushedAt", seconds(image.pushed_at))
      .set("imageManifestMediaType", Value(image.media_type));
  const std::string& artifact =
      image.artifact_type.empty() ? image.config_media_type : image.artifact_type;
  if (!artifact.empty()) out.set("artifactMediaType", Value(artifact));
  if (image.pulled_at) out.set("lastRecordedPullTime", seconds(*image.pulled_at));
  if (!image.subject.empty()) out.set("subjectManifestDigest", Value(image.subject));
  return std::move(out).build();
}

/// "", "TAGGED", "UNTAGGED", "ANY".
bool passes(const Value& input, const Image& image) {
  const Value* filter = input.find("filter");
  const std::string status = filter != nullptr ? text_member(*filter, "tagStatus") : std::string();
  if (status == "TAGGED") return !image.tags.empty();
  return status != "UNTAGGED" || image.tags.empty();
}

}  // namespace

ActionResult EcrService::put_image(const Request& request) {
  const RepositoryName name = name_of(request);
  NewImage image;
  image.bytes = text_member(request.input, "imageManifest");
  image.media_type = text_member(request.input, "imageManifestMediaType");
  image.tag = text_member(request.input, "imageTag");
  image.digest = text_member(request.input, "imageDigest");
  const auto answer = [&](const PushedImage& pushed) {
    ObjectBuilder out;
    out.set("image", image_json(name, image.tag, pushed.image, image.bytes));
    return std::move(out).build();
  };
  const PushedImage pushed = PAWL_TRY(registry_->put_image(
      name, image, [&](const PushedImage& made) { request.keep_answer(answer(made)); }));
  if (!pushed.is_new) {
    return ApiError("ImageAlreadyExistsException",
                    "Image with digest '" + pushed.image.digest + "' and tag '" + image.tag +
                        "' already exists in the repository with name '" + name.name +
                        "' in registry with id '" + name.account + "'");
  }
  return aws::Output(answer(pushed));
}

ActionResult EcrService::batch_get_image(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  std::vector<Value> images;
  std::vector<Value> failures;
  for (const ImageId& id : ids_of(request.input)) {
    if (std::optional<Value> failure = invalid_id(id)) {
      failures.push_back(std::move(*failure));
      continue;
    }
    const ApiResult<Image> image = registry_->find_image(name, id);
    if (!image) {
      if (image.error().code != "ImageNotFoundException") return image.error();
      failures.push_back(not_found_json(*registry_, name, id));
      continue;
    }
    const std::string manifest = PAWL_TRY(registry_->manifest(name, image->digest));
    registry_->record_pull(name, image->digest);
    images.push_back(image_json(name, id.tag, *image, manifest));
  }
  ObjectBuilder out;
  out.set("images", Value::array(std::move(images)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::batch_delete_image(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  std::vector<Value> gone;
  std::vector<Value> failures;
  for (const ImageId& id : ids_of(request.input)) {
    if (std::optional<Value> failure = invalid_id(id)) {
      failures.push_back(std::move(*failure));
      continue;
    }
    const auto deleted = PAWL_TRY(registry_->delete_image(name, id));
    if (!deleted) {
      failures.push_back(not_found_json(*registry_, name, id));
    } else if (deleted->is_referenced) {
      failures.push_back(failure_json(id, "ImageReferencedByManifestList",
                                      "Requested image referenced by manifest list: "
                                      "it cannot be deleted before that"));
    } else {
      for (const ImageId& each : deleted->ids) gone.push_back(id_json(each.digest, each.tag));
    }
  }
  ObjectBuilder out;
  out.set("imageIds", Value::array(std::move(gone)))
      .set("failures", Value::array(std::move(failures)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::describe_images(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  std::vector<Value> list;
  ObjectBuilder out;
  const std::vector<ImageId> ids = ids_of(request.input);
  for (const ImageId& id : ids) {
    list.push_back(detail_json(name, PAWL_TRY(registry_->find_image(name, id))));
  }
  if (ids.empty()) {
    const Page page = PAWL_TRY(page_of(request.input, 100));
    std::string last;
    bool has_more = false;
    PAWL_TRY_VOID(registry_->records().visit_images(name, page.after, [&](const Image& image) {
      if (!passes(request.input, image)) return true;
      has_more = list.size() == page.size;
      if (has_more) return false;
      list.push_back(detail_json(name, image));
      last = image.digest;
      return true;
    }));
    if (has_more) out.set("nextToken", next_token(last));
  }
  out.set("imageDetails", Value::array(std::move(list)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::list_images(const Request& request) {
  const RepositoryName name = name_of(request);
  PAWL_TRY(registry_->require(name));
  const Page page = PAWL_TRY(page_of(request.input, 100));
  std::vector<Value> list;
  std::string last;
  bool has_more = false;
  // A page ends between two images, so it may be longer than asked for by an image's tags.
  PAWL_TRY_VOID(registry_->records().visit_images(name, page.after, [&](const Image& image) {
    if (!passes(request.input, image)) return true;
    has_more = list.size() >= page.size;
    if (has_more) return false;
    for (const std::string& tag : image.tags) list.push_back(id_json(image.digest, tag));
    if (image.tags.empty()) list.push_back(id_json(image.digest, ""));
    last = image.digest;
    return true;
  }));
  ObjectBuilder out;
  out.set("imageIds", Value::array(std::move(list)));
  if (has_more) out.set("nextToken", next_token(last));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecr
