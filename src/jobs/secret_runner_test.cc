// SPDX-License-Identifier: Apache-2.0
#include "jobs/secret_runner.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "jobs/fake_runner_for_test.h"
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::jobs {
namespace {

class SecretRunnerTest : public testing::Test {
 protected:
  void start(std::vector<std::pair<std::string, std::string>> secrets) {
    JobSpec spec;
    spec.id = "a";
    spec.account = "000000000000";
    spec.region = "us-east-1";
    spec.secrets = std::move(secrets);
    runner_.start(spec, {.on_started = {}, .on_output = {}, .on_exit = [this](const JobExit& exit) {
                           exit_ = exit;
                         }});
  }

  aws::VirtualLoop loop_;
  std::optional<aws::ApiError> error_;
  aws::RecordingCaller caller_{[this](const aws::Call& call) -> aws::ApiResult<json::Value> {
    if (error_) return *error_;
    return *json::parse(call.service == "ssm" ? R"({"Parameter":{"Value":"p"}})"
                                              : R"({"SecretString":"{\"user\":\"u\",\"n\":7}"})");
  }};
  FakeRunner inner_;
  SecretRunner runner_{inner_, loop_, caller_};
  std::optional<JobExit> exit_;
};

TEST_F(SecretRunnerTest, FetchesFromBothPlaces) {
  const std::string secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:s-AbCdEf";
  start({{"WHOLE", secret},
         {"USER", secret + ":user:AWSPREVIOUS:"},
         {"N", secret + ":n::v"},
         {"P", "arn:aws:ssm:us-east-1:000000000000:parameter/a/b"}});
  EXPECT_TRUE(inner_.running.empty());
  loop_.run();
  const JobSpec& spec = inner_.spec("a");
  EXPECT_EQ(FakeRunner::variable(spec, "WHOLE"), R"({"user":"u","n":7})");
  EXPECT_EQ(FakeRunner::variable(spec, "USER"), "u");
  EXPECT_EQ(FakeRunner::variable(spec, "N"), "7");
  EXPECT_EQ(FakeRunner::variable(spec, "P"), "p");
  ASSERT_EQ(caller_.calls.size(), 4U);
  EXPECT_EQ(caller_.calls[1].region, "eu-west-1");
  EXPECT_EQ(text_member(caller_.calls[1].input, "SecretId"), secret);
  EXPECT_EQ(text_member(caller_.calls[1].input, "VersionStage"), "AWSPREVIOUS");
  EXPECT_EQ(text_member(caller_.calls[2].input, "VersionId"), "v");
  EXPECT_EQ(text_member(caller_.calls[3].input, "Name"), "/a/b");
}

TEST_F(SecretRunnerTest, ASecretThatCannotBeHadFailsTheJob) {
  error_ = aws::ApiError("ParameterNotFound", "none");
  start({{"P", "name"}});
  loop_.run();
  ASSERT_TRUE(exit_);
  EXPECT_EQ(exit_->kind, JobExit::Kind::NotStarted);
  EXPECT_EQ(exit_->reason,
            "ResourceInitializationError: unable to pull secrets or registry auth: "
            "ParameterNotFound: none");
  EXPECT_TRUE(inner_.running.empty());
}

TEST_F(SecretRunnerTest, WhatIsStoppedBeforeItBeginsEndsOnce) {
  start({{"P", "name"}});
  runner_.stop("a", 1'000);
  loop_.run();
  // The fetch was first: the container had begun, and is stopped there.
  EXPECT_FALSE(exit_);
  ASSERT_EQ(inner_.stopped.size(), 1U);
}

}  // namespace
}  // namespace pawl::jobs
