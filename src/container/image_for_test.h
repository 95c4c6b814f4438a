// SPDX-License-Identifier: Apache-2.0
// Images made of nothing for tests: layers entry by entry, hostile ones too, and a source that has
// them. No registry, no network.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "container/blob_digest.h"
#include "container/image_source.h"
#include "container/remove_tree.h"
#include "json/write.h"

namespace pawl::container {

/// One entry of a layer; names and targets go into the archive as they are.
struct TestEntry {
  std::string name;
  std::string content = {};
  unsigned mode = 0644;
  int type = AE_IFREG;
  std::string link = {};  ///< of AE_IFLNK; of a hard link if `is_hard_link`
  bool is_hard_link = false;
};

enum class TestPacking { None, Gzip, Zstd };

inline std::string make_layer(const std::vector<TestEntry>& entries,
                              TestPacking packing = TestPacking::Gzip) {
  std::string out;
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  archive_write_set_bytes_in_last_block(writer, 1);  // no padding after the last frame
  if (packing == TestPacking::Gzip) archive_write_add_filter_gzip(writer);
  if (packing == TestPacking::Zstd) archive_write_add_filter_zstd(writer);
  const auto append = [](archive*, void* to, const void* bytes, size_t count) -> la_ssize_t {
    static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
    return static_cast<la_ssize_t>(count);
  };
  archive_write_open(writer, &out, nullptr, append, nullptr);
  for (const TestEntry& each : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, each.name.c_str());
    archive_entry_set_mtime(entry, 1'600'000'000, 0);
    archive_entry_set_filetype(entry, static_cast<unsigned>(each.type));
    archive_entry_set_perm(entry, static_cast<mode_t>(each.mode));
    if (each.is_hard_link) {
      archive_entry_set_hardlink(entry, each.link.c_str());
    } else if (each.type == AE_IFLNK) {
      archive_entry_set_symlink(entry, each.link.c_str());
    }
    if (each.type == AE_IFCHR || each.type == AE_IFBLK) archive_entry_set_rdev(entry, 0x0103);
    const bool has_content = each.type == AE_IFREG && !each.is_hard_link;
    archive_entry_set_size(entry, has_content ? static_cast<la_int64_t>(each.content.size()) : 0);
    archive_write_header(writer, entry);
    if (has_content) archive_write_data(writer, each.content.data(), each.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return out;
}

/// Debian's statically linked busybox, as a layer: /bin/busybox and links to it.
inline TestEntry busybox_entry() {
  std::ifstream file("/bin/busybox", std::ios::binary);
  return {"bin/busybox", std::string(std::istreambuf_iterator<char>(file), {}), 0755};
}
inline std::vector<TestEntry> busybox_entries(const std::vector<std::string>& commands) {
  std::vector<TestEntry> out = {busybox_entry()};
  for (const std::string& each : commands)
    out.push_back({"bin/" + each, "", 0777, AE_IFLNK, "busybox"});
  return out;
}

/// What an image's configuration says; JSON text of the "config" member and the platform.
struct TestImageConfig {
  std::string process = "{}";
  std::string architecture = machine_platform().architecture;
};

/// A registry called "test.local". Thread-safe.
class TestImageSource final : public ImageSource {
 public:
  TestImageSource() {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-images-XXXXXX").string();
    PAWL_ASSERT(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  ~TestImageSource() override { remove_tree(folder_); }

  const std::string& folder() const { return folder_; }

  /// "test.local/NAME:latest"; the manifest's digest.
  std::string add(const std::string& name, const std::vector<std::string>& layers,
                  const TestImageConfig& config = {}) {
    const std::string configuration = R"({"os":"linux","architecture":")" + config.architecture +
                                      R"(","config":)" + config.process +
                                      R"(,"rootfs":{"type":"layers","diff_ids":[]}})";
    std::string manifest =
        R"({"schemaVersion":2,"mediaType":")" + std::string(kOciManifest) + R"(","config":)" +
        descriptor("application/vnd.oci.image.config.v1+json", configuration) + R"(,"layers":[)";
    for (size_t i = 0; i < layers.size(); ++i) {
      if (i != 0) manifest += ",";
      manifest += descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layers[i]);
    }
    manifest += "]}";
    return add_manifest(name, kOciManifest, manifest);
  }

  std::string add_manifest(const std::string& name, std::string_view media_type,
                           const std::string& bytes) {
    const std::lock_guard lock(mutex_);
    const std::string digest = digest_of(bytes);
    manifests_[name + "@" + digest] = {std::string(media_type), digest, bytes};
    manifests_[name + ":latest"] = {std::string(media_type), digest, bytes};
    return digest;
  }

  /// How often a blob was asked for.
  size_t blobs_asked() const { return blobs_asked_; }

  bool serves(const ImageReference& reference) const override {
    return reference.registry == "test.local";
  }
  base::Result<StoredManifest> manifest(const ImageReference& reference) override {
    const std::lock_guard lock(mutex_);
    const auto found =
        manifests_.find(reference.digest.empty() ? reference.repository + ":" + reference.tag
                                                 : reference.repository + "@" + reference.digest);
    if (found != manifests_.end()) return found->second;
    return base::Error(base::ErrorKind::NotFound, reference.text() + ": not found");
  }
  base::Result<std::unique_ptr<BlobFile>> blob(const ImageReference&,
                                               const Descriptor& blob) override {
    ++blobs_asked_;
    const std::string path = folder_ + "/" + blob.digest.substr(7);
    if (!std::filesystem::exists(path)) {
      return base::Error(base::ErrorKind::NotFound, blob.digest + ": not found");
    }
    return std::unique_ptr<BlobFile>(std::make_unique<KeptFile>(path));
  }

 private:
  class KeptFile final : public BlobFile {
   public:
    explicit KeptFile(std::string path) : path_(std::move(path)) {}
    const std::string& path() const override { return path_; }

   private:
    std::string path_;
  };

  std::string descriptor(const std::string& media_type, const std::string& bytes) {
    const std::string digest = digest_of(bytes);
    std::ofstream(folder_ + "/" + digest.substr(7), std::ios::binary) << bytes;
    return R"({"mediaType":")" + media_type + R"(","digest":")" + digest + R"(","size":)" +
           std::to_string(bytes.size()) + "}";
  }

  std::string folder_;
  std::mutex mutex_;
  std::map<std::string, StoredManifest> manifests_;
  std::atomic<size_t> blobs_asked_{0};
};

}  // namespace pawl::container
