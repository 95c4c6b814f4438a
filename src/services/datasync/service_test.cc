// SPDX-License-Identifier: Apache-2.0
// The API over two buckets of a fake S3.
#include "services/datasync/service.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::datasync {
namespace {

using json::ObjectBuilder;
using json::Value;

/// Buckets of texts; what DataSync calls of S3.
class FakeS3 {
 public:
  std::map<std::string, std::map<std::string, std::string>> buckets;
  std::string failing_key;    ///< cannot be copied
  std::string corrupted_key;  ///< arrives with other bytes

  aws::ApiResult<Value> answer(const aws::Call& call) {
    const auto text = [&](const char* name) {
      const Value* value = call.input.find(name);
      return value == nullptr ? std::string() : std::string(value->as_string());
    };
    const auto bucket = buckets.find(text("Bucket"));
    if (bucket == buckets.end())
      return aws::ApiError("NoSuchBucket", "The specified bucket does not exist", 404);
    auto& objects = bucket->second;
    const std::string key = text("Key");
    if (call.operation == "ListObjectsV2")
      return list(objects, text("Prefix"), text("ContinuationToken"));
    if (call.operation == "HeadObject") {
      if (!objects.contains(key)) return aws::ApiError("404", "Not Found", 404);
      ObjectBuilder out;
      out.set("ContentLength", Value(static_cast<int64_t>(objects[key].size())))
          .set("ETag", Value(etag(objects[key])));
      return std::move(out).build();
    }
    if (call.operation == "CopyObject") {
      const std::string source = text("CopySource");
      const size_t slash = source.find('/');
      if (source.substr(slash + 1) == failing_key)
        return aws::ApiError("AccessDenied", "Access Denied", 403);
      objects[key] = buckets[source.substr(0, slash)][source.substr(slash + 1)];
      if (source.substr(slash + 1) == corrupted_key) objects[key] += "!";
      return Value::object();
    }
    if (call.operation == "DeleteObject") {
      objects.erase(key);
      return Value::object();
    }
    if (call.operation == "GetObject")
      return Value::object().with_member("Body", Value(base::base64_encode(objects[key])));
    if (call.operation == "PutObject") {
      objects[key] = base::base64_decode(text("Body")).value();
      return Value::object();
    }
    return aws::ApiError("NotImplemented", call.operation, 501);
  }

 private:
  static std::string etag(const std::string& bytes) {
    return "\"" + base::hex_encode(base::digest(base::DigestAlgorithm::Md5, bytes)) + "\"";
  }
  /// Two to a page.
  static Value list(const std::map<std::string, std::string>& objects, const std::string& prefix,
                    const std::string& after) {
    std::vector<Value> contents;
    ObjectBuilder out;
    for (const auto& [key, bytes] : objects) {
      if (!key.starts_with(prefix) || key <= after) continue;
      if (contents.size() == 2) {
        out.set("NextContinuationToken",
                Value(std::string(contents.back().find("Key")->as_string())));
        break;
      }
      ObjectBuilder object;
      object.set("Key", Value(key))
          .set("Size", Value(static_cast<int64_t>(bytes.size())))
          .set("ETag", Value(etag(bytes)))
          .set("LastModified", Value(1.7e9));
      contents.push_back(std::move(object).build());
    }
    out.set("Contents", Value::array(std::move(contents)));
    return std::move(out).build();
  }
};

class DataSyncTest : public testing::Test {
 protected:
  void SetUp() override {
    const aws::ServiceModel* model = aws::installed_model("datasync");
    ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
    open();
    s3_.buckets["from"];
    s3_.buckets["to"];
  }

  void open() {
    table_.reset();
    service_ =
        DataSyncService::open(
            {.store = store_, .loop = loop_, .caller = caller_, .folder = folder_.at("datasync")})
            .value();
    table_.emplace(*service_, *aws::installed_model("datasync"));
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
  }

  /// The output as text, or "CODE: MESSAGE".
  std::string call(const std::string& operation, const std::string& input) {
    aws::Request request;
    request.operation = table_->model().find_operation(operation);
    request.input = json::parse(input).value();
    request.received = loop_.now();
    std::string answer = "(none)";
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   if (result) last_ = result->value;
                   answer = result
                                ? json::write(result->value)
                                : result.error().code + ": " + result.error().message.value_or("");
                 }));
    return answer;
  }
  std::string last(std::string_view member) const {
    const Value* value = last_.find(member);
    return value == nullptr     ? "(none)"
           : value->is_string() ? std::string(value->as_string())
                                : json::write(*value);
  }
  std::string location(const std::string& bucket, const std::string& folder = "") {
    call("CreateLocationS3",
         R"({"S3BucketArn":"arn:aws:s3:::)" + bucket + R"(","Subdirectory":")" + folder +
             R"(","S3Config":{"BucketAccessRoleArn":"arn:aws:iam::000000000000:role/r"}})");
    return last("LocationArn");
  }
  std::string task(const std::string& from, const std::string& to, const std::string& more = "") {
    call("CreateTask", R"({"SourceLocationArn":")" + from + R"(","DestinationLocationArn":")" + to +
                           "\"" + more + "}");
    return last("TaskArn");
  }
  std::string start(const std::string& task) {
    call("StartTaskExecution", R"({"TaskArn":")" + task + "\"}");
    return last("TaskExecutionArn");
  }
  void describe(const std::string& execution) {
    call("DescribeTaskExecution", R"({"TaskExecutionArn":")" + execution + "\"}");
  }

  store::TemporaryFolder folder_;
  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  FakeS3 s3_;
  aws::RecordingCaller caller_{[this](const aws::Call& call) { return s3_.answer(call); }};
  std::unique_ptr<DataSyncService> service_;
  std::optional<aws::ActionTable> table_;
  Value last_;
};

