// SPDX-License-Identifier: Apache-2.0
// Bytes as text and digests of bytes: base64, hex, MD5 and the SHA family (OpenSSL). Pure
// functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pawl::base {

/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);

/// RFC 4648 section 4; nullopt if a character or the padding is wrong.
std::optional<std::string> base64_decode(std::string_view text);

/// Lower-case hexadecimal.
std::string hex_encode(std::string_view bytes);

enum class DigestAlgorithm { Md5, Sha1, Sha256, Sha384, Sha512 };

/// The algorithm called "MD5", "SHA-1", "SHA-256", "SHA-384" or "SHA-512".
std::optional<DigestAlgorithm> digest_algorithm_named(std::string_view name);

/// The raw digest; 16 to 64 bytes. Thread-safe.
std::string digest(DigestAlgorithm algorithm, std::string_view bytes);

}  // namespace pawl::base
