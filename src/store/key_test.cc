// SPDX-License-Identifier: Apache-2.0
#include "store/key.h"

#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pawl::store {
namespace {

using namespace std::string_literals;

/// Bytes of which many are 00, 01, FE and FF.
rc::Gen<std::string> any_bytes() {
  return rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::element('\0', '\x01', '\xfe', '\xff', 'a'), rc::gen::arbitrary<char>()));
}

using Parts = std::tuple<std::string, int64_t, uint32_t>;

std::string key_of(const Parts& parts) {
  return KeyBuilder()
      .text(std::get<0>(parts))
      .i64(std::get<1>(parts))
      .u32(std::get<2>(parts))
      .take();
}

rc::Gen<Parts> any_parts() {
  return rc::gen::tuple(
      any_bytes(), rc::gen::oneOf(rc::gen::inRange<int64_t>(-2, 3), rc::gen::arbitrary<int64_t>()),
      rc::gen::oneOf(rc::gen::inRange<uint32_t>(0, 3), rc::gen::arbitrary<uint32_t>()));
}

/// As memcmp does; std::string compares char_traits, which is unsigned too, and this says so.
int compared(const std::string& a, const std::string& b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

TEST(Key, HasTheBytesOfItsFormat) {
  EXPECT_EQ(KeyBuilder().u8(7).view(), "\x07"s);
  EXPECT_EQ(KeyBuilder().u32(0x01020304).view(), "\x01\x02\x03\x04"s);
  EXPECT_EQ(KeyBuilder().u64(0x0102030405060708).view(), "\x01\x02\x03\x04\x05\x06\x07\x08"s);
  EXPECT_EQ(KeyBuilder().i64(-1).view(), "\x7f\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(KeyBuilder().i64(0).view(), "\x80\0\0\0\0\0\0\0"s);
  EXPECT_EQ(KeyBuilder().text("a\0b"s).view(),
            "a\0\xff"
            "b\0\x01"s);
  EXPECT_EQ(KeyBuilder("p").raw("q").view(), "pq");
}

TEST(Key, ReaderRefusesWhatIsNoSuchPart) {
  EXPECT_EQ(KeyReader("").u8(), std::nullopt);
  EXPECT_EQ(KeyReader("abc").u32(), std::nullopt);
  EXPECT_EQ(KeyReader("1234567").u64(), std::nullopt);
  EXPECT_EQ(KeyReader("no end").text(), std::nullopt);
  EXPECT_EQ(KeyReader("half\0"s).text(), std::nullopt);
  EXPECT_EQ(KeyReader("bad\0\x02"s).text(), std::nullopt);
  KeyReader reader("abc");
  EXPECT_FALSE(reader.u32());
  EXPECT_EQ(reader.rest(), "abc") << "a part that is not there moves nothing";
}

TEST(Key, PrefixEndStepsOverTrailingFf) {
  EXPECT_EQ(prefix_end("a"), "b");
  EXPECT_EQ(prefix_end("a\xff\xff"), "b");
  EXPECT_EQ(prefix_end("\xff\xff"), "");
  EXPECT_EQ(prefix_end(""), "");
}

RC_GTEST_PROP(KeyLaw, PartsComeBack, ()) {
  const Parts parts = *any_parts();
  const std::string rest = *any_bytes();
  const std::string key = key_of(parts) + rest;
  KeyReader reader(key);
  RC_ASSERT(reader.text() == std::get<0>(parts));
  RC_ASSERT(reader.i64() == std::get<1>(parts));
  RC_ASSERT(reader.u32() == std::get<2>(parts));
  RC_ASSERT(reader.rest() == rest);
}

RC_GTEST_PROP(KeyLaw, KeysSortAsTheirPartsDo, ()) {
  const Parts a = *any_parts();
  Parts b = *any_parts();
  if (*rc::gen::arbitrary<bool>()) std::get<0>(b) = std::get<0>(a);
  if (*rc::gen::arbitrary<bool>()) std::get<1>(b) = std::get<1>(a);
  RC_ASSERT(compared(key_of(a), key_of(b)) == (a < b ? -1 : a > b ? 1 : 0));
}

RC_GTEST_PROP(KeyLaw, NoTextIsPrefixOfAnother, ()) {
  const std::string a = *any_bytes();
  const std::string b = a + *rc::gen::nonEmpty(any_bytes());
  RC_ASSERT(!KeyBuilder().text(b).view().starts_with(KeyBuilder().text(a).view()));
}

RC_GTEST_PROP(KeyLaw, PrefixEndBoundsThePrefix, ()) {
  const std::string prefix = *any_bytes();
  const std::string key = prefix + *any_bytes();
  const std::string other = *any_bytes();
  const std::string end = prefix_end(prefix);
  RC_ASSERT(end.empty() || key < end);
  // Nothing else lies between.
  if (prefix <= other && (end.empty() || other < end) && !end.empty())
    RC_ASSERT(other.starts_with(prefix));
}

RC_GTEST_PROP(KeyLaw, ReaderSurvivesAnyBytes, ()) {
  const std::string bytes = *any_bytes();
  KeyReader reader(bytes);
  if (const auto text = reader.text()) {
    RC_ASSERT(KeyBuilder().text(*text).raw(reader.rest()).view() == bytes);
  } else {
    RC_ASSERT(reader.rest() == bytes);
  }
}

}  // namespace
}  // namespace pawl::store
