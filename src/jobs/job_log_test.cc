// SPDX-License-Identifier: Apache-2.0
#include "jobs/job_log.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/members.h"

namespace pawl::jobs {
namespace {

const LogStream kStream{{"000000000000", "us-east-1"}, "group", "stream"};

class JobLogTest : public testing::Test {
 protected:
  std::vector<std::string> operations() const {
    std::vector<std::string> names;
    for (const aws::Call& call : caller_.calls) names.push_back(call.operation);
    return names;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const aws::Call& call : caller_.calls) {
      const json::Value events = array_member(call.input, "logEvents");
      for (const json::Value& event : events.items())
        lines.push_back(text_member(event, "message"));
    }
    return lines;
  }

  aws::VirtualLoop loop_;
  bool has_group_ = true;
  aws::RecordingCaller caller_{[this](const aws::Call& call) -> aws::ApiResult<json::Value> {
    if (call.operation == "CreateLogGroup") has_group_ = true;
    if (!has_group_) return aws::ApiError("ResourceNotFoundException", "no group");
    return json::Value::object();
  }};
  JobLog log_{loop_, caller_};
};

TEST_F(JobLogTest, MakesTheGroupThatIsNotThere) {
  has_group_ = false;
  log_.open(kStream);
  loop_.run();
  EXPECT_EQ(operations(),
            (std::vector<std::string>{"CreateLogStream", "CreateLogGroup", "CreateLogStream"}));
}

TEST_F(JobLogTest, ClosesWhenAllIsSent) {
  log_.open(kStream);
  log_.append(kStream, "a\r\nb");
  bool is_done = false;
  log_.close(kStream, [&is_done] { is_done = true; });
  EXPECT_FALSE(is_done);
  loop_.run();
  EXPECT_TRUE(is_done);
  EXPECT_EQ(lines(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(JobLogTest, SendsSoonAndLongLinesInParts) {
  log_.open(kStream);
  log_.append(kStream, std::string(300'000, 'x'));
  log_.append(kStream, "\n");
  loop_.advance_by(1'000);
  const std::vector<std::string> sent = lines();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].size() + sent[1].size(), 300'000U);
}

TEST_F(JobLogTest, DropsWhatIsTooMuch) {
  log_.open(kStream);
  const std::string line = std::string(99'999, 'x') + "\n";
  for (int i = 0; i < 200; ++i) log_.append(kStream, line);
  log_.close(kStream, [] {});
  loop_.run();
  EXPECT_LT(lines().size(), 170U);
  EXPECT_GT(lines().size(), 160U);
}

}  // namespace
}  // namespace pawl::jobs
