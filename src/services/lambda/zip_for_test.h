// SPDX-License-Identifier: Apache-2.0
// Zips of any content, also malicious, for tests of packages and of the service.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <string>
#include <vector>

namespace pawl::lambda {

struct ZipEntry {
  std::string name;
  std::string text;
  mode_t type = AE_IFREG;  ///< AE_IFLNK: `text` is the target
  int mode = 0644;
};

inline std::string zip_of(const std::vector<ZipEntry>& entries) {
  std::string out(64 << 20, '\0');
  size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const ZipEntry& each : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, each.name.c_str());
    archive_entry_set_filetype(entry, each.type);
    archive_entry_set_perm(entry, static_cast<mode_t>(each.mode));
    if (each.type == AE_IFLNK) {
      archive_entry_set_symlink(entry, each.text.c_str());
    } else {
      archive_entry_set_size(entry, static_cast<la_int64_t>(each.text.size()));
    }
    archive_write_header(writer, entry);
    if (each.type == AE_IFREG) archive_write_data(writer, each.text.data(), each.text.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
  out.resize(used);
  return out;
}

}  // namespace pawl::lambda
