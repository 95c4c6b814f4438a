// SPDX-License-Identifier: Apache-2.0
// In the folder: HEX/root for each unpacked image, HEX of its manifest's digest, and HEX/size; what
// is being made stands in partial/ and is renamed when it is whole.
#include "container/image_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "container/blob_digest.h"
#include "container/remove_tree.h"
#include "container/root_directory.h"

namespace pawl::container {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kDigestPrefix = 7;  ///< "sha256:"
constexpr uint64_t kConfigBytesMax = uint64_t{4} << 20;

Result<std::string> read_blob(const BlobFile& blob) {
  std::error_code failure;
  const uint64_t size = fs::file_size(blob.path(), failure);
  if (failure) return Error(ErrorKind::Io, blob.path() + ": " + failure.message());
  if (size > kConfigBytesMax) {
    return Error(ErrorKind::LimitExceeded, "the image's configuration is too large");
  }
  std::ifstream file(blob.path(), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Where a container's own file systems are mounted: every runtime makes these folders.
Result<void> make_mount_points(const std::string& path) {
  const RootDirectory root = PAWL_TRY(RootDirectory::open(path));
  for (const char* folder : {"proc", "dev", "tmp", "etc"}) {
    if (root.open_at(folder, O_PATH)) continue;
    if (mkdirat(root.descriptor(), folder, 0755) != 0 && errno != EEXIST) {
      return Error(ErrorKind::Io, path + "/" + folder + ": " + strerror(errno));
    }
  }
  return {};
}

Error for_other_machines(const ImageReference& reference, const Platform& ours,
                         std::string_view what) {
  return Error(ErrorKind::Unsupported,
               "image Manifest does not contain descriptor matching platform '" + ours.os + "/" +
                   ours.architecture + "': " + reference.text() + std::string(what));
}

}  // namespace

Result<std::unique_ptr<ImageCache>> ImageCache::open(Options options) {
  std::error_code failure;
  options.folder = fs::absolute(options.folder, failure);
  remove_tree(options.folder + "/partial");
  fs::create_directories(options.folder + "/partial", failure);
  if (failure) return Error(ErrorKind::Io, options.folder + ": " + failure.message());
  return std::unique_ptr<ImageCache>(new ImageCache(std::move(options)));
}

ImageCache::~ImageCache() = default;

Result<ImageSource*> ImageCache::source_of(const ImageReference& reference) const {
  for (ImageSource* source : options_.sources) {
    if (source->serves(reference)) return source;
  }
  return Error(ErrorKind::NotFound, "no registry " + reference.registry + " is known here");
}

Result<ImageDescription> ImageCache::describe(std::string_view image) {
  const ImageReference reference = PAWL_TRY(ImageReference::parse(image));
  return describe_in(*PAWL_TRY(source_of(reference)), reference);
}

Result<ImageDescription> ImageCache::describe_in(ImageSource& source,
                                                 const ImageReference& reference) const {
  ImageDescription out;
  out.reference = reference;
  StoredManifest stored = PAWL_TRY(source.manifest(reference));
  out.named_digest = stored.digest;
  out.manifest = PAWL_TRY(ImageManifest::parse(stored.bytes, stored.media_type));
  if (out.manifest.is_index) {
    const Descriptor* ours = out.manifest.find(options_.platform);
    if (ours == nullptr) return for_other_machines(reference, options_.platform, "");
    ImageReference inner = reference;
    inner.digest = ours->digest;
    stored = PAWL_TRY(source.manifest(inner));
    out.manifest = PAWL_TRY(ImageManifest::parse(stored.bytes, stored.media_type));
    if (out.manifest.is_index) {
      return Error(ErrorKind::InvalidSyntax, "an index in an index is not taken");
    }
  }
  out.digest = stored.digest;
  const auto config = PAWL_TRY(source.blob(reference, out.manifest.config));
  out.config = PAWL_TRY(ImageConfig::parse(PAWL_TRY(read_blob(*config))));
  const std::string& architecture = out.config.platform.architecture;
  if (!architecture.empty() && architecture != options_.platform.architecture) {
    return for_other_machines(reference, options_.platform, " is for " + architecture);
  }
  for (const Descriptor& layer : out.manifest.layers) out.packed_bytes += layer.size;
  return out;
}

Result<std::shared_ptr<const UnpackedImage>> ImageCache::prepare(std::string_view image) {
  const ImageReference reference = PAWL_TRY(ImageReference::parse(image));
  ImageSource& source = *PAWL_TRY(source_of(reference));
  const ImageDescription description = PAWL_TRY(describe_in(source, reference));
  std::shared_ptr<Slot> slot;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Slot>& found = slots_[description.digest];
    if (!found) found = std::make_shared<Slot>();
    slot = found;
  }
  const std::lock_guard lock(slot->mutex);
  if (std::shared_ptr<const UnpackedImage> ready = slot->image.lock()) return ready;
  const std::string folder = options_.folder + "/" + description.digest.substr(kDigestPrefix);
  std::shared_ptr<const UnpackedImage> out;
  if (fs::exists(folder)) {
    out = std::make_shared<UnpackedImage>(
        UnpackedImage{folder + "/root", description.digest, description.config});
  } else {
    out = PAWL_TRY(unpack(source, description));
  }
  utimensat(AT_FDCWD, folder.c_str(), nullptr, 0);  // when it was last used
  slot->image = out;
  forget_unused();
  return out;
}

Result<std::shared_ptr<const UnpackedImage>> ImageCache::unpack(ImageSource& source,
                                                                const ImageDescription& image) {
  const std::string name = image.digest.substr(kDigestPrefix);
  const std::string partial = options_.folder + "/partial/" + name;
  const std::string root = partial + "/root";
  std::error_code failure;
  remove_tree(partial);
  fs::create_directories(root, failure);
  fs::permissions(root, fs::perms(0755), failure);
  if (failure) return Error(ErrorKind::Io, partial + ": " + failure.message());
  UnpackTotals totals;
  const auto apply_layers = [&]() -> Result<void> {
    for (const Descriptor& layer : image.manifest.layers) {
      const auto blob = PAWL_TRY(source.blob(image.reference, layer));
      PAWL_TRY_VOID(unpack_layer(blob->path(), root, options_.limits, totals));
    }
    return make_mount_points(root);
  };
  if (const Result<void> applied = apply_layers(); !applied) {
    remove_tree(partial);
    return applied.error();
  }
  std::ofstream(partial + "/size") << totals.bytes;
  // What has its final name is believed to be whole, also after a power failure.
  const FileDescriptor made(::open(partial.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!made || syncfs(made.get()) != 0)
    return Error(ErrorKind::Io, partial + ": " + strerror(errno));
  const std::string folder = options_.folder + "/" + name;
  fs::rename(partial, folder, failure);
  if (failure) return Error(ErrorKind::Io, folder + ": " + failure.message());
  return std::make_shared<const UnpackedImage>(
      UnpackedImage{folder + "/root", image.digest, image.config});
}

void ImageCache::forget_unused() {
  struct Kept {
    fs::file_time_type used_at;
    std::string name;
    uint64_t bytes;
  };
  std::vector<Kept> all;
  uint64_t sum = 0;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(options_.folder, failure)) {
    std::ifstream size(entry.path() / "size");
    Kept kept{entry.last_write_time(failure), entry.path().filename(), 0};
    if (!(size >> kept.bytes)) continue;
    sum += kept.bytes;
    all.push_back(std::move(kept));
  }
  std::sort(all.begin(), all.end(),
            [](const Kept& a, const Kept& b) { return a.used_at < b.used_at; });
  for (const Kept& kept : all) {
    if (sum <= options_.bytes_max) return;
    const std::lock_guard lock(mutex_);
    const auto slot = slots_.find("sha256:" + kept.name);
    if (slot != slots_.end()) {
      // Also not while somebody is about to use it, which holds the slot.
      if (slot->second.use_count() > 1 || !slot->second->image.expired()) continue;
      slots_.erase(slot);
    }
    const std::string gone = options_.folder + "/partial/" + kept.name;
    fs::rename(options_.folder + "/" + kept.name, gone, failure);
    remove_tree(gone);
    sum -= kept.bytes;
  }
}

}  // namespace pawl::container
