// SPDX-License-Identifier: Apache-2.0
// In the folder: image.json (registry, repository, media type and digest of the manifest),
// manifest.json, and blobs/HEX, named by their digests.
#include "jobs/image_layout.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "container/image_manifest.h"
#include "jobs/records.h"
#include "json/members.h"

namespace pawl::jobs {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using container::Descriptor;
using container::ImageManifest;
using container::ImageReference;
using container::StoredManifest;
using json::Value;

namespace {

Result<void> write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return Error(ErrorKind::Io, path + ": cannot be written");
  return {};
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorKind::NotFound, path + ": is not there");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// "sha256:HEX" is HEX; the reader of manifests has seen to the form.
std::string blob_path(const std::string& folder, const std::string& digest) {
  return folder + "/blobs/" + digest.substr(digest.find(':') + 1);
}

Result<void> take_blob(container::ImageSource& source, const ImageReference& image,
                       const Descriptor& descriptor, const std::string& folder) {
  const auto blob = PAWL_TRY(source.blob(image, descriptor));
  const std::string path = blob_path(folder, descriptor.digest);
  std::error_code failure;
  fs::create_hard_link(blob->path(), path, failure);
  if (!failure || failure == std::errc::file_exists) return {};
  fs::copy_file(blob->path(), path, fs::copy_options::overwrite_existing, failure);
  if (failure) return Error(ErrorKind::Io, path + ": " + failure.message());
  return {};
}

class LayoutFile final : public container::BlobFile {
 public:
  explicit LayoutFile(std::string path) : path_(std::move(path)) {}
  const std::string& path() const override { return path_; }

 private:
  const std::string path_;
};

}  // namespace

Result<void> write_image_layout(container::ImageSource& source, const ImageReference& image,
                                const std::string& folder) {
  StoredManifest stored = PAWL_TRY(source.manifest(image));
  ImageManifest manifest = PAWL_TRY(ImageManifest::parse(stored.bytes, stored.media_type));
  if (manifest.is_index) {
    const Descriptor* ours = manifest.find(container::machine_platform());
    if (ours == nullptr) {
      return Error(ErrorKind::NotFound, "no image for this platform: " + image.text());
    }
    ImageReference inner = image;
    inner.digest = ours->digest;
    stored = PAWL_TRY(source.manifest(inner));
    manifest = PAWL_TRY(ImageManifest::parse(stored.bytes, stored.media_type));
  }
  std::error_code failure;
  fs::create_directories(folder + "/blobs", failure);
  if (failure) return Error(ErrorKind::Io, folder + ": " + failure.message());
  PAWL_TRY_VOID(take_blob(source, image, manifest.config, folder));
  for (const Descriptor& layer : manifest.layers) {
    PAWL_TRY_VOID(take_blob(source, image, layer, folder));
  }
  PAWL_TRY_VOID(write_text(folder + "/manifest.json", stored.bytes));
  json::ObjectBuilder record;
  record.set("registry", Value(image.registry))
      .set("repository", Value(image.repository))
      .set("mediaType", Value(stored.media_type))
      .set("digest", Value(stored.digest));
  return write_text(folder + "/image.json", encode_record(std::move(record).build()));
}

bool ImageLayout::serves(const ImageReference& reference) const {
  const Result<std::string> text = read_text(folder_ + "/image.json");
  if (!text) return false;
  const Result<Value> record = decode_record(*text);
  return record && text_member(*record, "registry") == reference.registry &&
         text_member(*record, "repository") == reference.repository;
}

Result<StoredManifest> ImageLayout::manifest(const ImageReference& /*reference*/) {
  const Value record = PAWL_TRY(decode_record(PAWL_TRY(read_text(folder_ + "/image.json"))));
  return StoredManifest{text_member(record, "mediaType"), text_member(record, "digest"),
                        PAWL_TRY(read_text(folder_ + "/manifest.json"))};
}

Result<std::unique_ptr<container::BlobFile>> ImageLayout::blob(const ImageReference& /*reference*/,
                                                               const Descriptor& blob) {
  const std::string path = blob_path(folder_, blob.digest);
  std::error_code failure;
  if (!fs::is_regular_file(path, failure)) {
    return Error(ErrorKind::NotFound, path + ": is not there");
  }
  return std::unique_ptr<container::BlobFile>(std::make_unique<LayoutFile>(path));
}

}  // namespace pawl::jobs
