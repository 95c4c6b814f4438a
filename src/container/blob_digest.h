// SPDX-License-Identifier: Apache-2.0
// Sha256: the digest of a blob that comes in pieces or lies in a file (OpenSSL).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::container {

/// Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// "sha256:…" of all so far; nothing may follow.
  std::string digest();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// "sha256:…" of these bytes.
std::string digest_of(std::string_view bytes);

/// "sha256:…" of a file. Blocks. Errors: Io.
base::Result<std::string> digest_of_file(const std::string& path);

}  // namespace pawl::container
