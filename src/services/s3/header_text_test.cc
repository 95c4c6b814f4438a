// SPDX-License-Identifier: Apache-2.0
// Expectations are recorded answers of S3 unless they say otherwise.
#include "services/s3/header_text.h"

#include <gtest/gtest.h>

#include "services/s3/conditions.h"
#include "services/s3/java_date.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {
namespace {

TEST(HeaderText, UserMetadata) {
  EXPECT_EQ(decode_header_word("=?UTF-8?B?YWJj?="), "abc");
  EXPECT_EQ(decode_header_word("=?UTF-8?Q?actually-ascii?="), "actually-ascii");
  EXPECT_EQ(encode_header_word("plain ~!"), "plain ~!");
  EXPECT_EQ(encode_header_word("test_\u2014_file%E2%80%94_\u00e9_2?.pdf"),
            "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?=");
  EXPECT_EQ(encode_header_word("\u00c4M\u00c4Z\u00d5\u00d1 S3"),
            "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?=");
  EXPECT_EQ(encode_header_word(std::string("\0\1\2\3", 4)), "=?UTF-8?B?AAECAw==?=");
  EXPECT_EQ(encode_header_word(decode_header_word("=?UTF-8?B?=GGG?=")), "=?UTF-8?B?77+9Ye+/vQ==?=");
}

TEST(HeaderText, Tagging) {
  EXPECT_EQ(*parse_tagging("a=1&b="), (Pairs{{"a", "1"}, {"b", ""}}));
  EXPECT_FALSE(parse_tagging("key1=val1&key1=val2"));
  EXPECT_FALSE(parse_tagging("key1=val1,key2=val2"));
}

TEST(HeaderText, CopySource) {
  const auto source = parse_copy_source("/bucket/a%2520b/c?versionId=x");
  ASSERT_TRUE(source);
  EXPECT_EQ(source->bucket, "bucket");
  EXPECT_EQ(source->key, "a%20b/c");
  EXPECT_EQ(source->version_id, "x");
  EXPECT_FALSE(parse_copy_source("bucket"));
  EXPECT_FALSE(parse_copy_source("bucket/"));
}

TEST(HeaderText, JavaDate) {
  EXPECT_EQ(java_date({1'577'836'800'000}), "Tue Dec 31 16:00:00 PST 2019");
  // The last second before and the first of daylight time (2021-03-14), by the rule of 2007.
  EXPECT_EQ(java_date({1'615'715'999'000}), "Sun Mar 14 01:59:59 PST 2021");
  EXPECT_EQ(java_date({1'615'716'000'000}), "Sun Mar 14 03:00:00 PDT 2021");
}

TEST(Ranges, OnlySingleOnesCount) {
  const auto range = [](std::string_view text) {
    const auto parsed = parse_range(text, 10);
    if (!parsed) return std::string("416");
    if (!*parsed) return std::string("all");
    return std::to_string((*parsed)->first) + "+" + std::to_string((*parsed)->length);
  };
  EXPECT_EQ(range("bytes=0-8"), "0+9");
  EXPECT_EQ(range("bytes=1-0"), "all");
  EXPECT_EQ(range("bytes=1-"), "1+9");
  EXPECT_EQ(range("bytes=-1-"), "all");
  EXPECT_EQ(range("bytes=-2"), "8+2");
  EXPECT_EQ(range("bytes=-15"), "0+10");
  EXPECT_EQ(range("bytes=0-100"), "0+10");
  EXPECT_EQ(range("bytes=0--1"), "all");
  EXPECT_EQ(range("bytes=0-1,3-4,7-9"), "all");
  EXPECT_EQ(range("0-1"), "all");
  EXPECT_EQ(range("bytes=-"), "all");
  EXPECT_EQ(range("bytes=-0"), "416");
  EXPECT_EQ(range("bytes=100-200"), "416");
}

TEST(VersionIds, CarryTheirSequence) {
  for (const uint64_t sequence : {uint64_t{0}, uint64_t{1}, ~uint64_t{0}, uint64_t{1} << 60}) {
    const std::string id = make_version_id(sequence);
    EXPECT_TRUE(is_version_id(id));
    EXPECT_EQ(sequence_of(id), sequence);
    EXPECT_NE(make_version_id(sequence), id);
  }
  EXPECT_FALSE(sequence_of("null"));
}

}  // namespace
}  // namespace pawl::s3
