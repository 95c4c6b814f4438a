// SPDX-License-Identifier: Apache-2.0
#include "container/blob_digest.h"

#include <fcntl.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "container/file_descriptor.h"

namespace pawl::container {

struct Sha256::Context {
  Context() : state(EVP_MD_CTX_new()) {
    PAWL_ASSERT(state != nullptr && EVP_DigestInit_ex(state, EVP_sha256(), nullptr) == 1);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(state); }
  EVP_MD_CTX* state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  PAWL_ASSERT(EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()) == 1);
}

std::string Sha256::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  PAWL_ASSERT(EVP_DigestFinal_ex(context_->state, out.data(), &size) == 1);
  return "sha256:" + base::hex_encode({reinterpret_cast<const char*>(out.data()), size});
}

std::string digest_of(std::string_view bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.digest();
}

base::Result<std::string> digest_of_file(const std::string& path) {
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return base::Error(base::ErrorKind::Io, path + ": " + strerror(errno));
  Sha256 sum;
  std::vector<char> buffer(size_t{256} << 10);
  for (;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::Error(base::ErrorKind::Io, path + ": " + strerror(errno));
    if (count == 0) return sum.digest();
    sum.update({buffer.data(), static_cast<size_t>(count)});
  }
}

}  // namespace pawl::container
