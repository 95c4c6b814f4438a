// SPDX-License-Identifier: Apache-2.0
// What may be said of services, where they are then, and whose keys are used.
#include "server/endpoint_settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "aws/model/installed_models_for_test.h"
#include "server/remote_credentials.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::server {
namespace {

std::string place(const EndpointSettings& settings, const char* service) {
  const aws::Endpoint found = settings.resolve(*aws::installed_model(service), "eu-west-1");
  switch (found.kind) {
    case aws::Endpoint::Kind::Embedded: return "embedded" + found.url;
    case aws::Endpoint::Kind::Aws: return "aws " + found.url;
    default: return found.url;
  }
}

TEST(EndpointSettings, ServicesAreHereUnlessTheyAreSaidToBeElsewhere) {
  ASSERT_NE(aws::installed_model("s3"), nullptr) << "python3-botocore is not installed";
  EndpointSettings none = *EndpointSettings::parse({});
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(place(none, "glue"), "embedded");
  EndpointSettings settings = *EndpointSettings::parse(
      {"s3=https://minio.local:9000/", "glue=aws", "*=http://[::1]:5000", "logs=embedded"});
  settings.embed("stepfunctions");
  settings.embed("s3");
  EXPECT_EQ(place(settings, "s3"), "https://minio.local:9000");
  EXPECT_EQ(place(settings, "glue"), "aws https://glue.eu-west-1.amazonaws.com");
  EXPECT_EQ(place(settings, "athena"), "http://[::1]:5000");
  EXPECT_EQ(place(settings, "stepfunctions"), "embedded");
  EXPECT_EQ(place(settings, "logs"), "embedded");
  EXPECT_TRUE(settings.check_names({"glue", "logs", "s3"}));
  EXPECT_FALSE(settings.check_names({"glue", "logs"}));
}

TEST(EndpointSettings, TellsWhatItCannotRead) {
  for (const std::string wrong : {"", "s3", "=aws", "s3=", "s3=AWS", "s3=minio:9000", "s3=http://",
                                  "s3=https://a/b", "s3=ftp://a", "s3=http://a?b"}) {
    const auto parsed = EndpointSettings::parse({wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_NE(parsed.error().message.find("--endpoint " + wrong + ": "), std::string::npos);
  }
  EXPECT_FALSE(EndpointSettings::parse({"s3=aws", "s3=embedded"}));
}

TEST(RemoteCredentials, AreFoundWhereTheSdksFindThem) {
  const store::TemporaryFolder folder;
  std::filesystem::create_directories(folder.at(".aws"));
  const std::string file = folder.at(".aws/credentials");
  std::map<std::string, std::string> variables{{"HOME", folder.at("")}};
  const RemoteCredentials::Environment environment = [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
  RemoteCredentials standard("", environment);
  RemoteCredentials work("work", environment);
  EXPECT_EQ(standard.credentials().error().code, "SdkClientException");
  std::ofstream(file) << "# keys\n[default]\naws_access_key_id = A\naws_secret_access_key=b=c\n"
                         "region = x\n[ work ]\naws_access_key_id=W\naws_secret_access_key=w\n"
                         "aws_session_token = t\n";
  EXPECT_EQ(standard.credentials()->access_key_id, "A");
  EXPECT_EQ(standard.credentials()->secret_access_key, "b=c");
  EXPECT_EQ(work.credentials()->session_token, "t");
  std::ofstream(file) << "[default]\naws_access_key_id = CHANGED\naws_secret_access_key=d\n";
  EXPECT_EQ(standard.credentials()->access_key_id, "CHANGED");
  EXPECT_FALSE(work.credentials());
  variables["AWS_ACCESS_KEY_ID"] = "E";
  variables["AWS_SECRET_ACCESS_KEY"] = "e";
  EXPECT_EQ(standard.credentials()->access_key_id, "E");
  EXPECT_NE(work.credentials().error().message->find("profile [work]"), std::string::npos);
}

}  // namespace
}  // namespace pawl::server
