// SPDX-License-Identifier: Apache-2.0
// Calls inside the process: where they go, what is passed on, when it comes back.
#include "server/service_caller.h"

#include <gtest/gtest.h>

#include <future>

#include "json/parse.h"
#include "json/write.h"
#include "net/event_loop.h"
#include "server/answer_keeping_store.h"
#include "server/service_threads.h"
#include "store/memory/memory_store.h"

namespace pawl::server {
namespace {

constexpr const char* kModel = R"({"metadata":{"protocol":"rest-json"},"operations":{
  "Say":{"http":{"method":"POST","requestUri":"/"},"input":{"shape":"In"},"output":{"shape":"In"},
         "errors":[{"shape":"Mute"}]},
  "Pour":{"http":{"method":"POST","requestUri":"/p"},"input":{"shape":"Stream"},
          "output":{"shape":"Stream"}}},
  "shapes":{"S":{"type":"string","min":1},"B":{"type":"blob","streaming":true},
  "Mute":{"type":"structure","members":{},"error":{"httpStatusCode":409},"exception":true},
  "In":{"type":"structure","required":["word"],"members":{"word":{"shape":"S"}}},
  "Stream":{"type":"structure","members":{"name":{"shape":"S","location":"header",
            "locationName":"x-name"},"Body":{"shape":"B"}},
            "payload":"Body"}}})";

class Pieces final : public aws::BodySource {
 public:
  std::optional<uint64_t> size() const override { return std::nullopt; }
  base::Result<size_t> read(char* out, size_t) override {
    if (left_-- == 0) return size_t{0};
    *out = 'x';
    return size_t{1};
  }

 private:
  int left_ = 3;
};

class Echo final : public aws::Service {
 public:
  void bind(aws::ActionTable& table) override {
    table.on_write("Say", &Echo::say);
    table.on("Pour", &Echo::pour);
  }
  aws::ActionResult say(const aws::Request& request) {
    if (request.input.find("word")->as_string() == "mute") return aws::ApiError("Mute", "No.");
    request.keep_answer(request.input);
    store::Batch batch;
    batch.put(words, request.input.find("word")->as_string(), "said");
    EXPECT_TRUE(store.commit(batch, store::Sync::No));
    return aws::Output(request.input);
  }
  aws::ActionResult pour(const aws::Request& request) {
    poured = request.http->body;
    poured_name = request.http->headers.get("x-name");
    aws::Output output;
    if (poured == "stream") {
      output.stream = std::make_shared<Pieces>();
    } else {
      output.streamed_body = "back";
    }
    return output;
  }
  explicit Echo(store::Store& services_store)
      : store(services_store), words(*store.keyspace("words", store::Shape::Records)) {}

  store::Store& store;
  store::Keyspace words;
  std::string poured;
  std::string poured_name;
};

class ServiceCallerTest : public testing::Test {
 protected:
  ServiceCallerTest() {
    caller_.add("echo", [this] { return &actions_; });
  }
  ~ServiceCallerTest() override {
    threads_.stop();
    syncs_.stop();
  }

  /// "200 OUTPUT" or "STATUS CODE".
  std::string call(std::string operation, const char* input, std::string service = "echo") {
    std::promise<std::string> answered;
    caller_.call({.service = std::move(service),
                  .operation = std::move(operation),
                  .input = *json::parse(input),
                  .completion_key = completion_key_,
                  .completed = completed_,
                  .kept_text = kept_text_},
                 [&](aws::ApiResult<json::Value> result) {
                   EXPECT_TRUE(loop_.loop()->is_current());
                   answered.set_value(result ? "200 " + json::write(*result)
                                             : std::to_string(result.error().status) + " " +
                                                   result.error().code);
                 });
    return answered.get_future().get();
  }

