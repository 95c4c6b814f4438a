// SPDX-License-Identifier: Apache-2.0
#include "aws/arn.h"

#include <gtest/gtest.h>

namespace pawl::aws {
namespace {

TEST(Arn, ParsesAndPrints) {
  const char* const texts[] = {"arn:aws:states:us-east-1:123456789012:stateMachine:name",
                               "arn:aws:states:us-east-1:123456789012:execution:m:e:with:colons",
                               "arn:aws:iam::123456789012:role/path/name",
                               "arn:aws:s3:::bucket/key:with/all",
                               "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:$LATEST",
                               "arn:aws:iam::aws:policy/ReadOnlyAccess"};
  for (const char* text : texts) {
    const auto arn = Arn::parse(text);
    ASSERT_TRUE(arn) << text;
    EXPECT_EQ(arn->text(), text);
  }
  const auto arn = Arn::parse(texts[0]);
  EXPECT_EQ(arn->resource_type(), "stateMachine");
  EXPECT_EQ(arn->resource_id(), "name");
  EXPECT_EQ(Arn::parse(texts[2])->resource_id(), "path/name");
  EXPECT_EQ(Arn::parse(texts[1])->resource_parts().size(), 5U);
}

TEST(Arn, RefusesWhatIsNone) {
  for (const char* text : {"", "arn", "arn:aws:states",
                           "arn:aws:states:us-east-1:123456789012:", "arn:aws::r:123456789012:x",
                           "arn:aws:s3:r:12345:x", "urn:aws:s3:::x", "arn::s3:::x"}) {
    EXPECT_FALSE(Arn::parse(text)) << text;
  }
}

TEST(Arn, Partitions) {
  EXPECT_EQ(partition_of("eu-west-1"), "aws");
  EXPECT_EQ(partition_of("cn-north-1"), "aws-cn");
  EXPECT_EQ(partition_of("us-gov-west-1"), "aws-us-gov");
}

}  // namespace
}  // namespace pawl::aws
