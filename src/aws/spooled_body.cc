// SPDX-License-Identifier: Apache-2.0
// One file, read from its beginning.
#include "aws/spooled_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace pawl::aws {
namespace {

base::Error failure(const std::string& what, const std::string& path) {
  return {base::ErrorKind::Io, "cannot " + what + " " + path + ": " + std::strerror(errno)};
}

}  // namespace

SpooledBody::SpooledBody(std::string path, uint64_t size, std::shared_ptr<void> owner)
    : path_(std::move(path)), size_(size), owner_(std::move(owner)) {}

SpooledBody::~SpooledBody() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

base::Result<size_t> SpooledBody::read(char* out, size_t bytes_max) {
  if (descriptor_ < 0) descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) return failure("open", path_);
  for (;;) {
    const ssize_t got = ::read(descriptor_, out, bytes_max);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return failure("read", path_);
  }
}

base::Result<void> SpooledBody::move_to(const std::string& target) {
  if (std::rename(path_.c_str(), target.c_str()) != 0) return failure("move", path_);
  path_ = target;
  owner_ = nullptr;  // removes nothing: its name is gone and is not given twice
  return {};
}

}  // namespace pawl::aws