TEST_F(DataSyncTest, CopiesWhatChangedAndVerifies) {
  s3_.buckets["from"] = {{"in/a", "1"}, {"in/b", "22"}, {"in/c/d", "333"}, {"other", "x"}};
  s3_.buckets["to"] = {{"b", "22"}, {"c/d", "3"}, {"z", "stays"}};
  const std::string execution = start(task(location("from", "/in"), location("to")));
  describe(execution);
  EXPECT_EQ(last("Status"), "LAUNCHING");
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "SUCCESS") << json::write(last_);
  EXPECT_EQ(last("FilesTransferred"), "2");
  EXPECT_EQ(last("BytesTransferred"), "4");
  EXPECT_EQ(last("EstimatedFilesToTransfer"), "2");
  EXPECT_EQ(last("FilesSkipped"), "1");
  EXPECT_EQ(last("FilesVerified"), "3");
  const std::map<std::string, std::string> expected = {
      {"a", "1"}, {"b", "22"}, {"c/d", "333"}, {"z", "stays"}};
  EXPECT_EQ(s3_.buckets["to"], expected);
}

TEST_F(DataSyncTest, FollowsItsOptionsAndFilters) {
  s3_.buckets["from"] = {{"a.tmp", "1"}, {"b", "new"}, {"keep/c", "3"}, {"skip/d", "4"}};
  s3_.buckets["to"] = {{"b", "old"}, {"gone", "x"}, {"gone.tmp", "x"}};
  const std::string made = task(location("from"), location("to"), R"(,
      "Options":{"PreserveDeletedFiles":"REMOVE","OverwriteMode":"NEVER","VerifyMode":"NONE"},
      "Excludes":[{"FilterType":"SIMPLE_PATTERN","Value":"*.tmp|/skip"}])");
  describe(start(made));
  loop_.run();
  const std::map<std::string, std::string> expected = {
      {"b", "old"}, {"gone.tmp", "x"}, {"keep/c", "3"}};
  EXPECT_EQ(s3_.buckets["to"], expected);
  EXPECT_TRUE(
      call(
          "CreateTask",
          R"({"SourceLocationArn":"arn:aws:datasync:us-east-1:000000000000:location/loc-0123456789abcdef0",
      "DestinationLocationArn":"arn:aws:datasync:us-east-1:000000000000:location/loc-0123456789abcdef0"})")
          .starts_with("InvalidRequestException: Location arn:"));
}

TEST_F(DataSyncTest, EndsWithErrorWhenAFileCannotBeCopiedOrDiffers) {
  s3_.buckets["from"] = {{"a", "1"}, {"b", "2"}};
  s3_.failing_key = "a";
  const std::string made = task(location("from"), location("to"));
  std::string execution = start(made);
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "ERROR");
  EXPECT_NE(last("Result").find(R"("ErrorCode":"TransferFailed","ErrorDetail":"/a: AccessDenied)"),
            std::string::npos)
      << last("Result");
  EXPECT_EQ(last("FilesTransferred"), "1");
  s3_.failing_key.clear();
  s3_.corrupted_key = "a";
  execution = start(made);
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "ERROR");
  EXPECT_NE(last("Result").find("differs at the destination"), std::string::npos);
  s3_.buckets.erase("to");
  execution = start(made);
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "ERROR");
  EXPECT_NE(last("Result").find("NoSuchBucket"), std::string::npos);
}

