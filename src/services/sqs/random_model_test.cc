// SPDX-License-Identifier: Apache-2.0
// Random sequences of calls, with time passing and restarts, against QueueModel: the same messages
// come in the same order, and the same ones are in flight. PAWL_SQS_SEEDS says how many sequences.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <memory>

#include "aws/service/virtual_loop_for_test.h"
#include "services/sqs/broker.h"
#include "services/sqs/queue_model_for_test.h"
#include "services/sqs/receipt_handle.h"
#include "store/memory/memory_store.h"

namespace pawl::sqs {
namespace {

constexpr int kSteps = 300;

class World {
 public:
  World(uint64_t seed, bool is_fifo) : random_(seed), is_fifo_(is_fifo) {
    model_.is_fifo = letters_.is_fifo = is_fifo;
    model_.dead_letters = &letters_;
    open();
    AttributeMap base{{"MessageRetentionPeriod", "3600"}};
    if (is_fifo) base["FifoQueue"] = "true";
    EXPECT_TRUE(broker_->create_queue(name("letters"), base, {}));
    model_.receives_max = below(2) == 0 ? 0 : 2;
    if (model_.receives_max != 0) {
      base["RedrivePolicy"] =
          R"({"deadLetterTargetArn":")" + queue_arn(name("letters")) + R"(","maxReceiveCount":2})";
    }
    EXPECT_TRUE(broker_->create_queue(name("jobs"), base, {}));
  }

  void run() {
    using Step = void (World::*)();
    static constexpr std::pair<int, Step> kSteps_[] = {
        {30, &World::send},   {30, &World::receive},  {20, &World::erase},
        {10, &World::change}, {20, &World::advance},  {2, &World::restart},
        {1, &World::purge},   {1, &World::set_delay}, {5, &World::receive_letters}};
    int total = 0;
    for (const auto& [weight, step] : kSteps_) total += weight;
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      int pick = static_cast<int>(below(static_cast<uint64_t>(total)));
      for (const auto& [weight, step] : kSteps_) {
        pick -= weight;
        if (pick >= 0) continue;
        (this->*step)();
        break;
      }
      check_counts();
    }
  }

 private:
  uint64_t below(uint64_t end) { return random_.next() % end; }
  int64_t now() { return loop_.now().ms; }
  QueueName name(const std::string& stem) const {
    return {"000000000000", "eu-west-1", stem + (is_fifo_ ? ".fifo" : "")};
  }

  void open() { broker_ = Broker::open(store_, loop_, random_.next()).value(), broker_->start(); }
  void restart() { open(); }

  void send() {
    ModelMessage message;
    message.body = "m" + std::to_string(++sent_);
    SendEntry entry;
    entry.body = message.body;
    std::optional<int64_t> delay_ms;
    std::string id = std::to_string(sent_);
    if (is_fifo_) {
      message.group = "g" + std::to_string(below(4));
      if (below(5) == 0) id = std::to_string(1 + below(static_cast<uint64_t>(sent_)));
      entry.group_id = message.group;
      entry.deduplication_id = id;
    } else if (below(4) == 0) {
      entry.delay_seconds = static_cast<int64_t>(below(3)) * 5;
      delay_ms = *entry.delay_seconds * 1000;
    }
    auto sent = broker_->send(name("jobs"), {entry}, false);
    ASSERT_TRUE(sent && sent->front());
    if (!is_fifo_) id.clear();
    model_.send(message, delay_ms, id, now());
  }

  void receive() { receive_from(name("jobs"), model_); }
  void receive_letters() { receive_from(name("letters"), letters_); }
  void receive_from(const QueueName& queue, QueueModel& model) {
    ReceiveCall call;
    call.messages_max = 1 + below(10);
    call.wait_ms = 0;
    std::optional<int64_t> visibility;
    if (below(2) == 0) visibility = static_cast<int64_t>(below(3)) * 7000;
    call.visibility_ms = visibility.value_or(-1);
    const size_t max = call.messages_max;
    std::vector<std::pair<std::string, std::string>> received;  // body, handle
    bool answered = false;
    broker_->receive(queue, std::move(call), aws::Reply([&](aws::ActionResult result) {
                       answered = true;
                       ASSERT_TRUE(result);
                       const json::Value* messages = result->value.find("Messages");
                       if (messages == nullptr) return;
                       for (const json::Value& each : messages->items()) {
                         received.emplace_back(each.find("Body")->as_string(),
                                               each.find("ReceiptHandle")->as_string());
                       }
                     }));
    ASSERT_TRUE(answered);
    const std::vector<uint64_t> expected = model.receive(now(), max, visibility);
    ASSERT_EQ(received.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ModelMessage& message = *model.find(expected[i]);
      ASSERT_EQ(received[i].first, message.body);
      message.handle = received[i].second;
      if (&model == &model_) handles_.push_back(received[i].second);
    }
  }