  std::string completion_key_;
  std::string kept_text_;
  std::string completed_;
  store::MemoryStore store_;
  store::SyncQueue syncs_{store_, {}};
  aws::ModelCatalog models_{{}};
  net::LoopThread loop_;
  ServiceThreads threads_{loop_.loop()};
  store::Keyspace answers_ = *store_.keyspace("answers", store::Shape::Queue);
  store::Keyspace answers_to_stacks_ = *store_.keyspace("answers to stacks", store::Shape::Queue);
  store::Keyspace places_ = *store_.keyspace("places", store::Shape::Queue);
  AnswerKeepingStore services_store_{store_, {answers_, answers_to_stacks_, places_}};
  Echo echo_{services_store_};
  std::unique_ptr<const aws::ServiceModel> model_ =
      *aws::ServiceModel::compile("echo", *json::parse(kModel));
  aws::ActionTable actions_ = [this] {
    aws::ActionTable table(echo_, *model_);
    echo_.bind(table);
    return table;
  }();
  ServiceCaller caller_{{.models = models_, .loop = threads_, .syncs = syncs_}};
};

TEST_F(ServiceCallerTest, AnswersOnTheLoopAlsoAfterASync) {
  EXPECT_EQ(call("Say", R"({"word":"hi"})"), R"(200 {"word":"hi"})");
}

TEST_F(ServiceCallerTest, ErrorsHaveTheirStatus) {
  EXPECT_EQ(call("Say", R"({"word":"mute"})"), "409 Mute");
  EXPECT_EQ(call("Say", "{}"), "400 ValidationException") << "inputs are validated";
  EXPECT_EQ(call("Fly", "{}"), "501 NotImplemented");
  EXPECT_EQ(call("Say", "{}", "nowhere"), "501 NotImplemented");
}

TEST_F(ServiceCallerTest, ATasksAnswerIsKeptInTheBatchOfTheEffectAndGivenAgain) {
  EXPECT_EQ(call("Say", R"({"word":"one"})"), R"(200 {"word":"one"})");
  EXPECT_EQ(*store_.get(answers_, "task"), std::nullopt) << "no task has called";
  completion_key_ = "task";
  EXPECT_EQ(call("Say", R"({"word":"mute"})"), "409 Mute");
  EXPECT_EQ(*store_.get(answers_, "task"), std::nullopt) << "nothing was done";
  EXPECT_EQ(call("Say", R"({"word":"two"})"), R"(200 {"word":"two"})");
  EXPECT_EQ(*store_.get(answers_, "task"), R"({"word":"two"})");
  completed_ = R"({"word":"two"})";
  EXPECT_EQ(call("Say", R"({"word":"three"})"), R"(200 {"word":"two"})");
  EXPECT_EQ(*store_.get(echo_.words, "three"), std::nullopt) << "the call was not repeated";
}

TEST_F(ServiceCallerTest, ATextMayBeKeptInsteadOfTheAnswer) {
  completion_key_ = "output/a";
  kept_text_ = "17";
  EXPECT_EQ(call("Say", R"({"word":"mute"})"), "409 Mute");
  EXPECT_EQ(*store_.get(places_, "output/a"), std::nullopt);
  EXPECT_EQ(call("Say", R"({"word":"one"})"), R"(200 {"word":"one"})");
  EXPECT_EQ(*store_.get(places_, "output/a"), "17");
  EXPECT_EQ(*store_.get(answers_, "output/a"), std::nullopt);
}

TEST_F(ServiceCallerTest, StreamsTravelAsBase64) {
  EXPECT_EQ(call("Pour", R"({"name":"n","Body":"aGk="})"), R"(200 {"Body":"YmFjaw=="})");
  EXPECT_EQ(echo_.poured, "hi");
  EXPECT_EQ(echo_.poured_name, "n");
  EXPECT_EQ(call("Pour", R"({"Body":"c3RyZWFt"})"), R"(200 {"Body":"eHh4"})");
}

TEST(ServiceThreads, TimersRunOnceUnlessCancelled) {
  net::LoopThread loop;
  ServiceThreads threads(loop.loop());
  std::promise<int> ran;
  int count = 0;
  const auto cancelled = threads.run_at({threads.now().ms + 5}, [&] { count += 100; });
  threads.cancel(cancelled);
  threads.run_at({threads.now().ms + 10}, [&] { ran.set_value(++count); });
  EXPECT_EQ(ran.get_future().get(), 1);
}

}  // namespace
}  // namespace pawl::server
