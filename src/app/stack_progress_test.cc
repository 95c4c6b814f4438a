// SPDX-License-Identifier: Apache-2.0
#include "app/stack_progress.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace pawl::app {
namespace {

constexpr const char* kRoot = "arn:aws:cloudformation:us-east-1:0:stack/shop/1";
constexpr const char* kNested = "arn:aws:cloudformation:us-east-1:0:stack/shop-Data/2";

json::Value event(const std::string& stack, const std::string& logical_id, const std::string& type,
                  const std::string& physical_id, const std::string& status, double seconds,
                  const std::string& reason = "") {
  json::ObjectBuilder made;
  made.set("StackId", json::Value(stack))
      .set("LogicalResourceId", json::Value(logical_id))
      .set("ResourceType", json::Value(type))
      .set("PhysicalResourceId", json::Value(physical_id))
      .set("ResourceStatus", json::Value(status))
      .set("ResourceStatusReason", json::Value(reason))
      .set("Timestamp", json::Value(seconds));
  return std::move(made).build();
}

StackProgress nested_failure() {
  const std::string stack = "AWS::CloudFormation::Stack";
  const std::string table = "AWS::DynamoDB::Table";
  StackProgress progress(kRoot);
  progress.apply(event(kRoot, "shop", stack, kRoot, "CREATE_IN_PROGRESS", 100));
  progress.apply(event(kRoot, "Queue", "AWS::SQS::Queue", "", "CREATE_IN_PROGRESS", 101));
  progress.apply(event(kRoot, "Queue", "AWS::SQS::Queue", "q", "CREATE_COMPLETE", 102.5));
  progress.apply(event(kRoot, "Data", stack, "", "CREATE_IN_PROGRESS", 102));
  progress.apply(event(kRoot, "Data", stack, kNested, "CREATE_IN_PROGRESS", 103));
  progress.apply(event(kNested, "shop-Data", stack, kNested, "CREATE_IN_PROGRESS", 103));
  progress.apply(event(kNested, "Table", table, "", "CREATE_IN_PROGRESS", 104));
  progress.apply(event(kNested, "Other", table, "", "CREATE_IN_PROGRESS", 104));
  progress.apply(event(kNested, "Table", table, "", "CREATE_FAILED", 106, "no\x1b[31m room"));
  progress.apply(
      event(kNested, "Other", table, "", "CREATE_FAILED", 106, "Resource creation cancelled"));
  return progress;
}

TEST(StackProgress, ShowsNestedResourcesUnderTheirStack) {
  StackProgress::Style style;
  style.columns = 100;
  style.now = base::Timestamp{110'000};
  const std::vector<std::string> expected{
      "├ ✓ Queue  AWS::SQS::Queue             1.5 s",
      "└ ⠋ Data   AWS::CloudFormation::Stack  8.0 s",
      "  ├ ✗ Table  AWS::DynamoDB::Table  2.0 s  no room",
      "  └ ✗ Other  AWS::DynamoDB::Table  2.0 s  Resource creation cancelled"};
  EXPECT_EQ(nested_failure().lines(style), expected);
}

TEST(StackProgress, LinesAreNoWiderThanTheTerminal) {
  StackProgress::Style style;
  style.columns = 20;
  for (const std::string& line : nested_failure().lines(style))
    EXPECT_LE(display_width(line), 20U) << line;
}

TEST(StackProgress, NamesWhatFailedOfItself) {
  const std::vector<StackFailure> failures = nested_failure().failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].path, "Data/Table");
  EXPECT_EQ(nested_failure().nested_stacks(), std::vector<std::string>{kNested});
}

TEST(StackProgress, AnEventIsALine) {
  StackProgress progress = nested_failure();
  const json::Value done =
      event(kNested, "Table", "AWS::DynamoDB::Table", "t", "CREATE_COMPLETE", 107);
  EXPECT_EQ(progress.event_line(done, {}),
            "Data/Table  AWS::DynamoDB::Table  CREATE_COMPLETE  2.0 s");
  const json::Value own =
      event(kRoot, "shop", "AWS::CloudFormation::Stack", kRoot, "ROLLBACK_IN_PROGRESS", 108, "why");
  EXPECT_EQ(progress.event_line(own, {}),
            "shop  AWS::CloudFormation::Stack  ROLLBACK_IN_PROGRESS  why");
}

}  // namespace
}  // namespace pawl::app
