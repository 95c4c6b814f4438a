// SPDX-License-Identifier: Apache-2.0
#include "container/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace pawl::container {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kAccountsBytesMax = size_t{1} << 20;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<uint32_t> number_of(std::string_view text) {
  uint32_t out = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failure != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return out;
}

/// The line of passwd(5) or group(5) whose field `field` is `value`.
std::optional<std::vector<std::string>> account_line(const RootDirectory& root,
                                                     const std::string& file, size_t field,
                                                     std::string_view value) {
  const std::optional<std::string> text = root.read_file(file, kAccountsBytesMax);
  if (!text) return std::nullopt;
  for (const std::string_view line : split(*text, '\n')) {
    const std::vector<std::string_view> fields = split(line, ':');
    if (fields.size() <= std::max<size_t>(field, 2) || fields[field] != value) continue;
    return std::vector<std::string>(fields.begin(), fields.end());
  }
  return std::nullopt;
}

}  // namespace

Result<RootDirectory> RootDirectory::open(const std::string& path) {
  FileDescriptor root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return Error(errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io,
                 path + ": " + strerror(errno));
  }
  return RootDirectory(std::move(root));
}

FileDescriptor RootDirectory::open_at(const std::string& path, int flags, mode_t mode) const {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    const long opened =
        syscall(SYS_openat2, root_.get(), path.empty() ? "." : path.c_str(), &how, sizeof how);
    // EAGAIN: something was renamed meanwhile, and ".." could not be trusted.
    if (opened < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    return FileDescriptor(static_cast<int>(opened));
  }
}

std::optional<std::string> RootDirectory::canonical(const std::string& path) const {
  std::array<char, 4096> buffer{};
  const auto name_of = [&buffer](int descriptor) -> std::optional<std::string> {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = readlink(link.c_str(), buffer.data(), buffer.size());
    if (length <= 0 || static_cast<size_t>(length) == buffer.size()) return std::nullopt;
    return std::string(buffer.data(), static_cast<size_t>(length));
  };
  const std::optional<std::string> root = name_of(root_.get());
  if (!root) return std::nullopt;
  std::string existing = path;
  std::string rest;
  for (;;) {
    const FileDescriptor found = open_at(existing, O_PATH);
    if (found) {
      const std::optional<std::string> name = name_of(found.get());
      if (!name || !name->starts_with(*root)) return std::nullopt;
      std::string out = name->substr(*root == "/" ? 0 : root->size());
      if (out.empty() && rest.empty()) return "/";
      return out + rest;
    }
    if (errno != ENOENT) return std::nullopt;
    // A link that leads nowhere exists; making something at its target is not for us.
    if (open_at(existing, O_PATH | O_NOFOLLOW)) return std::nullopt;
    while (existing.size() > 1 && existing.back() == '/') existing.pop_back();
    const size_t slash = existing.rfind('/');
    const std::string last = existing.substr(slash == std::string::npos ? 0 : slash + 1);
    if (last == ".." || last.empty()) return std::nullopt;
    if (last != ".") rest.insert(0, "/" + last);
    existing.resize(slash == std::string::npos ? 0 : slash);
  }
}

std::optional<std::string> RootDirectory::read_file(const std::string& path,
                                                    size_t bytes_max) const {
  const FileDescriptor file = open_at(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (static_cast<size_t>(status.st_size) > bytes_max) return std::nullopt;
  std::string out;
  std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 || out.size() > bytes_max) return std::nullopt;
    if (count == 0) return out;
    out.append(buffer.data(), static_cast<size_t>(count));
  }
}

std::optional<std::string> RootDirectory::find_program(std::string_view program,
                                                       std::string_view search_path,
                                                       const std::string& working_directory) const {
  const auto is_executable = [this](const std::string& path) {
    const FileDescriptor file = open_at(path, O_PATH);
    struct stat status {};
    return file && fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
           (status.st_mode & 0111) != 0;
  };
  if (program.empty()) return std::nullopt;
  if (program.find('/') != std::string_view::npos) {
    std::string path(program);
    if (path.front() != '/') path = working_directory + "/" + path;
    return is_executable(path) ? std::optional(path) : std::nullopt;
  }
  for (const std::string_view folder : split(search_path, ':')) {
    std::string path = std::string(folder) + "/" + std::string(program);
    if (is_executable(path)) return path;
  }
  return std::nullopt;
}

Result<ContainerUser> find_user(const RootDirectory& root, std::string_view user) {
  const size_t colon = user.find(':');
  const std::string_view name = user.substr(0, colon);
  ContainerUser out;
  if (!name.empty()) {
    const std::optional<uint32_t> number = number_of(name);
    const auto line = account_line(root, "/etc/passwd", number ? 2 : 0, name);
    if (!line && !number) {
      return Error(ErrorKind::NotFound, "unable to find user " + std::string(name) +
                                            ": no matching entries in passwd file");
    }
    if (line) {
      out.user = number_of((*line)[2]).value_or(0);
      if (line->size() > 3) out.group = number_of((*line)[3]).value_or(0);
      if (line->size() > 5 && !(*line)[5].empty()) out.home = (*line)[5];
    } else {
      out.user = *number;
    }
  } else if (const auto line = account_line(root, "/etc/passwd", 2, "0"); line) {
    if (line->size() > 5 && !(*line)[5].empty()) out.home = (*line)[5];
  }
  if (colon == std::string_view::npos) return out;
  const std::string_view group = user.substr(colon + 1);
  const std::optional<uint32_t> number = number_of(group);
  if (number) {
    out.group = *number;
    return out;
  }
  const auto line = account_line(root, "/etc/group", 0, group);
  if (!line) {
    return Error(ErrorKind::NotFound, "unable to find group " + std::string(group) +
                                          ": no matching entries in group file");
  }
  out.group = number_of((*line)[2]).value_or(0);
  return out;
}

}  // namespace pawl::container
