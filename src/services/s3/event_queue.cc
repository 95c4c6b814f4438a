// SPDX-License-Identifier: Apache-2.0
#include "services/s3/event_queue.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/arn.h"
#include "aws/http_message.h"
#include "base/bytes.h"
#include "base/wire.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/errors.h"
#include "services/s3/event_text.h"
#include "services/s3/input.h"
#include "store/key.h"

namespace pawl::s3 {

using aws::ApiResult;
using json::Value;

namespace {

constexpr uint8_t kForm = 1;
/// Waits before the second, third, … attempt, in milliseconds.
constexpr std::array<int64_t, 5> kRetryMs = {1'000, 5'000, 30'000, 120'000, 600'000};

std::string number_key(uint64_t number) { return store::KeyBuilder().u64(number).take(); }

/// The account and name of "arn:aws:sqs:region:account:name".
struct Named {
  std::string region;
  std::string account;
  std::string name;
};
std::optional<Named> parse_destination(const Destination& destination) {
  const auto arn = aws::Arn::parse(destination.arn);
  if (!arn) return std::nullopt;
  return Named{arn->region, arn->account_id, arn->resource};
}

Value object_of(std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
  json::ObjectBuilder object;
  for (const auto& [name, value] : members) object.set(name, Value(value));
  return std::move(object).build();
}

bool is_worth_another_attempt(const aws::ApiError& error) {
  return error.status == 0 || error.status >= 500 || error.code.starts_with("Throttl");
}

}  // namespace

/// An event on its way to one destination.
struct EventQueue::Record {
  uint64_t number = 0;
  Destination destination;
  std::string account;  ///< the bucket's
  std::string body;     ///< for EventBridge: the entry of PutEvents
  size_t attempts = 0;  ///< in this process

