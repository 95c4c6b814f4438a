// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/random.h"

namespace pawl::base {
namespace {

TEST(Bytes, Base64) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("Data to encode"), "RGF0YSB0byBlbmNvZGU=");
  EXPECT_EQ(base64_decode("RGF0YSB0byBlbmNvZGU="), "Data to encode");
  for (const char* wrong : {"A", "AB=C", "====", "A B=", "AAA\n", "A?=="})
    EXPECT_FALSE(base64_decode(wrong)) << wrong;
}

TEST(Bytes, Digests) {
  EXPECT_EQ(hex_encode(digest(DigestAlgorithm::Md5, "input data")),
            "812f45842bc6d66ee14572ce20db8e86");
  EXPECT_EQ(hex_encode(digest(DigestAlgorithm::Sha1, "input data")),
            "aaff4a450a104cd177d28d18d74485e8cae074b7");
  EXPECT_EQ(digest(DigestAlgorithm::Sha512, "").size(), 64U);
}

TEST(Random, UuidsAreVersion4AndRepeatWithTheSeed) {
  Random a(7);
  Random b(7);
  const std::string id = make_uuid(a);
  EXPECT_EQ(id, make_uuid(b));
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(id[14], '4');
  EXPECT_NE(id, make_uuid(a));
}

TEST(Integer, IsStrict) {
  EXPECT_EQ(parse_int64("-42"), -42);
  EXPECT_EQ(parse_int64("9223372036854775807"), INT64_MAX);
  for (const char* wrong : {"", " 1", "1 ", "1.0", "9223372036854775808", "0x1", "+-1"}) {
    EXPECT_FALSE(parse_int64(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace pawl::base
