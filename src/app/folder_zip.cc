// SPDX-License-Identifier: Apache-2.0
// libarchive's ZIP writer.
#include "app/folder_zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "app/text_file.h"
#include "base/bytes.h"

namespace pawl::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFilesBytesMax = size_t{250} << 20;
/// The first moment that ZIP knows, in UTC. ZIP also writes local time, so that the bytes depend on
/// the computer's time zone; the digest does not.
constexpr time_t kEntryTime = 315'532'800;
constexpr std::array<std::string_view, 3> kLeftOut{".git", ".aws-sam", "__pycache__"};

base::Error failed(const std::string& path, std::string_view what) {
  return {base::ErrorKind::Io, path + ": " + std::string(what)};
}

struct File {
  std::string name;  ///< in the archive
  fs::path path;
  bool executable;
};

bool is_left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::find(kLeftOut.begin(), kLeftOut.end(), name) != kLeftOut.end();
}

bool is_executable(const fs::path& path) {
  std::error_code error;
  const fs::perms bits = fs::status(path, error).permissions();
  return (bits & fs::perms::owner_exec) != fs::perms::none;
}

base::Result<std::vector<File>> files_below(const fs::path& root) {
  std::error_code error;
  if (!fs::exists(root, error))
    return base::Error(base::ErrorKind::NotFound, root.string() + ": no such file or folder");
  if (!fs::is_directory(root, error))
    return std::vector<File>{{root.filename().string(), root, is_executable(root)}};
  std::vector<File> files;
  fs::recursive_directory_iterator entry(root, fs::directory_options::follow_directory_symlink,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is_left_out(entry->path())) {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(error)) continue;
    files.push_back({fs::relative(entry->path(), root, error).generic_string(), entry->path(),
                     is_executable(entry->path())});
  }
  if (error) return failed(root.string(), error.message());
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.name < b.name; });
  return files;
}

using Archive = std::unique_ptr<archive, decltype(&archive_write_free)>;

la_ssize_t append(archive*, void* out, const void* bytes, size_t count) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

bool write_file(archive* out, const File& file, const std::string& content) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), file.executable ? 0755 : 0644);
  archive_entry_set_mtime(entry.get(), kEntryTime, 0);
  if (archive_write_header(out, entry.get()) != ARCHIVE_OK) return false;
  return archive_write_data(out, content.data(), content.size()) ==
         static_cast<la_ssize_t>(content.size());
}

}  // namespace

base::Result<FolderZip> zip_folder(const std::string& path) {
  const std::vector<File> files = PAWL_TRY(files_below(path));
  std::string bytes;
  std::string listing;
  const Archive out(archive_write_new(), archive_write_free);
  archive_write_set_format_zip(out.get());
  archive_write_set_bytes_in_last_block(out.get(), 1);
  if (archive_write_open(out.get(), &bytes, nullptr, append, nullptr) != ARCHIVE_OK)
    return failed(path, archive_error_string(out.get()));
  size_t left = kFilesBytesMax;
  for (const File& file : files) {
    const std::string content = PAWL_TRY(read_text_file(file.path.string(), left));
    left -= content.size();
    listing += file.name + (file.executable ? "\n+" : "\n-") +
               base::digest(base::DigestAlgorithm::Sha256, content);
    if (!write_file(out.get(), file, content))
      return failed(file.path.string(), archive_error_string(out.get()));
  }
  if (archive_write_close(out.get()) != ARCHIVE_OK)
    return failed(path, archive_error_string(out.get()));
  return FolderZip{std::move(bytes),
                   base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, listing))};
}

}  // namespace pawl::app