  std::string encode() const {
    std::string record;
    base::ByteWriter out(record);
    out.byte(kForm);
    out.byte(static_cast<uint8_t>(destination.kind));
    out.sized(destination.arn);
    out.sized(account);
    out.sized(body);
    return record;
  }
  static base::Result<Record> decode(uint64_t number, std::string_view bytes) {
    base::ByteReader in(bytes);
    in.at_most(static_cast<uint64_t>(in.byte() ^ kForm), 0);
    Record record;
    record.number = number;
    record.destination.kind = static_cast<Destination::Kind>(in.at_most(in.byte(), 3));
    record.destination.arn = in.sized();
    record.account = in.sized();
    record.body = in.sized();
    if (!in.ok() || !in.at_end()) return base::malformed_record("event");
    return record;
  }
};

base::Result<std::unique_ptr<EventQueue>> EventQueue::open(store::Store& store,
                                                           aws::ServiceLoop& loop,
                                                           aws::Caller& caller) {
  std::unique_ptr<EventQueue> made(new EventQueue(store, loop, caller));
  made->events_ = PAWL_TRY(store.keyspace("s3/events", store::Shape::Queue));
  const auto cursor = store.cursor(made->events_, store::Range::all());
  if (PAWL_TRY(cursor->last())) {
    made->last_number_ = store::KeyReader(cursor->key()).u64().value_or(0);
  }
  return made;
}

void EventQueue::put(store::Batch& batch, const Record& record) {
  batch.put(events_, number_key(record.number), record.encode());
}

ApiResult<std::vector<uint64_t>> EventQueue::add(store::Batch& batch, const MetadataStore& metadata,
                                                 const Bucket& bucket, std::string_view event,
                                                 const ObjectVersion& version,
                                                 const EventOrigin& origin, uint64_t sequence) {
  std::vector<uint64_t> numbers;
  if (event.empty()) return numbers;
  const auto text = PAWL_TRY(metadata.configuration(bucket.name, kNotificationKind));
  if (!text) return numbers;
  const auto configuration = json::parse(*text);
  if (!configuration) return internal_error(configuration.error());
  const std::lock_guard lock(mutex_);
  for (const WantedEvent& wanted : wanted_events(*configuration, event, version.key)) {
    last_number_ = std::max(last_number_ + 1, sequence);
    const EventFacts facts{bucket,   version,    origin, event, wanted.configuration_id,
                           sequence, loop_.now()};
    put(batch,
        {last_number_, wanted.destination, bucket.account,
         wanted.destination.kind == Destination::Kind::EventBridge ? event_bridge_entry(facts)
                                                                   : event_message(facts)});
    numbers.push_back(last_number_);
  }
  return numbers;
}

std::vector<uint64_t> EventQueue::add_test(store::Batch& batch, const Bucket& bucket,
                                           const std::vector<Destination>& destinations,
                                           const EventOrigin& origin, uint64_t sequence) {
  std::vector<uint64_t> numbers;
  const std::lock_guard lock(mutex_);
  for (const Destination& destination : destinations) {
    if (destination.kind != Destination::Kind::Queue &&
        destination.kind != Destination::Kind::Topic) {
      continue;
    }
    last_number_ = std::max(last_number_ + 1, sequence);
    put(batch,
        {last_number_, destination, bucket.account, test_message(bucket, origin, loop_.now())});
    numbers.push_back(last_number_);
  }
  return numbers;
}

void EventQueue::deliver_after_sync(store::SyncQueue& syncs, std::vector<uint64_t> numbers) {
  if (numbers.empty()) return;
  syncs.after_sync([this, numbers = std::move(numbers)] {
    loop_.post([this, numbers] {
      for (const uint64_t number : numbers) deliver(number);
    });
  });
}

void EventQueue::deliver_all() {
  loop_.post([this] {
    std::vector<uint64_t> numbers;
    const auto cursor = store_.cursor(events_, store::Range::all());
    auto more = cursor->first();
    for (; more && *more; more = cursor->next()) {
      numbers.push_back(store::KeyReader(cursor->key()).u64().value_or(0));
    }
    for (const uint64_t number : numbers) deliver(number);
  });
}

void EventQueue::deliver(uint64_t number) {
  const auto bytes = store_.get(events_, number_key(number));
  if (!bytes || !*bytes) return;
  const auto record = Record::decode(number, **bytes);
  if (!record) return delivered(number);  // damaged: nobody can send it
  send(number, *record);
}

void EventQueue::send(uint64_t number, const Record& record) {
  const auto named = parse_destination(record.destination);
  aws::Call call;
  call.principal = aws::service_principal(record.account, "s3.amazonaws.com");
  if (named) call.region = named->region;
  switch (record.destination.kind) {
    case Destination::Kind::Queue: {
      if (!named) return delivered(number);
      call.service = "sqs";
      call.operation = "GetQueueUrl";
      call.input =
          object_of({{"QueueName", named->name}, {"QueueOwnerAWSAccountId", named->account}});
      aws::Call next = call;
      next.operation = "SendMessage";
      next.input = Value::object();
      caller_.call(std::move(call), [this, number, record, next](ApiResult<Value> answer) {
        const Value* url = answer ? answer->find("QueueUrl") : nullptr;
        if (url == nullptr || !url->is_string()) {
          if (!answer && is_worth_another_attempt(answer.error())) return failed(number, record);
          return delivered(number);
        }
        aws::Call send = next;
        send.input = object_of({{"QueueUrl", url->as_string()}, {"MessageBody", record.body}});
        this->call(number, record, std::move(send));
      });
      return;
    }
    case Destination::Kind::Topic:
      call.service = "sns";
      call.operation = "Publish";
      call.input = object_of({{"TopicArn", record.destination.arn},
                              {"Message", record.body},
                              {"Subject", "Amazon S3 Notification"}});
      break;
    case Destination::Kind::Function:
      call.service = "lambda";
      call.operation = "Invoke";
      call.input = object_of({{"FunctionName", record.destination.arn},
                              {"InvocationType", "Event"},
                              {"Payload", base::base64_encode(record.body)}});
      break;
    case Destination::Kind::EventBridge: {
      call.service = "events";
      call.operation = "PutEvents";
      auto entry = json::parse(record.body);
      if (!entry) return delivered(number);
      if (const Value* region = entry->find("Region")) {
        call.region = region->as_string();
        *entry = entry->without_member("Region");
      }
      json::ObjectBuilder input;
      input.set("Entries", Value::array({std::move(*entry)}));
      call.input = std::move(input).build();
      break;
    }
  }
  this->call(number, record, std::move(call));
}

void EventQueue::call(uint64_t number, const Record& record, aws::Call call) {
  caller_.call(std::move(call), [this, number, record](ApiResult<Value> answer) {
    if (!answer && is_worth_another_attempt(answer.error())) return failed(number, record);
    delivered(number);
  });
}

/// Or given up. That the record goes need not be on disk: the event would only be sent again.
void EventQueue::delivered(uint64_t number) {
  store::Batch batch;
  batch.erase(events_, number_key(number));
  static_cast<void>(store_.commit(batch, store::Sync::No));  // the store's failure is the server's
}

void EventQueue::failed(uint64_t number, const Record& record) {
  if (record.attempts >= kRetryMs.size()) return delivered(number);
  Record again = record;
  const int64_t wait_ms = kRetryMs[again.attempts++];
  loop_.run_at({loop_.now().ms + wait_ms}, [this, number, again] { send(number, again); });
}

void EventQueue::check(const Destination& destination, const Bucket& bucket,
                       std::function<void(std::optional<std::string>)> answer) {
  const auto named = parse_destination(destination);
  if (destination.kind == Destination::Kind::EventBridge || !named) return answer(std::nullopt);
  aws::Call call;
  call.region = named->region;
  call.principal.account_id = bucket.account;
  call.principal.user_id = bucket.account;
  call.principal.arn = "arn:aws:iam::" + bucket.account + ":root";
  std::string_view refusal;
  if (destination.kind == Destination::Kind::Queue) {
    call.service = "sqs";
    call.operation = "GetQueueUrl";
    call.input =
        object_of({{"QueueName", named->name}, {"QueueOwnerAWSAccountId", named->account}});
    refusal = "The destination queue does not exist";
  } else if (destination.kind == Destination::Kind::Topic) {
    call.service = "sns";
    call.operation = "GetTopicAttributes";
    call.input = object_of({{"TopicArn", destination.arn}});
    refusal = "The destination topic does not exist";
  } else {
    call.service = "lambda";
    call.operation = "GetFunctionConfiguration";
    call.input = object_of({{"FunctionName", destination.arn}});
    refusal = "The destination Lambda does not exist";
  }
  caller_.call(std::move(call), [refusal, answer = std::move(answer)](ApiResult<Value> result) {
    answer(result ? std::nullopt : std::optional(std::string(refusal)));
  });
}

}  // namespace pawl::s3
