// SPDX-License-Identifier: Apache-2.0
#include "app/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace pawl::app {
namespace {

/// Closes what it opened; standard input stays open.
class Descriptor {
 public:
  Descriptor(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {}
  ~Descriptor() {
    if (owned_ && descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
  bool owned_;
};

base::Error system_error(const std::string& path, int number) {
  const base::ErrorKind kind = number == ENOENT ? base::ErrorKind::NotFound : base::ErrorKind::Io;
  return {kind, path + ": " + std::strerror(number)};
}

}  // namespace

base::Result<std::string> read_text_file(const std::string& path, size_t bytes_max) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  const Descriptor file(standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC),
                        !standard_input);
  if (file.get() < 0) return system_error(name, errno);
  struct stat facts {};
  if (fstat(file.get(), &facts) == 0 && S_ISDIR(facts.st_mode)) return system_error(name, EISDIR);
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(name, errno);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(got));
    if (text.size() > bytes_max) {
      return base::Error(base::ErrorKind::LimitExceeded, name + ": longer than the limit of " +
                                                             std::to_string(bytes_max) + " bytes");
    }
  }
}

void write_fully(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

base::Result<void> write_text_file(const std::string& path, std::string_view text) {
  if (path == "-") {
    write_fully(STDOUT_FILENO, text);
    return {};
  }
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), true);
  if (file.get() < 0) return system_error(path, errno);
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(path, errno);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace pawl::app