  /// The message that a handle still means.
  ModelMessage* message_of(const std::string& handle) {
    for (ModelMessage& each : model_.messages) {
      if (each.receives != 0 && each.handle == handle) return &each;
    }
    return nullptr;
  }
  /// What a FIFO queue refuses: the message is there, but not in this receiver's hands.
  bool is_expired(const std::string& handle) {
    const auto position = position_of(handle);
    for (const ModelMessage& each : model_.messages) {
      if (each.sequence == position && each.receives != 0) {
        return is_fifo_ && (each.handle != handle || each.visible_ms <= now());
      }
    }
    return false;
  }
  static uint64_t position_of(const std::string& handle) {
    return parse_receipt_handle(handle)->position.sequence;
  }

  void erase() {
    if (handles_.empty()) return;
    const std::string handle = handles_[below(handles_.size())];
    auto result = broker_->remove(name("jobs"), {{handle, 0}});
    ASSERT_TRUE(result);
    ASSERT_EQ(result->front().has_value(), !is_expired(handle));
    if (is_expired(handle)) return;
    // An older handle will do while nobody holds the message.
    const ModelMessage* message = message_of(handle);
    if (message == nullptr) {
      message = model_.find(position_of(handle));
      if (message != nullptr && (message->receives == 0 || message->visible_ms > now())) return;
    }
    if (message != nullptr) model_.erase(message->sequence);
  }

  void change() {
    if (handles_.empty()) return;
    const std::string handle = handles_[below(handles_.size())];
    const int64_t seconds = static_cast<int64_t>(below(4)) * 5;
    auto result = broker_->change_visibility(name("jobs"), {{handle, seconds}});
    ASSERT_TRUE(result);
    ModelMessage* message = is_expired(handle) ? nullptr : message_of(handle);
    ASSERT_EQ(result->front().has_value(), message != nullptr);
    if (message != nullptr) message->visible_ms = now() + seconds * 1000;
  }

  void advance() {
    const bool far = below(30) == 0;
    loop_.advance_by(static_cast<int64_t>(far ? 1'000'000 : below(8) * 1000));
    model_.expire(now());
    letters_.expire(now());
    ASSERT_TRUE(broker_->attributes(name("jobs")));
    ASSERT_TRUE(broker_->attributes(name("letters")));
  }

  void purge() {
    const auto result = broker_->purge(name("jobs"));
    if (result) model_.messages.clear();
  }

  void set_delay() {
    const int64_t seconds = static_cast<int64_t>(below(3)) * 4;
    ASSERT_TRUE(broker_->set_attributes(name("jobs"), {{"DelaySeconds", std::to_string(seconds)}}));
    model_.delay_ms = seconds * 1000;
  }

  void check_counts() {
    auto attributes = broker_->attributes(name("jobs"));
    ASSERT_TRUE(attributes);
    const size_t in_flight = model_.in_flight(now());
    EXPECT_EQ(attributes->at("ApproximateNumberOfMessagesNotVisible"), std::to_string(in_flight));
    const size_t rest = std::stoul(attributes->at("ApproximateNumberOfMessages")) +
                        std::stoul(attributes->at("ApproximateNumberOfMessagesDelayed"));
    EXPECT_EQ(rest, model_.messages.size() - in_flight);
    const auto delayed = static_cast<size_t>(
        std::count_if(model_.messages.begin(), model_.messages.end(), [&](const auto& each) {
          return each.receives == 0 && model_.receivable_at(each) > now();
        }));
    EXPECT_EQ(attributes->at("ApproximateNumberOfMessagesDelayed"), std::to_string(delayed));
  }

  base::Random random_;
  const bool is_fifo_;
  store::MemoryStore store_;
  aws::VirtualLoop loop_;
  std::shared_ptr<Broker> broker_;
  QueueModel model_;
  QueueModel letters_;
  std::vector<std::string> handles_;
  int sent_ = 0;
};

class RandomModel : public testing::TestWithParam<bool> {};

TEST_P(RandomModel, SameMessagesInTheSameOrder) {
  const char* given = std::getenv("PAWL_SQS_SEEDS");
  const uint64_t seeds = given == nullptr ? 150 : std::strtoull(given, nullptr, 10);
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    World(seed, GetParam()).run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Queues, RandomModel, testing::Bool(),
                         [](const auto& kind) { return kind.param ? "Fifo" : "Standard"; });

}  // namespace
}  // namespace pawl::sqs
