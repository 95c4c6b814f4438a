// SPDX-License-Identifier: Apache-2.0
#include "items/java_map_order.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pawl::items {
namespace {

std::vector<std::string> ordered(const std::vector<std::string>& keys) {
  std::vector<std::string> out;
  for (const size_t index : java_map_order(keys)) out.push_back(keys[index]);
  return out;
}

using Keys = std::vector<std::string>;

TEST(JavaMapOrder, FewKeys) {
  EXPECT_EQ(ordered({}), Keys());
  EXPECT_EQ(ordered({"0", "True", "{}"}), (Keys{"0", "{}", "True"}));  // recorded
  EXPECT_EQ(ordered({"H1", ""}), (Keys{"", "H1"}));                    // recorded
  EXPECT_EQ(ordered({"apple", "banana", "cherry"}), (Keys{"banana", "apple", "cherry"}));
}

TEST(JavaMapOrder, EqualHashesKeepTheirOrder) {
  EXPECT_EQ(ordered({"BBBB", "AaAa", "BBAa", "AaBB"}), (Keys{"BBBB", "AaAa", "BBAa", "AaBB"}));
}

/// Twelve keys fill 16 buckets, the thirteenth doubles them.
TEST(JavaMapOrder, TheTableGrows) {
  Keys months = {"January", "February", "March",     "April",   "May",      "June",
                 "July",    "August",   "September", "October", "November", "December"};
  EXPECT_EQ(ordered(months), (Keys{"June", "October", "December", "May", "September", "March",
                                   "July", "January", "February", "April", "August", "November"}));
  months.push_back("Undecimber");
  EXPECT_EQ(ordered(months),
            (Keys{"June", "May", "September", "March", "April", "August", "October", "December",
                  "July", "January", "February", "Undecimber", "November"}));
}

TEST(JavaMapOrder, HashesCountUtf16) {
  EXPECT_EQ(ordered({"\xc3\xa9", "\xc3\xbc", "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x98\x80", "a"}),
            (Keys{"a", "\xf0\x9f\x98\x80", "\xc3\xa9", "\xe6\x97\xa5\xe6\x9c\xac", "\xc3\xbc"}));
}

}  // namespace
}  // namespace pawl::items
