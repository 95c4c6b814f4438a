// SPDX-License-Identifier: Apache-2.0
// The service in process, over a store that outlives it. What clients see over the wire is in
// tests/clients/test_lambda.py; here are its edges: restarts, foreign records, what comes at once.
#include "services/lambda/service.h"

#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/paging.h"
#include "services/lambda/zip_for_test.h"
#include "store/memory/memory_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::lambda {
namespace {

using json::Value;

const std::string kArn = "arn:aws:lambda:us-east-1:000000000000:function:";
constexpr const char* kEcho =
    "import os\n"
    "def handler(event, context):\n"
    "    return [event, context.function_version, os.environ.get('WORD')]\n";

class LambdaServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("lambda");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    restart();
  }

  void restart() {
    table_.reset();
    service_.reset();
    LambdaService::Options options;
    options.data_folder = folder_.at("data");
    options.now = [this] { return base::Timestamp{now_ms_ += 1'000}; };
    auto opened = LambdaService::open(store_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().message;
    service_ = std::move(*opened);
    table_.emplace(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  /// The output as JSON text, or "CODE: message".
  std::string call(const std::string& operation, Value input) {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    request.input = std::move(input);
    std::promise<std::string> answered;
    table_->call(std::move(request), aws::Reply([&](aws::ActionResult result) {
                   answered.set_value(result ? json::write(result->value)
                                             : result.error().code + ": " +
                                                   result.error().message.value_or(""));
                 }));
    return answered.get_future().get();
  }
  std::string call(const std::string& operation, const char* input) {
    return call(operation, *json::parse(input));
  }
  static std::string member(const std::string& answer, std::string_view name) {
    const auto parsed = json::parse(answer);
    const Value* found = parsed ? parsed->find(name) : nullptr;
    if (found == nullptr) return "absent from " + answer;
    return found->is_string() ? std::string(found->as_string()) : json::write(*found);
  }

  std::string create(const std::string& name, const std::string& code = kEcho) {
    Value input = *json::parse(R"({"Runtime":"python3.12","Handler":"index.handler","Timeout":10,
      "Role":"arn:aws:iam::000000000000:role/r","Environment":{"Variables":{"WORD":"one"}}})");
    const std::string zip = base::base64_encode(zip_of({{"index.py", code}}));
    input = input.with_member("FunctionName", Value(name))
                .with_member("Code", Value::object().with_member("ZipFile", Value(zip)));
    return call("CreateFunction", input);
  }
  std::string invoke(const std::string& name, const std::string& payload = "1") {
    const Value input = Value::object()
                            .with_member("FunctionName", Value(name))
                            .with_member("Payload", Value(base::base64_encode(payload)));
    const std::string answer = call("Invoke", input);
    const auto returned = base::base64_decode(member(answer, "Payload"));
    return returned ? *returned : answer;
  }

  store::MemoryStore store_;
  store::TemporaryFolder folder_;
  const aws::ServiceModel* model_ = nullptr;
  int64_t now_ms_ = 1'700'000'000'000;
  std::unique_ptr<LambdaService> service_;
  std::optional<aws::ActionTable> table_;
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

TEST_F(LambdaServiceTest, EventsAreKeptUntilTheyHaveRun) {
  const std::string path = folder_.at("written");
  create("f",
         "def handler(event, context):\n  with open('" + path + "', 'a') as f: f.write(event)");
  call("PutFunctionConcurrency", R"({"FunctionName":"f","ReservedConcurrentExecutions":0})");
  const std::string payload = base::base64_encode(R"("x")");
  const std::string accepted =
      call("Invoke", *json::parse(R"({"FunctionName":"f","InvocationType":"Event","Payload":")" +
                                  payload + R"("})"));
  EXPECT_EQ(member(accepted, "StatusCode"), "202");
  const store::Keyspace events = *store_.keyspace("lambda/events", store::Shape::Queue);
  const auto waiting = [&] { return *store_.cursor(events, store::Range::all())->first(); };
  EXPECT_TRUE(waiting());
  restart();
  EXPECT_TRUE(waiting());
  EXPECT_FALSE(std::filesystem::exists(path));
  // A function of the same name takes its place meanwhile; the event is for the name.
  call("DeleteFunctionConcurrency", R"({"FunctionName":"f"})");
  restart();  // instead of waiting until the throttled event is tried again
  while (waiting()) std::this_thread::yield();
  EXPECT_EQ(std::filesystem::file_size(path), 1U);
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
