// SPDX-License-Identifier: Apache-2.0
// A local folder. All of it runs on the loop's workers; links are neither followed nor copied.
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/bytes.h"
#include "services/datasync/place.h"

namespace pawl::datasync {
namespace {

namespace fs = std::filesystem;

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kFilesMax = 1'000'000;
constexpr size_t kPageFiles = 1'000;
constexpr size_t kBlockBytes = size_t{1} << 18;
constexpr std::string_view kPartial =
    ".pawl-partial-";  ///< before the name of a file being written

Error io_error(const fs::path& path, const std::string& why) {
  return {ErrorKind::Io, path.filename().string() + ": " + why};
}

/// Milliseconds since 1970 of a file's time.
int64_t unix_ms(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration_cast<std::chrono::milliseconds>(system.time_since_epoch()).count();
}

/// "a/b/c": no empty, "." or ".." step, nothing that ends a name early.
bool is_safe(const std::string& key) {
  if (key.empty() || key.find('\0') != std::string::npos) return false;
  for (size_t at = 0; at <= key.size();) {
    const size_t end = std::min(key.find('/', at), key.size());
    const std::string step = key.substr(at, end - at);
    if (step.empty() || step == "." || step == "..") return false;
    at = end + 1;
  }
  return true;
}

class FolderPlace final : public Place {
 public:
  FolderPlace(aws::ServiceLoop& loop, std::string root) : loop_(loop), root_(std::move(root)) {}

  void list(const std::string& token, Receiver<FilePage> receiver) override {
    work<FilePage>(std::move(receiver), [this, token] { return read_page(token); });
  }

  void look_up(const std::string& key, Receiver<std::optional<FileEntry>> receiver) override {
    using Found = std::optional<FileEntry>;
    work<Found>(std::move(receiver), [this, key]() -> Result<Found> {
      const fs::path path = PAWL_TRY(path_of(key));
      std::error_code failed;
      if (!fs::is_regular_file(fs::symlink_status(path, failed))) return Found();
      return Found(entry_of(path, key));
    });
  }

  void content_hash(const std::string& key, Receiver<std::string> receiver) override {
    work<std::string>(std::move(receiver), [this, key]() -> Result<std::string> {
      const fs::path path = PAWL_TRY(path_of(key));
      std::ifstream file(path, std::ios::binary);
      const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                           &EVP_MD_CTX_free);
      EVP_DigestInit_ex(digest.get(), EVP_md5(), nullptr);
      std::string block(kBlockBytes, '\0');
      while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        EVP_DigestUpdate(digest.get(), block.data(), static_cast<size_t>(file.gcount()));
      }
      if (!file.eof()) return io_error(path, "cannot be read");
      unsigned char bytes[EVP_MAX_MD_SIZE];
      unsigned int size = 0;
      EVP_DigestFinal_ex(digest.get(), bytes, &size);
      return base::hex_encode({reinterpret_cast<const char*>(bytes), size});
    });
  }

  void remove(const std::string& key, Done done) override {
    work<void>(std::move(done), [this, key]() -> Result<void> {
      const fs::path path = PAWL_TRY(path_of(key));
      std::error_code failed;
      fs::remove(path, failed);
      if (failed) return io_error(path, failed.message());
      return {};
    });
  }

  void read(const std::string& key, int64_t offset, int64_t length,
            Receiver<std::string> receiver) override {
    work<std::string>(std::move(receiver), [this, key, offset, length]() -> Result<std::string> {
      const fs::path path = PAWL_TRY(path_of(key));
      std::ifstream file(path, std::ios::binary);
      std::string bytes(static_cast<size_t>(length), '\0');
      file.seekg(offset);
      file.read(bytes.data(), length);
      if (file.bad() || (!file && !file.eof())) return io_error(path, "cannot be read");
      bytes.resize(static_cast<size_t>(file.gcount()));
      return bytes;
    });
  }

  void write(const std::string& key, std::string bytes, Done done) override {
    work<void>(std::move(done), [this, key, bytes = std::move(bytes)]() -> Result<void> {
      PAWL_TRY_VOID(append(key, bytes, true));
      return finish(key);
    });
  }

  void begin(const std::string& key, Receiver<std::string> id) override {
    work<std::string>(std::move(id), [this, key]() -> Result<std::string> {
      PAWL_TRY_VOID(append(key, "", true));
      return key;
    });
  }

