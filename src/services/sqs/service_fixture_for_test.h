// SPDX-License-Identifier: Apache-2.0
// SqsService over a store in memory with a virtual clock, called through its action table.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/action_table.h"
#include "aws/service/virtual_loop_for_test.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/sqs/sqs_service.h"
#include "store/memory/memory_store.h"

namespace pawl::sqs {

class ServiceFixture : public testing::Test {
 protected:
  /// An answer that may come later.
  struct Answer {
    bool is_there = false;
    std::string text = "(none)";  ///< the output, or "CODE: MESSAGE"
    bool after_sync = false;
    json::Value value;
  };

  void SetUp() override {
    ASSERT_NE(aws::installed_model("sqs"), nullptr) << "python3-botocore is not installed";
    open();
  }

  /// Also again: as after a restart.
  void open() {
    table_.reset();
    SqsService::Options options;
    options.endpoint_url = [] { return std::string("http://localhost:4566"); };
    options.seed = 7;
    service_ = SqsService::open(store_, loop_, std::move(options)).value();
    table_.emplace(*service_, *aws::installed_model("sqs"));
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
  }

  aws::Request request(const std::string& operation, const std::string& input) {
    aws::Request made;
    made.operation = table_->model().find_operation(operation);
    made.input = json::parse(input).value();
    return made;
  }

  std::shared_ptr<Answer> start(aws::Request request) {
    auto answer = std::make_shared<Answer>();
    table_->call(std::move(request), aws::Reply([answer](aws::ActionResult result) {
                   answer->is_there = true;
                   if (result) {
                     answer->value = result->value;
                     answer->after_sync = result->after_sync;
                     answer->text = json::write(result->value);
                   } else {
                     answer->text =
                         result.error().code + ": " + result.error().message.value_or("");
                   }
                 }));
    return answer;
  }
  std::shared_ptr<Answer> start(const std::string& operation, const std::string& input) {
    return start(request(operation, input));
  }
  std::string call(const std::string& operation, const std::string& input) {
    last_ = *start(operation, input);
    return last_.text;
  }

  /// URL of a queue of the default account.
  static std::string url(const std::string& queue) {
    return "http://localhost:4566/000000000000/" + queue;
  }
  /// An input with the queue's URL and more members: R"("MessageBody":"x")".
  static std::string on(const std::string& queue, const std::string& more = "") {
    return R"({"QueueUrl":")" + url(queue) + "\"" + (more.empty() ? "" : "," + more) + "}";
  }
  void make(const std::string& queue, const std::string& attributes = "") {
    const std::string text = call(
        "CreateQueue", R"({"QueueName":")" + queue + R"(","Attributes":{)" + attributes + "}}");
    ASSERT_EQ(text, R"({"QueueUrl":")" + url(queue) + "\"}");
  }
  std::string send(const std::string& queue, const std::string& body,
                   const std::string& more = "") {
    return call("SendMessage",
                on(queue, R"("MessageBody":")" + body + "\"" + (more.empty() ? "" : "," + more)));
  }
  static std::string bodies_of(const Answer& answer) {
    const json::Value* messages = answer.value.find("Messages");
    std::string text;
    if (messages == nullptr) return text;
    for (const json::Value& each : messages->items()) {
      text += (text.empty() ? "" : " ") + std::string(each.find("Body")->as_string());
    }
    return text;
  }
  /// Bodies of what one receive gets, "a b"; handle_ is the first one's.
  std::string receive(const std::string& queue, const std::string& more = "") {
    last_ = *start("ReceiveMessage", on(queue, more));
    const json::Value* messages = last_.value.find("Messages");
    handle_ = messages == nullptr
                  ? ""
                  : std::string(messages->items()[0].find("ReceiptHandle")->as_string());
    return bodies_of(last_);
  }
  std::string remove(const std::string& queue, const std::string& handle) {
    return call("DeleteMessage", on(queue, R"("ReceiptHandle":")" + handle + "\""));
  }
  std::string attribute(const std::string& queue, const std::string& name) {
    call("GetQueueAttributes", on(queue, R"("AttributeNames":[")" + name + "\"]"));
    const json::Value* attributes = last_.value.find("Attributes");
    const json::Value* found = attributes == nullptr ? nullptr : attributes->find(name);
    return found == nullptr ? "(none)" : std::string(found->as_string());
  }

  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  std::unique_ptr<SqsService> service_;
  std::optional<aws::ActionTable> table_;
  Answer last_;
  std::string handle_;
};

}  // namespace pawl::sqs
