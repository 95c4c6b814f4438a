// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM (NIST SP 800-38D) and random bytes, over OpenSSL: bytes sealed under a key with a
// context that must be the same to open them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::store {

inline constexpr size_t kAesKeyBytes = 32;
/// By which what is sealed is longer: 12 bytes of nonce before it, 16 of tag behind it.
inline constexpr size_t kSealBytes = 28;

/// From the operating system's generator. Thread-safe.
std::string random_bytes(size_t count);

/// A version 4 UUID of random bytes.
std::string random_uuid();

/// Nonce, ciphertext and tag. `key` has kAesKeyBytes; the nonce is random, so one key is good for
/// some 2^32 seals. Thread-safe.
std::string seal(std::string_view key, std::string_view plaintext, std::string_view context);

/// What was sealed; nullopt if a bit of it, the key or the context differs. Thread-safe.
std::optional<std::string> unseal(std::string_view key, std::string_view sealed,
                                  std::string_view context);

/// Overwrites the text before it goes.
void wipe(std::string& secret);

}  // namespace pawl::store
