// SPDX-License-Identifier: Apache-2.0
#include "app/template_package.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "app/folder_zip.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::app {
namespace {

namespace fs = std::filesystem;

class KeptArtifacts final : public ArtifactStore {
 public:
  base::Result<StoredArtifact> put(const std::string& name, const std::string& bytes) override {
    kept[name] = bytes;
    return StoredArtifact{"bucket", name};
  }
  std::string template_url(const StoredArtifact& artifact) const override {
    return "https://s3/" + artifact.bucket + "/" + artifact.key;
  }
  std::map<std::string, std::string> kept;
};

class TemplatePackage : public testing::Test {
 protected:
  TemplatePackage() {
    std::string name = (fs::temp_directory_path() / "pawl-package-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~TemplatePackage() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  base::Result<PackagedTemplate> package(const std::string& text) {
    write("template.yaml", text);
    return package_template((folder_ / "template.yaml").string(), store_,
                            [](const std::string&) {});
  }

  fs::path folder_;
  KeptArtifacts store_;
};

TEST_F(TemplatePackage, LocalFilesBecomeObjects) {
  write("src/app.py", "def handler(e, c): pass\n");
  write("machine.asl.json", "{}");
  write("api.yaml", "openapi: 3.0.1\n");
  write("child/child.yaml",
        "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: code}}}\n");
  write("child/code/x.js", "exports.x = 1\n");
  write("part.yaml", "A: b\n");
  const auto packaged = package(R"(
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {CodeUri: src/}}
  Raw: {Type: AWS::Lambda::Function, Properties: {Code: ./src}}
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: src}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.asl.json}}
  Plain: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: machine.asl.json}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: api.yaml}}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child/child.yaml}}
  There: {Type: AWS::Serverless::Function, Properties: {CodeUri: "s3://b/k"}}
  Inline: {Type: AWS::Serverless::Function, Properties: {InlineCode: x}}
  Part: {Type: AWS::SQS::Queue, Properties: {"Fn::Transform": {Name: AWS::Include, Parameters: {Location: part.yaml}}}}
)");
  ASSERT_TRUE(packaged.has_value()) << packaged.error().message;
  EXPECT_TRUE(packaged->changed);
  const json::Value resources = json::object_member(packaged->value, "Resources");
  const auto property = [&](const char* id, const char* name) {
    const json::Value properties =
        json::object_member(json::object_member(resources, id), "Properties");
    const json::Value* found = properties.find(name);
    return found == nullptr ? std::string() : json::write(*found);
  };
  const std::string zip = zip_folder((folder_ / "src").string())->digest.substr(0, 32) + ".zip";
  EXPECT_EQ(property("Fn", "CodeUri"), "\"s3://bucket/" + zip + "\"");
  EXPECT_EQ(property("Raw", "Code"), R"({"S3Bucket":"bucket","S3Key":")" + zip + "\"}");
  EXPECT_EQ(property("Layer", "ContentUri"), "\"s3://bucket/" + zip + "\"");
  EXPECT_TRUE(property("Machine", "DefinitionUri").ends_with(".json\""));
  EXPECT_TRUE(
      property("Plain", "DefinitionS3Location").starts_with(R"({"Bucket":"bucket","Key":)"));
  EXPECT_TRUE(property("Api", "BodyS3Location").ends_with(".yaml\"}"));
  EXPECT_TRUE(property("Child", "TemplateURL").starts_with("\"https://s3/bucket/"));
  EXPECT_TRUE(property("Child", "TemplateURL").ends_with(".template\""));
  EXPECT_EQ(property("There", "CodeUri"), "\"s3://b/k\"");
  EXPECT_EQ(property("Inline", "CodeUri"), "");
  EXPECT_NE(property("Part", "Fn::Transform").find("s3://bucket/"), std::string::npos);
  for (const auto& [name, bytes] : store_.kept) {
    if (name.ends_with(".template")) {
      EXPECT_NE(bytes.find("S3Bucket"), std::string::npos) << bytes;
    }
  }
}

TEST_F(TemplatePackage, NothingLocalIsUnchanged) {
  const auto packaged = package("Resources: {Q: {Type: AWS::SQS::Queue}}\n");
  ASSERT_TRUE(packaged.has_value());
  EXPECT_FALSE(packaged->changed);
  EXPECT_TRUE(store_.kept.empty());
}

TEST_F(TemplatePackage, AMissingFileIsNamed) {
  const auto packaged =
      package("Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: gone}}}\n");
  ASSERT_FALSE(packaged.has_value());
  EXPECT_EQ(packaged.error().message,
            "Parameter CodeUri of resource F refers to a file or folder that does not exist " +
                (folder_ / "gone").string());
}

TEST_F(TemplatePackage, ZipsDependOnContentsOnly) {
  write("a/one.py", "1");
  write("a/.git/config", "x");
  write("b/one.py", "1");
  fs::last_write_time(folder_ / "b/one.py",
                      fs::file_time_type::clock::now() - std::chrono::hours(5));
  const auto a = zip_folder((folder_ / "a").string());
  const auto b = zip_folder((folder_ / "b").string());
  ASSERT_TRUE(a.has_value() && b.has_value());
  EXPECT_EQ(a->digest, b->digest);
  EXPECT_EQ(a->bytes, b->bytes);
  write("b/one.py", "2");
  EXPECT_NE(zip_folder((folder_ / "b").string())->digest, a->digest);
}

}  // namespace
}  // namespace pawl::app
