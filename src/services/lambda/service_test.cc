// SPDX-License-Identifier: Apache-2.0
// The service in process, over a store that outlives it. What clients see over the wire is in
// tests/clients/test_lambda.py; here are its edges: restarts, foreign records, what comes at once.
#include "services/lambda/service.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "services/lambda/invocation_checks.h"
#include "services/lambda/paging.h"
#include "container/sandbox.h"
#include "services/lambda/service_for_test.h"

namespace pawl::lambda {
namespace {

using json::Value;

const std::string kArn = "arn:aws:lambda:us-east-1:000000000000:function:";
constexpr const char* kEcho =
    "import os\n"
    "def handler(event, context):\n"
    "    return [event, context.function_version, os.environ.get('WORD')]\n";

class LambdaServiceTest : public ServiceTest {
 protected:
  using ServiceTest::create;
  std::string create(const std::string& name) { return create(name, kEcho); }
};

TEST_F(LambdaServiceTest, FunctionsOutliveTheService) {
  ASSERT_EQ(member(create("f"), "State"), "Pending");
  ASSERT_EQ(member(call("PublishVersion", R"({"FunctionName":"f"})"), "Version"), "1");
  call("CreateAlias", R"({"FunctionName":"f","Name":"live","FunctionVersion":"1"})");
  call("UpdateFunctionConfiguration",
       R"({"FunctionName":"f","Environment":{"Variables":{"WORD":"two"}}})");
  const std::string before = call("GetFunction", R"({"FunctionName":"f"})");
  restart();
  EXPECT_EQ(call("GetFunction", R"({"FunctionName":"f"})"), before);
  EXPECT_EQ(invoke("f"), R"([1, "$LATEST", "two"])");
  EXPECT_EQ(invoke("f:live"), R"([1, "1", "one"])");
}

TEST_F(LambdaServiceTest, AVersionKeepsItsCodeWhenTheFunctionGetsAnother) {
  create("f");
  call("PublishVersion", R"({"FunctionName":"f"})");
  const std::string zip =
      base::base64_encode(zip_of({{"index.py", "def handler(event, context): return 'new'"}}));
  call("UpdateFunctionCode",
       Value::object().with_member("FunctionName", Value("f")).with_member("ZipFile", Value(zip)));
  EXPECT_EQ(invoke("f"), R"("new")");
  EXPECT_EQ(invoke("f:1"), R"([1, "1", "one"])");
  restart();
  EXPECT_EQ(invoke("f:1"), R"([1, "1", "one"])");
  call("DeleteFunction", R"({"FunctionName":"f","Qualifier":"1"})");
  EXPECT_EQ(invoke("f:1"), "ResourceNotFoundException: Function not found: " + kArn + "f:1");
  const store::Keyspace packages = *store_.keyspace("lambda/code", store::Shape::Blobs);
  const auto cursor = store_.cursor(packages, store::Range::all());
  EXPECT_TRUE(*cursor->first());
  EXPECT_FALSE(*cursor->next());  // the version's package is gone with it
}

TEST_F(LambdaServiceTest, DeletingLeavesNothingAndANewFunctionIsNew) {
  create("f");
  call("PublishVersion", R"({"FunctionName":"f"})");
  call("DeleteFunction", R"({"FunctionName":"f"})");
  for (const auto& [name, shape] : {std::pair("lambda/functions", store::Shape::Records),
                                    std::pair("lambda/code", store::Shape::Blobs)}) {
    const auto cursor = store_.cursor(*store_.keyspace(name, shape), store::Range::all());
    EXPECT_FALSE(*cursor->first()) << name;
  }
  create("f", "def handler(event, context): return 'second'");
  EXPECT_EQ(invoke("f"), R"("second")");
  EXPECT_EQ(member(call("PublishVersion", R"({"FunctionName":"f"})"), "Version"), "1");
}

TEST_F(LambdaServiceTest, RecordsOfAnotherFormatAreRefused) {
  create("f");
  const store::Keyspace functions = *store_.keyspace("lambda/functions", store::Shape::Records);
  const auto cursor = store_.cursor(functions, store::Range::all());
  ASSERT_TRUE(*cursor->first());
  for (const char* text : {R"({"format":2})", "{}", "garbage", ""}) {
    store::Batch batch;
    batch.put(functions, cursor->key(), text);
    ASSERT_TRUE(store_.commit(batch, store::Sync::No));
    EXPECT_TRUE(call("GetFunction", R"({"FunctionName":"f"})").starts_with("ServiceException"));
    EXPECT_TRUE(invoke("f").starts_with("ServiceException"));
  }
}

TEST_F(LambdaServiceTest, LayersLieInOptTheLaterOverTheEarlier) {
  const auto publish = [&](const char* name, const std::vector<ZipEntry>& files) {
    const std::string zip = base::base64_encode(zip_of(files));
    return member(
        call("PublishLayerVersion",
             Value::object()
                 .with_member("LayerName", Value(name))
                 .with_member("Content", Value::object().with_member("ZipFile", Value(zip)))),
        "LayerVersionArn");
  };
  const std::string first =
      publish("a", {{"python/one.py", "X = 'a'"}, {"python/two.py", "X = 'a'"}});
  const std::string second = publish("b", {{"python/two.py", "X = 'b'"}});
  create("f", "import one, two\ndef handler(event, context): return [one.X, two.X]");
  EXPECT_EQ(member(invoke("f"), "errorType"), "Runtime.ImportModuleError");
  call("UpdateFunctionConfiguration",
       Value::object()
           .with_member("FunctionName", Value("f"))
           .with_member("Layers", Value::array({Value(first), Value(second)})));
  EXPECT_EQ(invoke("f"), R"(["a", "b"])");
  // A function keeps a layer that is deleted.
  call("DeleteLayerVersion", R"({"LayerName":"a","VersionNumber":1})");
  restart();
  EXPECT_EQ(invoke("f"), R"(["a", "b"])");
  EXPECT_TRUE(call("GetLayerVersion", R"({"LayerName":"a","VersionNumber":1})")
                  .starts_with("ResourceNotFoundException"));
}

TEST_F(LambdaServiceTest, ANumberOfALayerIsNotGivenTwice) {
  const std::string zip = base::base64_encode(zip_of({{"x", "y"}}));
  const Value input =
      Value::object()
          .with_member("LayerName", Value("a"))
          .with_member("Content", Value::object().with_member("ZipFile", Value(zip)));
  EXPECT_EQ(member(call("PublishLayerVersion", input), "Version"), "1");
  EXPECT_EQ(member(call("PublishLayerVersion", input), "Version"), "2");
  call("DeleteLayerVersion", R"({"LayerName":"a","VersionNumber":2})");
  EXPECT_EQ(member(call("PublishLayerVersion", input), "Version"), "3");
}

TEST_F(LambdaServiceTest, CodeMayLieInS3) {
  const std::string zip =
      base::base64_encode(zip_of({{"index.py", "def handler(event, context): return 's3'"}}));
  caller_.answer_with([zip](const LoopCaller::Asked& asked) -> aws::ApiResult<Value> {
    if (asked.input != R"({"Bucket":"b-b","Key":"k","VersionId":"v"})") {
      return aws::ApiError("NoSuchKey", "The specified key does not exist.", 404);
    }
    return Value::object().with_member("Body", Value(zip));
  });
  Value input = *json::parse(
      R"({"FunctionName":"f","Runtime":"python3.12","Handler":"index.handler",
          "Role":"arn:aws:iam::000000000000:role/r",
          "Code":{"S3Bucket":"b-b","S3Key":"k","S3ObjectVersion":"v"}})");
  EXPECT_EQ(member(call("CreateFunction", input), "State"), "Pending");
  EXPECT_EQ(invoke("f"), R"("s3")");
  EXPECT_EQ(call("UpdateFunctionCode", R"({"FunctionName":"f","S3Bucket":"b-b","S3Key":"other"})"),
            "InvalidParameterValueException: Error occurred while GetObject. S3 Error Code: "
            "NoSuchKey. S3 Error Message: The specified key does not exist.");
}

TEST_F(LambdaServiceTest, AFolderIsRunAsItIsNow) {
  const std::string folder = folder_.at("code");
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& text) {
    std::ofstream(folder + "/index.py") << "def handler(event, context): return '" << text << "'";
  };
  write("first");
  Value input =
      *json::parse(R"({"FunctionName":"f","Runtime":"python3.12","Handler":"index.handler",
                                 "Role":"arn:aws:iam::000000000000:role/r"})");
  input = input.with_member("Code", Value::object()
                                        .with_member("S3Bucket", Value("hot-reload"))
                                        .with_member("S3Key", Value(folder)));
  EXPECT_EQ(member(call("CreateFunction", input), "State"), "Pending");
  EXPECT_EQ(invoke("f"), R"("first")");
  write("the second");
  EXPECT_EQ(invoke("f"), R"("the second")");
  call("DeleteFunction", R"({"FunctionName":"f"})");
  EXPECT_TRUE(std::filesystem::exists(folder + "/index.py"));
  input = input.with_member("Code", Value::object()
                                        .with_member("S3Bucket", Value("hot-reload"))
                                        .with_member("S3Key", Value("relative")));
  EXPECT_EQ(call("CreateFunction", input),
            "InvalidParameterValueException: relative is no absolute path of a folder.");
}

