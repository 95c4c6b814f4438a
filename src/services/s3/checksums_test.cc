// SPDX-License-Identifier: Apache-2.0
#include "services/s3/checksums.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/random.h"

namespace pawl::s3 {
namespace {

std::string digest_of(ChecksumAlgorithm algorithm, std::string_view text) {
  Digester digester(algorithm);
  digester.update(text);
  return digester.finish();
}

// The check values of the catalogue of CRCs (reveng), over "123456789".
TEST(Checksums, KnownValues) {
  constexpr std::string_view kText = "123456789";
  EXPECT_EQ(base::hex_encode(digest_of(ChecksumAlgorithm::Crc32, kText)), "cbf43926");
  EXPECT_EQ(base::hex_encode(digest_of(ChecksumAlgorithm::Crc32c, kText)), "e3069283");
  EXPECT_EQ(base::hex_encode(digest_of(ChecksumAlgorithm::Crc64Nvme, kText)), "ae8b14860a799888");
  EXPECT_EQ(base::hex_encode(digest_of(ChecksumAlgorithm::Sha1, "")),
            "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

// Recorded answers of S3.
TEST(Checksums, RecordedValues) {
  EXPECT_EQ(base::base64_encode(digest_of(ChecksumAlgorithm::Crc64Nvme, "test data..")),
            "qUVrWYOrIAM=");
  EXPECT_EQ(base::base64_encode(digest_of(ChecksumAlgorithm::Crc32c, "test data..")), "Pf4upw==");
}

TEST(Checksums, PiecesAndPartsGiveTheWhole) {
  base::Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::string text(random.next() % 5'000, 0);
    for (char& c : text) c = static_cast<char>(random.next());
    const size_t cut = text.empty() ? 0 : random.next() % (text.size() + 1);
    const std::string_view first = std::string_view(text).substr(0, cut);
    const std::string_view second = std::string_view(text).substr(cut);
    for (const auto algorithm :
         {ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc64Nvme}) {
      const std::string whole = digest_of(algorithm, text);
      Digester pieces(algorithm);
      pieces.update(first);
      pieces.update(second);
      EXPECT_EQ(pieces.finish(), whole);
      EXPECT_EQ(combine_crc(algorithm, digest_of(algorithm, first), digest_of(algorithm, second),
                            second.size()),
                whole);
    }
  }
}

}  // namespace
}  // namespace pawl::s3