  void write_part(const std::string& key, const std::string& /*id*/, int /*number*/,
                  std::string bytes, Receiver<std::string> tag) override {
    work<std::string>(std::move(tag),
                      [this, key, bytes = std::move(bytes)]() -> Result<std::string> {
                        PAWL_TRY_VOID(append(key, bytes, false));
                        return std::string();
                      });
  }

  void end(const std::string& key, const std::string& /*id*/, std::vector<std::string> /*tags*/,
           Done done) override {
    work<void>(std::move(done), [this, key] { return finish(key); });
  }

  void give_up(const std::string& key, const std::string& /*id*/) override {
    work<void>([](const Result<void>&) {},
               [this, key]() -> Result<void> {
                 std::error_code ignored;
                 fs::remove(partial_of(PAWL_TRY(path_of(key))), ignored);
                 return {};
               });
  }

 private:
  /// Runs `task` on a worker, gives its result on the loop's thread.
  template <typename T, typename Task>
  void work(Receiver<T> receiver, Task task) {
    loop_.work([this, receiver = std::move(receiver), task = std::move(task)]() mutable {
      auto result = std::make_shared<Result<T>>(task());
      loop_.post([receiver = std::move(receiver), result] { receiver(std::move(*result)); });
    });
  }

  /// Every folder on the way must be a folder, not a link to one.
  Result<fs::path> path_of(const std::string& key) const {
    if (!is_safe(key)) return Error(ErrorKind::Io, "a key is no path of a file: " + key);
    fs::path path = root_;
    const fs::path relative(key);
    for (auto step = relative.begin(); step != relative.end(); ++step) {
      path /= *step;
      std::error_code failed;
      if (fs::is_symlink(fs::symlink_status(path, failed)))
        return io_error(path, "is a symbolic link");
    }
    return path;
  }

  static fs::path partial_of(const fs::path& path) {
    return path.parent_path() / (std::string(kPartial) + path.filename().string());
  }

  static FileEntry entry_of(const fs::path& path, std::string key) {
    std::error_code failed;
    FileEntry entry;
    entry.key = std::move(key);
    entry.size = static_cast<int64_t>(fs::file_size(path, failed));
    entry.modified_ms = unix_ms(fs::last_write_time(path, failed));
    return entry;
  }

  Result<void> append(const std::string& key, const std::string& bytes, bool from_start) const {
    const fs::path path = PAWL_TRY(path_of(key));
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    const fs::path partial = partial_of(path);
    if (from_start) fs::remove(partial, failed);
    std::ofstream file(partial, std::ios::binary | std::ios::app);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) return io_error(path, "cannot be written");
    return {};
  }

  Result<void> finish(const std::string& key) const {
    const fs::path path = PAWL_TRY(path_of(key));
    std::error_code failed;
    fs::rename(partial_of(path), path, failed);
    if (failed) return io_error(path, failed.message());
    return {};
  }

  /// Keys of all regular files below the root, sorted as S3 sorts: one page of them. The list is
  /// read once and held until its last page is given.
  Result<FilePage> read_page(const std::string& token) {
    const size_t first = token.empty() ? 0 : std::stoul(token);
    if (token.empty()) PAWL_TRY_VOID(read_keys());
    FilePage page;
    const size_t end = std::min(keys_.size(), first + kPageFiles);
    for (size_t i = first; i < end; ++i)
      page.files.push_back(entry_of(fs::path(root_) / keys_[i], keys_[i]));
    if (end < keys_.size()) page.next = std::to_string(end);
    if (page.next.empty()) keys_.clear();
    return page;
  }

  Result<void> read_keys() {
    keys_.clear();
    std::error_code failed;
    fs::create_directories(root_, failed);
    fs::recursive_directory_iterator files(root_, failed);
    if (failed) return io_error(root_, failed.message());
    for (const fs::recursive_directory_iterator last; files != last; files.increment(failed)) {
      if (failed) return io_error(root_, failed.message());
      std::error_code unknown;
      if (!fs::is_regular_file(files->symlink_status(unknown))) continue;
      if (files->path().filename().string().starts_with(kPartial)) continue;
      if (keys_.size() >= kFilesMax) return io_error(root_, "more than 1,000,000 files");
      keys_.push_back(files->path().lexically_relative(root_).generic_string());
    }
    std::sort(keys_.begin(), keys_.end());
    return {};
  }

  aws::ServiceLoop& loop_;
  const std::string root_;
  std::vector<std::string> keys_;  ///< of a list being read; one list at a time
};

}  // namespace

std::unique_ptr<Place> make_folder_place(aws::ServiceLoop& loop, std::string root) {
  return std::make_unique<FolderPlace>(loop, std::move(root));
}

}  // namespace pawl::datasync
