// SPDX-License-Identifier: Apache-2.0
// Which images are build images; running is tested with the program:
// tests/clients/test_bundling.py.
#include "app/bundling_run.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace pawl::app {
namespace {

class BundlingRuntimeTest : public testing::Test {
 protected:
  void SetUp() override { unsetenv("PAWL_BUNDLING"); }
  void TearDown() override { unsetenv("PAWL_BUNDLING"); }
};

TEST_F(BundlingRuntimeTest, BuildImagesOfAllAgesTellTheirRuntime) {
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-python3.12"), "python3.12");
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-nodejs20.x:1.100-x86_64"), "nodejs20.x");
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-python3.13:latest@sha256:00"), "python3.13");
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-python3.9-arm64"), "python3.9");
  EXPECT_EQ(bundling_runtime("docker.io/amazon/aws-sam-cli-build-image-python3.8"), "python3.8");
  EXPECT_EQ(bundling_runtime("lambci/lambda:build-python3.7"), "python3.7");
}

TEST_F(BundlingRuntimeTest, OtherImagesAreRunAsImages) {
  EXPECT_EQ(bundling_runtime("python:3.12"), std::nullopt);
  EXPECT_EQ(bundling_runtime("cdk-0123456789abcdef"), std::nullopt);
  EXPECT_EQ(bundling_runtime("example.com/public.ecr.aws/sam/build-python3.12"), std::nullopt);
}

TEST_F(BundlingRuntimeTest, TheUserMayChoose) {
  setenv("PAWL_BUNDLING", "image", 1);
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-python3.12"), std::nullopt);
  setenv("PAWL_BUNDLING", "host", 1);
  EXPECT_EQ(bundling_runtime("node:20"), "");
  EXPECT_EQ(bundling_runtime("public.ecr.aws/sam/build-python3.12"), "python3.12");
}

}  // namespace
}  // namespace pawl::app
