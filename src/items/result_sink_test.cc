// SPDX-License-Identifier: Apache-2.0
#include "items/result_sink.h"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "items/memory_store_for_test.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::items {
namespace {

constexpr std::string_view kArn =
    "arn:aws:states:us-east-2:123456789012:mapRun:csvProcess/Map:ad9b5f27-090b-3ac6";
constexpr std::string_view kFolder = "out/csvProcessJobs/ad9b5f27-090b-3ac6/";

class ResultSinkTest : public ::testing::Test {
 protected:
  Outcome<ResultSink> open(
      std::string_view config,
      std::string_view arguments = R"({"Bucket":"out","Prefix":"csvProcessJobs"})",
      const ResultSinkLimits& limits = {}) {
    return ResultSink::open(
        store_, {kArn, json::parse(arguments).value(), json::parse(config).value()}, limits);
  }

  /// Adds three that succeeded and one that failed; gives the Map state's result.
  static std::string write(ResultSink& sink) {
    EXPECT_TRUE(sink.add({ChildOutcome::Succeeded, R"({"Name":"1"})", R"({ "a": 1 })"}));
    EXPECT_TRUE(sink.add({ChildOutcome::Failed, R"({"Name":"2","Status":"FAILED"})", ""}));
    EXPECT_TRUE(sink.add({ChildOutcome::Succeeded, R"({"Name":"3"})", "[1,\n[2]]"}));
    EXPECT_TRUE(sink.add({ChildOutcome::Succeeded, R"({"Name":"4"})", "[]"}));
    auto result = sink.finish();
    EXPECT_TRUE(result) << *result.error().cause;
    return result.value_or("");
  }

  std::string file(std::string_view name) {
    const auto found = store_.objects.find(std::string(kFolder) + std::string(name));
    return found == store_.objects.end() ? "absent" : found->second;
  }

  MemoryStore store_;
};

/// Developer Guide "ResultWriter (Map)", the manifest and the state's result.
TEST_F(ResultSinkTest, NoneWritesMetadata) {
  ResultSink sink = open("{}").value();
  EXPECT_EQ(sink.transformation(), Transformation::None);
  EXPECT_EQ(write(sink),
            R"({"MapRunArn":"arn:aws:states:us-east-2:123456789012:mapRun:csvProcess/Map:)"
            R"(ad9b5f27-090b-3ac6","ResultWriterDetails":{"Bucket":"out",)"
            R"("Key":"csvProcessJobs/ad9b5f27-090b-3ac6/manifest.json"}})");
  EXPECT_EQ(file("SUCCEEDED_0.json"), R"([{"Name":"1"},{"Name":"3"},{"Name":"4"}])");
  EXPECT_EQ(file("FAILED_0.json"), R"([{"Name":"2","Status":"FAILED"}])");
  EXPECT_EQ(file("PENDING_0.json"), "absent");
  EXPECT_EQ(
      file("manifest.json"),
      R"({"DestinationBucket":"out","MapRunArn":"arn:aws:states:us-east-2:123456789012:)"
      R"(mapRun:csvProcess/Map:ad9b5f27-090b-3ac6","ResultFiles":{)"
      R"("FAILED":[{"Key":"csvProcessJobs/ad9b5f27-090b-3ac6/FAILED_0.json","Size":32}],)"
      R"("PENDING":[],)"
      R"("SUCCEEDED":[{"Key":"csvProcessJobs/ad9b5f27-090b-3ac6/SUCCEEDED_0.json","Size":40}]}})");
}

TEST_F(ResultSinkTest, CompactAndFlatten) {
  ResultSink compact = open(R"({"Transformation":"COMPACT","OutputType":"JSON"})").value();
  write(compact);
  EXPECT_EQ(file("SUCCEEDED_0.json"), R"([{"a":1},[1,[2]],[]])");
  EXPECT_EQ(file("FAILED_0.json"), R"([{"Name":"2","Status":"FAILED"}])");
  ResultSink flatten = open(R"({"Transformation":"FLATTEN","OutputType":"JSON"})").value();
  write(flatten);
  EXPECT_EQ(file("SUCCEEDED_0.json"), R"([{"a":1},1,[2]])");
}

TEST_F(ResultSinkTest, JsonLines) {
  ResultSink sink = open(R"({"Transformation":"COMPACT","OutputType":"JSONL"})").value();
  write(sink);
  EXPECT_EQ(file("SUCCEEDED_0.jsonl"), "{\"a\":1}\n[1,[2]]\n[]\n");
  EXPECT_EQ(file("FAILED_0.jsonl"), "{\"Name\":\"2\",\"Status\":\"FAILED\"}\n");
}