TEST_F(DataSyncTest, QueuesAndCancels) {
  s3_.buckets["from"] = {{"a", "1"}};
  const std::string made = task(location("from"), location("to"));
  const std::string first = start(made);
  const std::string second = start(made);
  describe(second);
  EXPECT_EQ(last("Status"), "QUEUED");
  call("DescribeTask", R"({"TaskArn":")" + made + "\"}");
  EXPECT_EQ(last("Status"), "RUNNING");
  EXPECT_EQ(last("CurrentTaskExecutionArn"), first);
  EXPECT_TRUE(call("DeleteTask", R"({"TaskArn":")" + made + "\"}").starts_with("Invalid"));
  EXPECT_EQ(call("CancelTaskExecution", R"({"TaskExecutionArn":")" + first + "\"}"), "{}");
  loop_.run();
  describe(first);
  EXPECT_EQ(last("Status"), "ERROR");
  EXPECT_NE(last("Result").find("Cancelled"), std::string::npos);
  describe(second);
  EXPECT_EQ(last("Status"), "SUCCESS");
  EXPECT_TRUE(call("CancelTaskExecution", R"({"TaskExecutionArn":")" + second + "\"}")
                  .starts_with("InvalidRequestException: "));
}

TEST_F(DataSyncTest, GoesOnAfterARestart) {
  s3_.buckets["from"] = {{"a", "1"}};
  const std::string made = task(location("from"), location("to"));
  const std::string first = start(made);
  const std::string second = start(made);
  loop_ = aws::VirtualLoop();  // nothing that was posted runs
  open();
  loop_.run();
  describe(first);
  EXPECT_EQ(last("Status"), "SUCCESS");
  describe(second);
  EXPECT_EQ(last("Status"), "SUCCESS");
  EXPECT_EQ(s3_.buckets["to"].at("a"), "1");
}

TEST_F(DataSyncTest, RunsByItsSchedule) {
  s3_.buckets["from"] = {{"a", "1"}};
  const std::string made = task(location("from"), location("to"),
                                R"x(,"Schedule":{"ScheduleExpression":"rate(1 hour)"})x");
  loop_.advance_by(3'600'000 + 1);
  EXPECT_TRUE(s3_.buckets["to"].contains("a"));
  call("UpdateTask",
       R"({"TaskArn":")" + made +
           R"x(","Schedule":{"ScheduleExpression":"rate(1 hour)","Status":"DISABLED"}})x");
  EXPECT_EQ(loop_.timers(), 0U);
  EXPECT_TRUE(call("UpdateTask", R"({"TaskArn":")" + made +
                                     R"(","Schedule":{"ScheduleExpression":"now and then"}})")
                  .starts_with("InvalidRequestException: "));
}

TEST_F(DataSyncTest, FoldersBothWays) {
  s3_.buckets["from"] = {{"a", "1"}, {"d/b", "22"}};
  call("CreateLocationNfs", R"({"ServerHostname":"host","Subdirectory":"/share",
      "OnPremConfig":{"AgentArns":["arn:aws:datasync:us-east-1:000000000000:agent/agent-0123456789abcdef0"]}})");
  const std::string folder = last("LocationArn");
  ASSERT_NE(folder, "(none)");
  std::string execution = start(task(location("from"), folder));
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "SUCCESS") << json::write(last_);
  execution = start(task(folder, location("to")));
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "SUCCESS") << json::write(last_);
  EXPECT_EQ(s3_.buckets["to"], s3_.buckets["from"]);
  s3_.buckets["from"]["../out"] = "x";
  execution = start(task(location("from"), folder));
  loop_.run();
  describe(execution);
  EXPECT_EQ(last("Status"), "ERROR");
  EXPECT_TRUE(call("CreateLocationSmb",
                   R"({"ServerHostname":"..","Subdirectory":"/","User":"u","Password":"p",
      "AgentArns":["arn:aws:datasync:us-east-1:000000000000:agent/agent-0123456789abcdef0"]})")
                  .starts_with("InvalidRequestException: "));
  EXPECT_TRUE(call("CreateLocationNfs", R"({"ServerHostname":"h","Subdirectory":"/../x",
      "OnPremConfig":{"AgentArns":["arn:aws:datasync:us-east-1:000000000000:agent/agent-0123456789abcdef0"]}})")
                  .starts_with("InvalidRequestException: "));
}

TEST_F(DataSyncTest, RefusesABucketThatIsNotThere) {
  EXPECT_TRUE(call("CreateLocationS3", R"({"S3BucketArn":"arn:aws:s3:::none","S3Config":
      {"BucketAccessRoleArn":"arn:aws:iam::000000000000:role/r"}})")
                  .find("NoSuchBucket") != std::string::npos);
}

TEST(PathFilter, Patterns) {
  const auto rules = [](const char* text) {
    return json::parse(std::string(R"([{"FilterType":"SIMPLE_PATTERN","Value":")") + text + "\"}]")
        .value();
  };
  const Value includes = rules("/a|/b*");
  const Value excludes = rules("*.tmp|*/.snapshot*|/a/x/");
  const PathFilter filter(&includes, &excludes);
  for (const char* yes : {"a", "a/b", "b", "bc/d"}) EXPECT_TRUE(filter.takes(yes)) << yes;
  for (const char* no : {"c", "a/x/y", "a/b.tmp", "a/.snapshot/z", "ab"})
    EXPECT_FALSE(filter.takes(no)) << no;
}

}  // namespace
}  // namespace pawl::datasync
