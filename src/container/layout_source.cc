// SPDX-License-Identifier: Apache-2.0
#include "container/layout_source.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "container/blob_digest.h"

namespace pawl::container {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr uintmax_t kManifestBytesMax = uintmax_t{4} << 20;

Result<std::string> read_file(const std::string& path) {
  std::error_code failure;
  const uintmax_t size = std::filesystem::file_size(path, failure);
  if (failure) return Error(ErrorKind::NotFound, path + ": " + failure.message());
  if (size > kManifestBytesMax) return Error(ErrorKind::LimitExceeded, path + " is too large");
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class NamedFile final : public BlobFile {
 public:
  explicit NamedFile(std::string path) : path_(std::move(path)) {}
  const std::string& path() const override { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::string LayoutSource::blob_path(std::string_view digest) const {
  return folder_ + "/blobs/sha256/" + std::string(digest.substr(digest.find(':') + 1));
}

bool LayoutSource::serves(const ImageReference& reference) const {
  return reference.registry == "layout.local";
}

Result<StoredManifest> LayoutSource::manifest(const ImageReference& reference) {
  std::string digest = reference.digest;
  if (digest.empty()) {
    const ImageManifest index =
        PAWL_TRY(ImageManifest::parse(PAWL_TRY(read_file(folder_ + "/index.json")), kOciIndex));
    if (index.manifests.size() != 1) {
      return Error(ErrorKind::InvalidSyntax, folder_ + " does not hold one image");
    }
    digest = index.manifests.front().digest;
  }
  StoredManifest out;
  out.bytes = PAWL_TRY(read_file(blob_path(digest)));
  out.digest = digest_of(out.bytes);
  if (out.digest == digest) return out;
  return Error(ErrorKind::InvalidSyntax, blob_path(digest) + " has other bytes than its name says");
}

Result<std::unique_ptr<BlobFile>> LayoutSource::blob(const ImageReference& reference,
                                                     const Descriptor& blob) {
  static_cast<void>(reference);
  const std::string path = blob_path(blob.digest);
  if (PAWL_TRY(digest_of_file(path)) != blob.digest) {
    return Error(ErrorKind::InvalidSyntax, path + " has other bytes than its name says");
  }
  return std::unique_ptr<BlobFile>(std::make_unique<NamedFile>(path));
}

}  // namespace pawl::container
