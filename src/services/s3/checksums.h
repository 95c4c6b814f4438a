// SPDX-License-Identifier: Apache-2.0
// The checksums of S3 (User Guide, "Checking object integrity"): CRC32, CRC32C, CRC64NVME, SHA1,
// SHA256 and MD5 over bytes that come in pieces; CRCs of parts put together to that of the whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pawl::s3 {

enum class ChecksumAlgorithm : uint8_t { Crc32, Crc32c, Crc64Nvme, Sha1, Sha256 };

/// "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", in any case.
std::optional<ChecksumAlgorithm> checksum_algorithm_named(std::string_view name);
std::string_view name_of(ChecksumAlgorithm algorithm);
/// The member of shapes: "ChecksumCRC32".
std::string member_of(std::string_view algorithm);
/// The header: "x-amz-checksum-crc32".
std::string header_of(std::string_view algorithm);
/// Raw bytes: 4, 8, 20 or 32.
size_t bytes_of(ChecksumAlgorithm algorithm);
/// Whether checksums of parts can be put together to that of the whole.
bool is_crc(ChecksumAlgorithm algorithm);

/// One digest of bytes that come in pieces. Movable; one thread.
class Digester {
 public:
  explicit Digester(ChecksumAlgorithm algorithm);
  static Digester md5();
  ~Digester();
  Digester(Digester&&) noexcept;
  Digester& operator=(Digester&&) noexcept;

  void update(std::string_view bytes);
  /// Raw bytes, most significant first; the last call.
  std::string finish();

 private:
  struct State;
  explicit Digester(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The CRC of a text from those of its two parts; raw bytes. `algorithm` is a CRC.
std::string combine_crc(ChecksumAlgorithm algorithm, std::string_view first,
                        std::string_view second, uint64_t second_bytes);

}  // namespace pawl::s3
