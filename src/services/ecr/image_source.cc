// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/image_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "services/ecr/errors.h"

namespace pawl::ecr {
namespace {

using base::Error;
using base::ErrorKind;

Error error_of(const aws::ApiError& error) {
  const bool is_missing = error.code.find("NotFound") != std::string::npos;
  return Error(is_missing ? ErrorKind::NotFound : ErrorKind::Io,
               error.code + ": " + error.message.value_or(""));
}

/// By its descriptor: it can be read whatever happens to its name.
class HeldFile final : public container::BlobFile {
 public:
  HeldFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;
  ~HeldFile() override { close(descriptor_); }
  const std::string& path() const override { return path_; }

 private:
  std::string path_;
  int descriptor_;
};

}  // namespace

bool EcrImageSource::serves(const container::ImageReference& reference) const {
  return container::parse_ecr_host(reference.registry).has_value() ||
         reference.registry == own_address_();
}

RepositoryName EcrImageSource::name_of(const container::ImageReference& reference) const {
  if (const auto host = container::parse_ecr_host(reference.registry)) {
    return {host->account, host->region, reference.repository};
  }
  const size_t slash = reference.repository.find('/');
  const auto host = container::parse_ecr_host(reference.repository.substr(0, slash));
  if (host && slash != std::string::npos) {
    return {host->account, host->region, reference.repository.substr(slash + 1)};
  }
  return {"000000000000", "us-east-1", reference.repository};
}

base::Result<container::StoredManifest> EcrImageSource::manifest(
    const container::ImageReference& reference) {
  const RepositoryName name = name_of(reference);
  const auto repository = registry_->require(name);
  if (!repository) return error_of(repository.error());
  const ImageId id = reference.digest.empty() ? ImageId{.tag = reference.tag}
                                              : ImageId{.digest = reference.digest};
  const aws::ApiResult<Image> image = registry_->find_image(name, id);
  if (!image) return error_of(image.error());
  aws::ApiResult<std::string> bytes = registry_->manifest(name, image->digest);
  if (!bytes) return error_of(bytes.error());
  registry_->record_pull(name, image->digest);
  return container::StoredManifest{image->media_type, image->digest, std::move(*bytes)};
}

base::Result<std::unique_ptr<container::BlobFile>> EcrImageSource::blob(
    const container::ImageReference& reference, const container::Descriptor& blob) {
  const RepositoryName name = name_of(reference);
  const auto size = registry_->records().blob(name, blob.digest);
  if (!size) return error_of(size.error());
  if (!*size) return Error(ErrorKind::NotFound, name.name + " has no blob " + blob.digest);
  const int file = open(registry_->blob_path(blob.digest).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Error(ErrorKind::Io, "blob " + blob.digest + " cannot be read");
  return std::unique_ptr<container::BlobFile>(
      std::make_unique<HeldFile>("/proc/self/fd/" + std::to_string(file), file));
}

}  // namespace pawl::ecr