TEST_F(ResultSinkTest, FilesAreSplit) {
  for (const std::string_view type : {"JSON", "JSONL"}) {
    store_.objects.clear();
    ResultSink sink =
        open(R"({"Transformation":"COMPACT","OutputType":")" + std::string(type) + "\"}",
             R"({"Bucket":"out","Prefix":"csvProcessJobs"})", {.file_bytes_max = 20})
            .value();
    for (int i = 100; i < 120; ++i)
      ASSERT_TRUE(sink.add({ChildOutcome::Succeeded, "", std::to_string(i)}));
    ASSERT_TRUE(sink.add({ChildOutcome::Pending, R"({"Input":"longer than the limit"})", ""}));
    ASSERT_TRUE(sink.finish());
    const json::Value manifest = json::parse(file("manifest.json")).value();
    const json::Value& files = *manifest.find("ResultFiles");
    EXPECT_EQ(files.find("PENDING")->size(), 1U);
    EXPECT_EQ(files.find("SUCCEEDED")->size(), 5U);
    int next = 100;
    for (const json::Value& entry : files.find("SUCCEEDED")->items()) {
      const std::string& bytes =
          store_.objects["out/" + std::string(entry.find("Key")->as_string())];
      EXPECT_EQ(entry.find("Size")->as_double(), static_cast<double>(bytes.size()));
      EXPECT_LE(bytes.size(), 20U);
      std::string joined;
      for (int i = 0; i < 4; ++i)
        joined += std::to_string(next++) + (type == "JSONL" ? "\n" : i < 3 ? "," : "");
      EXPECT_EQ(bytes, type == "JSONL" ? joined : "[" + joined + "]");
    }
  }
}

TEST_F(ResultSinkTest, NothingHappened) {
  ResultSink sink = open("{}", R"({"Bucket":"out"})").value();
  EXPECT_TRUE(sink.finish());
  ASSERT_EQ(store_.objects.size(), 1U);
  EXPECT_EQ(store_.objects.begin()->first, "out/ad9b5f27-090b-3ac6/manifest.json");
  EXPECT_TRUE(store_.objects.begin()->second.ends_with(
      R"("ResultFiles":{"FAILED":[],"PENDING":[],"SUCCEEDED":[]}})"));
}

TEST_F(ResultSinkTest, PrefixMayEndWithASlash) {
  ResultSink sink = open("{}", R"({"Bucket":"out","Prefix":"csvProcessJobs/"})").value();
  EXPECT_TRUE(sink.finish());
  EXPECT_NE(file("manifest.json"), "absent");
}

TEST_F(ResultSinkTest, Failures) {
  const auto cause = [&](std::string_view config, std::string_view arguments) {
    const auto sink = open(config, arguments);
    EXPECT_EQ(sink.error().error, "States.ResultWriterFailed");
    return *sink.error().cause;
  };
  EXPECT_EQ(cause("{}", "{}"), "The ResultWriter has no Bucket.");
  EXPECT_EQ(cause("{}", R"({"Bucket":1})"),
            "The field 'Bucket' of the ResultWriter must be a string.");
  EXPECT_EQ(cause(R"({"Transformation":"ZIP"})", "{}"), "'ZIP' is not a value of Transformation.");
  EXPECT_EQ(cause(R"({"OutputType":"CSV"})", "{}"), "'CSV' is not a value of OutputType.");
  ResultSink sink = open("{}", R"({"Bucket":"missing"})").value();
  EXPECT_EQ(
      sink.finish().error().cause,
      "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: "
      "NoSuchBucket; Request ID: ; S3 Extended Request ID: ; Proxy: null)");
}

/// The manifest is written last: an export that failed has none.
TEST_F(ResultSinkTest, FullStoreLeavesNoManifest) {
  ResultSink sink = open("{}").value();
  ASSERT_TRUE(sink.add({ChildOutcome::Succeeded, R"({"Name":"1"})", ""}));
  store_.is_full = true;
  const auto result = sink.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().error, "States.ResultWriterFailed");
  EXPECT_TRUE(result.error().cause->starts_with("No space left on device (Service: Amazon S3; "));
  EXPECT_TRUE(store_.objects.empty());
}

TEST_F(ResultSinkTest, OutputThatIsNoJsonFails) {
  ResultSink sink = open(R"({"Transformation":"COMPACT"})").value();
  EXPECT_TRUE(sink.add({ChildOutcome::Succeeded, "", "{"})
                  .error()
                  .cause->starts_with("A child's output is not JSON: "));
}

/// Large results are handed to the store piece by piece.
TEST_F(ResultSinkTest, ManyResultsInOneFile) {
  ResultSink sink = open(R"({"Transformation":"FLATTEN","OutputType":"JSON"})").value();
  std::string expected = "[";
  for (int i = 0; i < 20'000; ++i) {
    const std::string item = '"' + std::to_string(i) + std::string(30, 'x') + '"';
    ASSERT_TRUE(sink.add({ChildOutcome::Succeeded, "", '[' + item + ", " + item + ']'}));
    expected += item + ',' + item + ',';
  }
  expected.back() = ']';
  ASSERT_TRUE(sink.finish());
  EXPECT_EQ(file("SUCCEEDED_0.json"), expected);
}

}  // namespace
}  // namespace pawl::items