TEST_F(LambdaServiceTest, AnUpdateIsShownAsOneForAMoment) {
  create("f");
  const std::string updated =
      call("UpdateFunctionConfiguration", R"({"FunctionName":"f","Description":"d"})");
  EXPECT_EQ(member(updated, "LastUpdateStatus"), "InProgress");
  const auto now = [&] { return call("GetFunctionConfiguration", R"({"FunctionName":"f"})"); };
  EXPECT_EQ(member(now(), "LastUpdateStatus"), "InProgress");
  EXPECT_EQ(member(now(), "RevisionId"), member(updated, "RevisionId"));
  loop_->advance_by(1'000);
  EXPECT_EQ(member(now(), "LastUpdateStatus"), "Successful");
  EXPECT_NE(member(now(), "RevisionId"), member(updated, "RevisionId"));
}

TEST_F(LambdaServiceTest, AFunctionThatTakesTooMuchMemoryIsKilled) {
  create("f",
         "import time\ndef handler(event, context):\n"
         "    x = bytearray(event * 1000000)\n    time.sleep(5 if event > 100 else 0)\n"
         "    return len(x)");
  EXPECT_EQ(invoke("f", "10"), "10000000");
  const std::string killed = invoke("f", "300");
  EXPECT_EQ(member(killed, "errorType"), "Runtime.ExitError");
  EXPECT_TRUE(killed.ends_with("Error: Runtime exited with error: signal: killed\"}")) << killed;
  EXPECT_EQ(invoke("f", "10"), "10000000");  // by another worker
}

TEST_F(LambdaServiceTest, AFunctionSeesNothingOfOurs) {
  if (!container::Sandbox().works()) GTEST_SKIP() << container::Sandbox().reason();
  create("f",
         "import os\ndef handler(event, context):\n"
         "    open('/tmp/mine', 'w').close()\n"
         "    try: os.mkdir('/var/task/new')\n"
         "    except OSError as error: refused = error.errno\n"
         "    return [os.path.exists(event), refused, sorted(os.listdir('/tmp')), os.getcwd(),\n"
         "            len([p for p in os.listdir('/proc') if p.isdigit()])]");
  const std::string data = folder_.at("data");
  const std::string seen = invoke("f", json::write(Value(data)));
  EXPECT_EQ(seen, R"([false, 30, ["mine"], "/var/task", 2])");
  EXPECT_TRUE(std::filesystem::exists(data));
}

TEST_F(LambdaServiceTest, CallsWhileTheFunctionChangesAllAnswer) {
  create("f");
  std::atomic<int> answered = 0;
  std::atomic<int> wrong = 0;
  constexpr int kCalls = 200;
  for (int i = 0; i < kCalls; ++i) {
    InvokeCall call_of;
    call_of.function = {{"000000000000", "us-east-1", "f"}, ""};
    call_of.payload = "1";
    service_->invoke(std::move(call_of), [&](aws::ApiResult<InvokeOutcome> outcome) {
      if (!outcome || outcome->function_error) ++wrong;
      ++answered;
    });
    if (i % 50 == 25) {
      call("UpdateFunctionConfiguration",
           R"({"FunctionName":"f","Environment":{"Variables":{"WORD":"other"}}})");
    }
  }
  while (answered != kCalls) std::this_thread::yield();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(invoke("f"), R"([1, "$LATEST", "other"])");
}

TEST(FunctionReference, AllFormsOfAName) {
  aws::Request request;
  const std::array<std::array<const char*, 5>, 11> cases = {{
      {"f", "us-east-1", "000000000000", "f", ""},
      {"f:live", "us-east-1", "000000000000", "f", "live"},
      {"function:f", "us-east-1", "000000000000", "f", ""},
      {"123456789012:function:f", "us-east-1", "123456789012", "f", ""},
      {"123456789012:f:$LATEST", "us-east-1", "123456789012", "f", "$LATEST"},
      {"eu-west-1:123456789012:function:f:2", "eu-west-1", "123456789012", "f", "2"},
      {"arn:aws:lambda:eu-west-1:123456789012:function:f", "eu-west-1", "123456789012", "f", ""},
      {"arn:aws:lambda:eu-west-1:123456789012:function:f:a", "eu-west-1", "123456789012", "f", "a"},
      {"ab-name-1:prod", "us-east-1", "000000000000", "ab-name-1", "prod"},
      {"123456789012", "us-east-1", "000000000000", "123456789012", ""},
      {"function", "us-east-1", "000000000000", "function", ""},
  }};
  for (const auto& [text, region, account, name, qualifier] : cases) {
    const FunctionReference found = parse_function_reference(text, request);
    EXPECT_EQ(found.key, (FunctionKey{account, region, name})) << text;
    EXPECT_EQ(found.qualifier, qualifier) << text;
  }
}

TEST(Invocation, PayloadsInJacksonsWords) {
  EXPECT_TRUE(check_payload(R"({"a": [1, null]})"));
  const auto refused = check_payload("n\x87r\x9e");
  ASSERT_FALSE(refused);
  EXPECT_EQ(*refused.error().message,
            "Could not parse request body into json: Could not parse payload into json: Invalid "
            "UTF-8 start byte 0x87\n at [Source: REDACTED "
            "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 3]");
  for (const char* text : {"{", "[1,]", "nul", "{\"a\":1}x", "\"\xed\xa0\x80\""}) {
    EXPECT_FALSE(check_payload(text)) << text;
  }
}

TEST(Paging, MarkersBelongToTheirList) {
  const auto with = [](const std::string& marker) {
    return Value::object().with_member("Marker", Value(marker)).with_member("MaxItems", Value(7));
  };
  const auto page = read_page(with(write_marker("functions", "f")), "functions");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->after, "f");
  EXPECT_EQ(page->items_max, 7U);
  EXPECT_FALSE(read_page(with(write_marker("functions", "f")), "versions of f"));
  EXPECT_FALSE(read_page(with("made up"), "functions"));
}

}  // namespace
}  // namespace pawl::lambda
