// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA256 (RFC 2104) and incremental SHA-256, by OpenSSL with an EVP_MD fetched once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pawl::aws {

/// 32 raw bytes. Thread-safe.
std::string hmac_sha256(std::string_view key, std::string_view message);

/// Lower-case hex. Thread-safe.
std::string sha256_hex(std::string_view bytes);

/// Takes the same time wherever the first difference is; lengths are no secret.
bool equals_constant_time(std::string_view a, std::string_view b);

/// SHA-256 of bytes that come in pieces. Movable; used by one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// Lower-case hex; begins anew after it.
  std::string finish_hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace pawl::aws
