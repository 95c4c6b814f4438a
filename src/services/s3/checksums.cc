// SPDX-License-Identifier: Apache-2.0
// CRCs in the reflected form, eight bytes a step; digests are OpenSSL's.
#include "services/s3/checksums.h"

#include <openssl/evp.h>

#include <array>
#include <cstring>

#include "aws/http_message.h"
#include "base/assert.h"

namespace pawl::s3 {
namespace {

struct Polynomial {
  uint64_t reflected;
  int bits;
};

Polynomial polynomial_of(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::Crc32: return {0xEDB88320, 32};
    case ChecksumAlgorithm::Crc32c: return {0x82F63B78, 32};
    default: return {0x9A6C9329AC4BC9B5, 64};
  }
}

/// tables[k][b]: the register after byte b and k zero bytes.
using Tables = std::array<std::array<uint64_t, 256>, 8>;

Tables make_tables(uint64_t reflected) {
  Tables tables;
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected : 0);
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

const Tables& tables_of(ChecksumAlgorithm algorithm) {
  static const Tables kCrc32 = make_tables(polynomial_of(ChecksumAlgorithm::Crc32).reflected);
  static const Tables kCrc32c = make_tables(polynomial_of(ChecksumAlgorithm::Crc32c).reflected);
  static const Tables kCrc64 = make_tables(polynomial_of(ChecksumAlgorithm::Crc64Nvme).reflected);
  if (algorithm == ChecksumAlgorithm::Crc32) return kCrc32;
  return algorithm == ChecksumAlgorithm::Crc32c ? kCrc32c : kCrc64;
}

/// The register moves through `bytes`; complements are the caller's.
uint64_t crc_step(const Tables& tables, uint64_t crc, std::string_view bytes) {
  while (bytes.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);  // little-endian machines only, as all of the store is
    word ^= crc;
    crc = 0;
    for (size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][(word >> (8 * k)) & 0xff];
    bytes.remove_prefix(8);
  }
  for (const char c : bytes) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<uint8_t>(c)) & 0xff];
  return crc;
}

uint64_t ones(int bits) { return bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1; }

std::string to_bytes(uint64_t crc, int bits) {
  std::string bytes;
  for (int shift = bits - 8; shift >= 0; shift -= 8) bytes += static_cast<char>(crc >> shift);
  return bytes;
}

uint64_t from_bytes(std::string_view bytes) {
  uint64_t crc = 0;
  for (const char c : bytes) crc = (crc << 8) | static_cast<uint8_t>(c);
  return crc;
}

/// A linear map of the register: column i is what bit i becomes.
using Matrix = std::array<uint64_t, 64>;

uint64_t times(const Matrix& matrix, uint64_t vector) {
  uint64_t sum = 0;
  for (size_t i = 0; vector != 0; ++i, vector >>= 1) {
    if ((vector & 1) != 0) sum ^= matrix[i];
  }
  return sum;
}

Matrix squared(const Matrix& matrix) {
  Matrix out{};
  for (size_t i = 0; i < 64; ++i) out[i] = times(matrix, matrix[i]);
  return out;
}

const EVP_MD* digest_of(ChecksumAlgorithm algorithm) {
  return algorithm == ChecksumAlgorithm::Sha1 ? EVP_sha1() : EVP_sha256();
}

struct Name {
  ChecksumAlgorithm algorithm;
  std::string_view name;
  size_t bytes;
};
constexpr Name kNames[] = {{ChecksumAlgorithm::Crc32, "CRC32", 4},
                           {ChecksumAlgorithm::Crc32c, "CRC32C", 4},
                           {ChecksumAlgorithm::Crc64Nvme, "CRC64NVME", 8},
                           {ChecksumAlgorithm::Sha1, "SHA1", 20},
                           {ChecksumAlgorithm::Sha256, "SHA256", 32}};

}  // namespace

std::optional<ChecksumAlgorithm> checksum_algorithm_named(std::string_view name) {
  for (const Name& each : kNames) {
    if (aws::equals_ignoring_case(each.name, name)) return each.algorithm;
  }
  return std::nullopt;
}

std::string_view name_of(ChecksumAlgorithm algorithm) {
  return kNames[static_cast<size_t>(algorithm)].name;
}

std::string member_of(std::string_view algorithm) { return "Checksum" + std::string(algorithm); }

std::string header_of(std::string_view algorithm) {
  return "x-amz-checksum-" + aws::lower_ascii(algorithm);
}

size_t bytes_of(ChecksumAlgorithm algorithm) {
  return kNames[static_cast<size_t>(algorithm)].bytes;
}

bool is_crc(ChecksumAlgorithm algorithm) {
  return algorithm != ChecksumAlgorithm::Sha1 && algorithm != ChecksumAlgorithm::Sha256;
}

struct Digester::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  ChecksumAlgorithm algorithm = ChecksumAlgorithm::Crc32;
  uint64_t crc = 0;
  std::unique_ptr<EVP_MD_CTX, Free> digest = nullptr;  ///< null: a CRC

  void begin(const EVP_MD* type) {
    digest.reset(EVP_MD_CTX_new());
    PAWL_ASSERT(digest && EVP_DigestInit_ex(digest.get(), type, nullptr) == 1);
  }
};

Digester::Digester(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digester::Digester(ChecksumAlgorithm algorithm) : state_(std::make_unique<State>()) {
  state_->algorithm = algorithm;
  if (is_crc(algorithm)) {
    state_->crc = ones(polynomial_of(algorithm).bits);
  } else {
    state_->begin(digest_of(algorithm));
  }
}
Digester Digester::md5() {
  auto state = std::make_unique<State>();
  state->begin(EVP_md5());
  return Digester(std::move(state));
}
Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;

void Digester::update(std::string_view bytes) {
  if (state_->digest) {
    PAWL_ASSERT(EVP_DigestUpdate(state_->digest.get(), bytes.data(), bytes.size()) == 1);
  } else {
    state_->crc = crc_step(tables_of(state_->algorithm), state_->crc, bytes);
  }
}

std::string Digester::finish() {
  if (state_->digest) {
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    PAWL_ASSERT(EVP_DigestFinal_ex(state_->digest.get(), raw, &size) == 1);
    return std::string(reinterpret_cast<const char*>(raw), size);
  }
  const int bits = polynomial_of(state_->algorithm).bits;
  return to_bytes(state_->crc ^ ones(bits), bits);
}

std::string combine_crc(ChecksumAlgorithm algorithm, std::string_view first,
                        std::string_view second, uint64_t second_bytes) {
  // The first register moves on through as many zero bytes as the second text has (Mark Adler,
  // crc32_combine); the complements cancel out.
  const Polynomial polynomial = polynomial_of(algorithm);
  Matrix step{};  // one zero byte
  for (size_t i = 0; i < static_cast<size_t>(polynomial.bits); ++i) {
    step[i] = crc_step(tables_of(algorithm), uint64_t{1} << i, std::string_view("\0", 1));
  }
  uint64_t crc = from_bytes(first);
  for (; second_bytes != 0; second_bytes >>= 1) {
    if ((second_bytes & 1) != 0) crc = times(step, crc);
    if (second_bytes > 1) step = squared(step);
  }
  return to_bytes(crc ^ from_bytes(second), polynomial.bits);
}

}  // namespace pawl::s3
