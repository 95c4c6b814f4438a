// SPDX-License-Identifier: Apache-2.0
// Names as Docker reads them, and documents that are not what they say.
#include "container/image_reference.h"

#include <gtest/gtest.h>

#include "container/image_manifest.h"

namespace pawl::container {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ImageReference, ReadsWhatDockerReads) {
  struct Case {
    std::string text;
    std::string whole;
  };
  const std::vector<Case> cases = {
      {"python", "docker.io/library/python:latest"},
      {"python:3.11", "docker.io/library/python:3.11"},
      {"team/app", "docker.io/team/app:latest"},
      {"localhost/app", "localhost/app:latest"},
      {"localhost:5000/a/b:v1", "localhost:5000/a/b:v1"},
      {"127.0.0.1:5000/app@" + kDigest, "127.0.0.1:5000/app@" + kDigest},
      {"public.ecr.aws/lambda/python:3.12", "public.ecr.aws/lambda/python:3.12"},
      {"123456789012.dkr.ecr.eu-west-1.amazonaws.com/a__b/c-d.e:T_1.x",
       "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a__b/c-d.e:T_1.x"},
      {"app:v1@" + kDigest, "docker.io/library/app:v1@" + kDigest},
  };
  for (const Case& each : cases) {
    const auto read = ImageReference::parse(each.text);
    ASSERT_TRUE(read) << each.text << ": " << read.error().message;
    EXPECT_EQ(read->text(), each.whole);
    EXPECT_EQ(ImageReference::parse(read->text())->text(), each.whole);
  }
}

TEST(ImageReference, RefusesTheRest) {
  for (const std::string& text :
       {std::string(), std::string("Upper"), std::string("a//b"), std::string("a/../b"),
        std::string("../a"), std::string("a:"), std::string("a:.x"), std::string("a@sha256:12"),
        std::string("a@md5:") + std::string(64, 'a'), std::string("-a"), std::string("a b"),
        std::string("h.x:port/a"), std::string("a___b"), std::string("a..b"), std::string(256, 'a'),
        "a:" + std::string(129, 't'), std::string("a\0b", 3)}) {
    EXPECT_FALSE(ImageReference::parse(text)) << text;
  }
}

TEST(ImageReference, TellsHostsOfEcr) {
  const auto host = parse_ecr_host("123456789012.dkr.ecr.us-east-1.amazonaws.com:443");
  ASSERT_TRUE(host);
  EXPECT_EQ(host->account, "123456789012");
  EXPECT_EQ(host->region, "us-east-1");
  for (const char* other : {"12345.dkr.ecr.us-east-1.amazonaws.com", "public.ecr.aws",
                            "123456789012.dkr.ecr..amazonaws.com",
                            "123456789012.dkr.ecr.us-east-1.example.com", "127.0.0.1:5000"}) {
    EXPECT_FALSE(parse_ecr_host(other)) << other;
  }
}

TEST(ImageManifest, FindsThePlatformInAnIndex) {
  const std::string text =
      R"({"schemaVersion":2,"manifests":[
      {"mediaType":"m","digest":")" +
      kDigest + R"(","size":7,"platform":{"os":"linux","architecture":"arm64"}},
      {"mediaType":"m","digest":"sha256:)" +
      std::string(64, 'b') + R"(","size":8,"platform":{"os":"linux","architecture":"amd64"}}]})";
  const auto index = ImageManifest::parse(text, kOciIndex);
  ASSERT_TRUE(index) << index.error().message;
  EXPECT_TRUE(index->is_index);
  EXPECT_EQ(index->find({"linux", "amd64"})->size, 8U);
  EXPECT_EQ(index->find({"windows", "amd64"}), nullptr);
}

TEST(ImageManifest, RefusesWhatIsNone) {
  const std::string config = R"("config":{"mediaType":"c","digest":")" + kDigest + R"(","size":1})";
  for (const std::string& text :
       {std::string(""), std::string("[]"), std::string("{}"),
        std::string(R"({"schemaVersion":1})"), std::string(R"({"schemaVersion":2})"),
        R"({"schemaVersion":2,"manifests":[],)" + config + "}",
        R"({"schemaVersion":2,"mediaType":"other",)" + config + "}",
        R"({"schemaVersion":2,"config":{"digest":"sha256:1","size":1}})" + std::string(),
        R"({"schemaVersion":2,"config":{"digest":")" + kDigest + R"(","size":-1}})",
        R"({"schemaVersion":2,"layers":{},)" + config + "}"}) {
    EXPECT_FALSE(ImageManifest::parse(text, kOciManifest)) << text;
  }
  EXPECT_TRUE(ImageManifest::parse(R"({"schemaVersion":2,)" + config + "}", kOciManifest));
}

TEST(ImageConfig, ReadsWhatRunsIt) {
  const auto config = ImageConfig::parse(
      R"({"architecture":"amd64","os":"linux","config":{"Entrypoint":["/e"],"Cmd":["a","b"],
          "Env":["A=1","B=x=y","=no","no"],"WorkingDir":"/w","User":"app:app","StopSignal":"SIGINT",
          "Volumes":{"/v":{}},"Labels":{"l":"1"}}})");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->command.size(), 2U);
  ASSERT_EQ(config->environment.size(), 2U);
  EXPECT_EQ(config->environment[1].second, "x=y");
  EXPECT_EQ(config->volumes, std::vector<std::string>{"/v"});
  const auto empty = ImageConfig::parse(R"({"config":null})");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->entry_point.empty());
}

}  // namespace
}  // namespace pawl::container
