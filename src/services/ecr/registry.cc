// SPDX-License-Identifier: Apache-2.0
// Repositories, images and tags. Uploads, and what the registry does by itself, are in uploads.cc.
#include "services/ecr/registry.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "base/bytes.h"
#include "container/blob_digest.h"
#include "container/image_manifest.h"
#include "container/image_reference.h"
#include "container/remove_tree.h"
#include "json/parse.h"
#include "services/ecr/errors.h"
#include "text/wildcard.h"

namespace pawl::ecr {

using aws::ApiError;
using aws::ApiResult;

namespace {

constexpr int64_t kPullRecordMs = 3600 * 1000;  ///< how old a recorded pull may become

/// Layers that a registry is not given: they lie elsewhere.
bool is_foreign(const container::Descriptor& layer) {
  return layer.media_type.find("foreign") != std::string::npos ||
         layer.media_type.find("nondistributable") != std::string::npos;
}

ApiResult<Image> image_of(const NewImage& pushed) {
  const base::Result<container::ImageManifest> manifest =
      container::ImageManifest::parse(pushed.bytes, pushed.media_type);
  if (!manifest) {
    const bool is_json = manifest.error().kind != base::ErrorKind::InvalidJson;
    return invalid_parameter(
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: '" +
        (is_json ? manifest.error().message : "Invalid JSON syntax") + "'");
  }
  Image out;
  out.digest = container::digest_of(pushed.bytes);
  out.media_type = manifest->media_type;
  out.config_media_type = manifest->config.media_type;
  out.artifact_type = manifest->artifact_type;
  out.subject = manifest->subject;
  out.bytes = manifest->config.size;
  if (!manifest->is_index) out.blobs.push_back(manifest->config.digest);
  for (const container::Descriptor& layer : manifest->layers) {
    if (is_foreign(layer)) continue;
    out.bytes += layer.size;
    out.blobs.push_back(layer.digest);
  }
  for (const container::Descriptor& each : manifest->manifests) {
    out.manifests.push_back(each.digest);
  }
  return out;
}

/// Whether a tag that is there may stand for another image.
bool is_mutable(const Repository& repository, std::string_view tag) {
  const bool is_immutable = repository.tag_mutability.starts_with("IMMUTABLE");
  if (!repository.tag_mutability.ends_with("_WITH_EXCLUSION")) return !is_immutable;
  const base::Result<json::Value> filters = json::parse(repository.exclusion_filters);
  if (filters && filters->is_array()) {
    for (const json::Value& each : filters->items()) {
      if (text::matches_wildcard(text_member(each, "filter"), tag)) return is_immutable;
    }
  }
  return !is_immutable;
}

}  // namespace

base::Result<std::shared_ptr<Registry>> Registry::open(Ports ports) {
  RegistryStore records = PAWL_TRY(RegistryStore::open(ports.store));
  std::string temporary;
  if (ports.folder.empty()) {
    temporary = (std::filesystem::temp_directory_path() / "pawl-ecr-XXXXXX").string();
    if (mkdtemp(temporary.data()) == nullptr) {
      return base::Error(base::ErrorKind::Io, temporary + ": " + strerror(errno));
    }
    ports.folder = temporary;
  }
  BlobFiles files = PAWL_TRY(BlobFiles::open(ports.folder));
  std::shared_ptr<Registry> registry(
      new Registry(std::move(ports), std::move(records), std::move(files)));
  registry->temporary_folder_ = std::move(temporary);
  return registry;
}

Registry::~Registry() {
  if (!temporary_folder_.empty()) container::remove_tree(temporary_folder_);
}

// ---- repositories ----

ApiResult<void> Registry::create(const RepositoryName& name, const Repository& repository,
                                 const Before<Repository>& before) {
  const std::lock_guard lock(mutex_);
  if (PAWL_TRY(records_.repository(name))) {
    return ApiError("RepositoryAlreadyExistsException",
                    "The repository with name '" + name.name +
                        "' already exists in the registry with id '" + name.account + "'");
  }
  store::Batch batch;
  records_.put(batch, name, repository);
  if (before) before(repository);
  return records_.commit(batch);
}

ApiResult<Repository> Registry::require(const RepositoryName& name) const {
  std::optional<Repository> found = PAWL_TRY(records_.repository(name));
  if (!found) return repository_not_found(name);
  return std::move(*found);
}

ApiResult<Repository> Registry::change(const RepositoryName& name, const Change& change,
                                       const Before<Repository>& before) {
  const std::lock_guard lock(mutex_);
  Repository repository = PAWL_TRY(require(name));
  PAWL_TRY_VOID(change(repository));
  store::Batch batch;
  records_.put(batch, name, repository);
  if (before) before(repository);
  PAWL_TRY_VOID(records_.commit(batch));
  return repository;
}

ApiResult<Repository> Registry::remove(const RepositoryName& name, bool is_forced,
                                       const Before<Repository>& before) {
  std::vector<std::string> blobs;
  Repository repository;
  {
    const std::lock_guard lock(mutex_);
    repository = PAWL_TRY(require(name));
    bool is_empty = true;
    PAWL_TRY_VOID(records_.visit_images(name, "", [&is_empty](const Image&) {
      is_empty = false;
      return false;
    }));
    if (!is_empty && !is_forced) {
      return ApiError("RepositoryNotEmptyException",
                      "The repository with name '" + name.name + "' in registry with id '" +
                          name.account + "' cannot be deleted because it still contains images");
    }
    store::Batch batch;
    PAWL_TRY_VOID(records_.visit_blobs(name, [&](const std::string& digest, base::Timestamp) {
      blobs.push_back(digest);
      records_.erase_blob(batch, name, digest);
      return true;
    }));
    records_.erase_repository(batch, name);
    if (before) before(repository);
    PAWL_TRY_VOID(records_.commit(batch));
  }
  collect_later(std::move(blobs));
  return repository;
}

ApiResult<void> Registry::put_setting(const Scope& scope, std::string_view name,
                                      std::string_view text) {
  store::Batch batch;
  if (text.empty()) {
    records_.erase_setting(batch, scope, name);
  } else {
    records_.put_setting(batch, scope, name, text);
  }
  return records_.commit(batch);
}

ApiResult<std::string> Registry::token_key() {
  constexpr std::string_view kName = "token-key";
  const std::lock_guard lock(mutex_);
  if (std::optional<std::string> key = PAWL_TRY(records_.setting({}, kName))) {
    return std::move(*key);
  }
  std::random_device device;
  std::string key;
  for (int i = 0; i < 8; ++i) key += std::to_string(device());
  store::Batch batch;
  records_.put_setting(batch, {}, kName, key);
  PAWL_TRY_VOID(records_.commit(batch));
  return key;
}

// ---- images ----

ApiResult<void> Registry::check_references(const RepositoryName& name, const Image& image) const {
  std::string missing;
  const auto add = [&missing](const std::string& digest) {
    missing += (missing.empty() ? "'" : ", '") + digest + "'";
  };
  for (const std::string& blob : image.blobs) {
    if (!PAWL_TRY(records_.blob(name, blob))) add(blob);
  }
  if (!missing.empty()) return layers_not_found(name, missing);
  for (const std::string& inner : image.manifests) {
    if (!PAWL_TRY(records_.image(name, inner))) add(inner);
  }
  if (missing.empty()) return {};
  return ApiError("ReferencedImagesNotFoundException",
                  "The following images do not exist in the repository '" + name.name +
                      "' in the registry with id '" + name.account + "': " + missing);
}

ApiResult<void> Registry::move_tag(store::Batch& batch, const RepositoryName& name,
                                   const Repository& repository, const std::string& tag,
                                   Image& image) {
  const std::optional<std::string> before = PAWL_TRY(records_.tag(name, tag));
  if (before == image.digest) return {};
  if (before) {
    if (!is_mutable(repository, tag)) {
      return ApiError("ImageTagAlreadyExistsException",
                      "The image tag '" + tag + "' already exists in the '" + name.name +
                          "' repository and cannot be overwritten because the tag is immutable.");
    }
    if (std::optional<Image> other = PAWL_TRY(records_.image(name, *before))) {
      std::erase(other->tags, tag);
      records_.put(batch, name, *other);
    }
  }
  image.tags.push_back(tag);
  records_.put_tag(batch, name, tag, image.digest);
  return {};
}

ApiResult<PushedImage> Registry::put_image(const RepositoryName& name, const NewImage& pushed,
                                           const Before<PushedImage>& before) {
  PushedImage out{PAWL_TRY(image_of(pushed))};
  if (!pushed.digest.empty() && pushed.digest != out.image.digest) {
    return ApiError("ImageDigestDoesNotMatchException",
                    "The provided digest does not match the calculated digest of the image "
                    "manifest, which is '" +
                        out.image.digest + "'");
  }
  if (!pushed.tag.empty() && !container::is_tag(pushed.tag)) {
    return invalid_parameter(
        "Invalid parameter at 'imageTag' failed to satisfy constraint: "
        "'must satisfy regular expression "
        "'[a-zA-Z0-9-_.]{1,300}''");
  }
  bool has_lifecycle = false;
  {
    const std::lock_guard lock(mutex_);
    const Repository repository = PAWL_TRY(require(name));
    has_lifecycle = !repository.lifecycle_policy.empty();
    PAWL_TRY_VOID(check_references(name, out.image));
    const std::optional<Image> there = PAWL_TRY(records_.image(name, out.image.digest));
    store::Batch batch;
    if (there) {
      out.image.tags = there->tags;
      out.image.pushed_at = there->pushed_at;
      out.image.pulled_at = there->pulled_at;
    } else {
      out.image.pushed_at = now();
      records_.put_manifest(batch, name, out.image.digest, pushed.bytes);
    }
    const size_t tags = out.image.tags.size();
    if (!pushed.tag.empty()) {
      PAWL_TRY_VOID(move_tag(batch, name, repository, pushed.tag, out.image));
    }
    out.is_new = !there || out.image.tags.size() != tags;
    if (!out.is_new) return out;
    records_.put(batch, name, out.image);
    if (before) before(out);
    PAWL_TRY_VOID(records_.commit(batch));
  }
  tell({name, "PUSH", out.image.digest, pushed.tag, out.image.media_type});
  if (has_lifecycle) expire_soon(name);
  return out;
}

ApiResult<Image> Registry::find_image(const RepositoryName& name, const ImageId& id) const {
  std::string digest = id.digest;
  if (!id.tag.empty()) {
    const std::optional<std::string> named = PAWL_TRY(records_.tag(name, id.tag));
    if (!named || (!digest.empty() && digest != *named)) {
      return image_not_found(name, id.digest, id.tag);
    }
    digest = *named;
  }
  std::optional<Image> image = PAWL_TRY(records_.image(name, digest));
  if (!image) return image_not_found(name, id.digest, id.tag);
  return std::move(*image);
}

ApiResult<std::string> Registry::manifest(const RepositoryName& name,
                                          std::string_view digest) const {
  std::optional<std::string> bytes = PAWL_TRY(records_.manifest(name, digest));
  if (!bytes) return image_not_found(name, digest, "");
  return std::move(*bytes);
}

ApiResult<std::vector<Image>> Registry::images(const RepositoryName& name) const {
  std::vector<Image> out;
  PAWL_TRY_VOID(records_.visit_images(name, "", [&out](const Image& image) {
    out.push_back(image);
    return true;
  }));
  return out;
}

ApiResult<std::vector<std::string>> Registry::take_out(store::Batch& batch,
                                                       const RepositoryName& name,
                                                       const Image& image) {
  std::set<std::string> blobs(image.blobs.begin(), image.blobs.end());
  PAWL_TRY_VOID(records_.visit_images(name, "", [&](const Image& other) {
    if (other.digest == image.digest) return true;
    for (const std::string& blob : other.blobs) blobs.erase(blob);
    return true;
  }));
  records_.erase_image(batch, name, image);
  for (const std::string& blob : blobs) records_.erase_blob(batch, name, blob);
  return std::vector<std::string>(blobs.begin(), blobs.end());
}

ApiResult<std::optional<Registry::DeletedImage>> Registry::delete_image(const RepositoryName& name,
                                                                        const ImageId& id) {
  DeletedImage out;
  std::vector<std::string> blobs;
  Image image;
  {
    const std::lock_guard lock(mutex_);
    ApiResult<Image> found = find_image(name, id);
    if (!found) {
      if (found.error().code == "ImageNotFoundException") return std::optional<DeletedImage>();
      return found.error();
    }
    image = std::move(*found);
    store::Batch batch;
    const bool takes_tag_only = id.digest.empty() && image.tags.size() > 1;
    if (takes_tag_only) {
      std::erase(image.tags, id.tag);
      records_.erase_tag(batch, name, id.tag);
      records_.put(batch, name, image);
      out.ids.push_back({image.digest, id.tag});
    } else {
      PAWL_TRY_VOID(records_.visit_images(name, "", [&](const Image& other) {
        const auto& inner = other.manifests;
        out.is_referenced = std::find(inner.begin(), inner.end(), image.digest) != inner.end();
        return !out.is_referenced;
      }));
      if (out.is_referenced) return std::optional<DeletedImage>(std::move(out));
      blobs = PAWL_TRY(take_out(batch, name, image));
      for (const std::string& tag : image.tags) out.ids.push_back({image.digest, tag});
      if (image.tags.empty()) out.ids.push_back({image.digest, ""});
    }
    PAWL_TRY_VOID(records_.commit(batch));
  }
  collect_later(std::move(blobs));
  tell({name, "DELETE", image.digest, id.tag, image.media_type});
  return std::optional<DeletedImage>(std::move(out));
}

void Registry::record_pull(const RepositoryName& name, const std::string& digest) {
  const std::lock_guard lock(mutex_);
  const ApiResult<std::optional<Image>> found = records_.image(name, digest);
  if (!found || !*found) return;
  Image image = **found;
  if (image.pulled_at && now().ms - image.pulled_at->ms < kPullRecordMs) return;
  image.pulled_at = now();
  store::Batch batch;
  records_.put(batch, name, image);
  static_cast<void>(records_.commit(batch));  // a time that is lost is no failure of the pull
}

std::vector<ExpiredImage> Registry::preview(const std::vector<Image>& images,
                                            const std::string& policy) {
  const ApiResult<LifecyclePolicy> rules = LifecyclePolicy::parse(policy);
  return rules ? rules->evaluate(images, now()) : std::vector<ExpiredImage>();
}

void Registry::tell(const ImageAction& action) {
  if (ports_.on_action) ports_.on_action(action);
}

}  // namespace pawl::ecr
