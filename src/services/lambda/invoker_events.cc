// SPDX-License-Identifier: Apache-2.0
// Asynchronous invocations (Developer Guide "Invoking a function asynchronously", "How Lambda
// handles errors and retries with asynchronous invocation"): stored before they are accepted; tried
// again one and two minutes after a function error, and with growing pauses while the function is
// throttled, until they are too old; then what has become of them is sent to destinations and the
// dead letter queue. A crash at any moment loses nothing: an attempt, or a letter, may be made
// twice.
#include <algorithm>
#include <array>

#include "base/time.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/invocation_checks.h"
#include "services/lambda/invoker.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

struct Invoker::Event {
  std::string key;  ///< in the store
  InvokeCall call;
  int64_t attempts = 0;  ///< that have failed
  int64_t refusals = 0;  ///< since the last attempt; not stored
  base::Timestamp accepted_at;
  std::vector<Letter> letters;  ///< not empty: it has ended, and these are to be sent
  int64_t sendings = 0;         ///< of the first letter that have failed; not stored
};

/// How an event has ended.
struct Invoker::Ending {
  std::string condition;  ///< of the record: "Success", "RetriesExhausted", …
  bool is_success = false;
  std::optional<InvokeOutcome> last = {};  ///< what the last attempt gave
};

namespace {

constexpr int kFormat = 1;
constexpr uint64_t kEventsMax = 100'000;
/// One minute before the first retry, two before the second.
constexpr std::array<int64_t, 2> kRetryPausesMs = {60'000, 120'000};
/// "the retry interval increases exponentially from 1 second after the first attempt to a maximum
/// of 5 minutes".
constexpr int64_t kRefusedPauseMs = 1'000;
constexpr int64_t kRefusedPauseMsMax = 300'000;
constexpr int64_t kAgeMsMax = 21'600'000;
constexpr int64_t kSendingsMax = 5;
constexpr size_t kErrorMessageBytesMax = 1'024;

Value letter_record(const Letter& letter) {
  std::vector<Value> attributes;
  for (const Letter::Attribute& attribute : letter.attributes) {
    ObjectBuilder each;
    each.set("name", Value(attribute.name))
        .set("type", Value(attribute.type))
        .set("value", Value(attribute.value));
    attributes.push_back(std::move(each).build());
  }
  ObjectBuilder out;
  out.set("target", Value(letter.target_arn))
      .set("body", Value(letter.body))
      .set("detailType", Value(letter.detail_type))
      .set("source", Value(letter.source_arn))
      .set("objectKey", Value(letter.object_key))
      .set("attributes", Value::array(std::move(attributes)));
  return std::move(out).build();
}

Letter letter_of(const Value& record, const FunctionKey& key) {
  Letter letter;
  letter.target_arn = text_member(record, "target");
  letter.body = text_member(record, "body");
  letter.detail_type = text_member(record, "detailType");
  letter.source_arn = text_member(record, "source");
  letter.object_key = text_member(record, "objectKey");
  letter.region = key.region;
  letter.account = key.account;
  if (const Value* attributes = record.find("attributes")) {
    for (const Value& each : attributes->items()) {
      letter.attributes.push_back(
          {text_member(each, "name"), text_member(each, "type"), text_member(each, "value")});
    }
  }
  return letter;
}

int64_t throttled_pause_ms(int64_t refusals) {
  const int64_t doublings = std::min<int64_t>(refusals, 9);
  return std::min(kRefusedPauseMs << doublings, kRefusedPauseMsMax);
}

Value parsed_or_text(const std::string& text) {
  const base::Result<Value> parsed = json::parse(text);
  return parsed ? *parsed : Value(text);
}

std::string destination_arn(const Value& config, std::string_view side) {
  return text_member(object_member(object_member(config, "DestinationConfig"), side),
                     "Destination");
}

/// "Destination record" of the Developer Guide.
std::string destination_record(const InvokeCall& call, base::Timestamp now, int64_t invocations,
                               const std::string& condition,
                               const std::optional<InvokeOutcome>& last) {
  ObjectBuilder context;
  context.set("requestId", Value(call.request_id))
      .set("functionArn", Value(call.function.key.arn(call.function.qualifier_or_latest())))
      .set("condition", Value(condition))
      .set("approximateInvokeCount", Value(invocations));
  ObjectBuilder out;
  out.set("version", Value("1.0"))
      .set("timestamp", Value(base::format_iso8601(now)))
      .set("requestContext", std::move(context).build())
      .set("requestPayload", parsed_or_text(call.payload));
  if (last) {
    ObjectBuilder response;
    response.set("statusCode", Value(200)).set("executedVersion", Value(last->executed_version));
    if (last->function_error) response.set("functionError", Value("Unhandled"));
    out.set("responseContext", std::move(response).build())
        .set("responsePayload", parsed_or_text(last->payload));
  }
  return json::write(std::move(out).build());
}

Letter dead_letter(const InvokeCall& call, const std::optional<InvokeOutcome>& last) {
  Letter letter;
  letter.body = call.payload;
  std::string message;
  if (last) message = text_member(parsed_or_text(last->payload), "errorMessage");
  letter.attributes = {{"RequestID", "String", call.request_id}, {"ErrorCode", "String", "200"}};
  if (!message.empty()) {
    letter.attributes.push_back(
        {"ErrorMessage", "String", message.substr(0, kErrorMessageBytesMax)});
  }
  return letter;
}

}  // namespace

// ---- the store ----

void Invoker::put_event(const EventPointer& event) {
  const InvokeCall& call = event->call;
  ObjectBuilder out;
  out.set("format", Value(kFormat))
      .set("account", Value(call.function.key.account))
      .set("region", Value(call.function.key.region))
      .set("name", Value(call.function.key.name))
      .set("qualifier", Value(call.function.qualifier))
      .set("payload", Value(call.payload))
      .set("clientContext", Value(call.client_context))
      .set("requestId", Value(call.request_id))
      .set("acceptedAt", Value(event->accepted_at.ms))
      .set("attempt", Value(event->attempts));
  if (!event->letters.empty()) {
    std::vector<Value> letters;
    for (const Letter& letter : event->letters) letters.push_back(letter_record(letter));
    out.set("letters", Value::array(std::move(letters)));
  }
  store::Batch batch;
  batch.put(events_, event->key, json::write(std::move(out).build()));
  // A store that has failed tells everybody who waits for a sync.
  static_cast<void>(store_.commit(batch, store::Sync::No));
}

void Invoker::erase_event(const EventPointer& event) {
  store::Batch batch;
  batch.erase(events_, event->key);
  static_cast<void>(store_.commit(batch, store::Sync::No));
  --event_count_;
}

void Invoker::begin() {
  std::vector<EventPointer> found;
  const auto cursor = store_.cursor(events_, store::Range::all());
  base::Result<bool> more = cursor->first();
  for (; more && *more; more = cursor->next()) {
    const ApiResult<Value> record = decode_record(cursor->value());
    if (!record) continue;  // of a newer version: it stays for that
    auto event = std::make_shared<Event>();
    event->key = cursor->key();
    event->call.function = {{text_member(*record, "account"), text_member(*record, "region"),
                             text_member(*record, "name")},
                            text_member(*record, "qualifier")};
    event->call.type = InvocationType::Event;
    event->call.payload = text_member(*record, "payload");
    event->call.client_context = text_member(*record, "clientContext");
    event->call.request_id = text_member(*record, "requestId");
    event->call.may_wait = true;
    event->attempts = integer_member(*record, "attempt");
    event->accepted_at = base::Timestamp{integer_member(*record, "acceptedAt")};
    if (event->accepted_at.ms == 0) event->accepted_at = options_.loop->now();
    if (const Value* letters = record->find("letters")) {
      for (const Value& letter : letters->items()) {
        event->letters.push_back(letter_of(letter, event->call.function.key));
      }
    }
    ++event_count_;
    found.push_back(std::move(event));
  }
  for (const EventPointer& event : found) {
    if (event->letters.empty()) {
      run_event(event);
    } else {
      send_letters(event);
    }
  }
}

// ---- an event's life ----

void Invoker::accept_event(InvokeCall call, const Done& done) {
  if (event_count_ >= kEventsMax) {
    return done(aws::ApiError("TooManyRequestsException", "Rate Exceeded.", 429));
  }
  ++event_count_;
  auto event = std::make_shared<Event>();
  event->accepted_at = options_.loop->now();
  store::KeyBuilder key;
  key.i64(event->accepted_at.ms).u64(seed_).u64(++event_number_);
  event->key = key.take();
  event->call = std::move(call);
  if (event->call.request_id.empty()) event->call.request_id = new_uuid();
  event->call.may_wait = true;
  event->call.tail_log = false;
  put_event(event);
  const auto accepted = [done] { done(InvokeOutcome{202, false, "", "", ""}); };
  if (options_.syncs == nullptr) {
    accepted();
  } else {
    options_.syncs->after_sync(accepted);
  }
  run_event(event);
}

void Invoker::run_event(const EventPointer& event) {
  options_.loop->work([this, event] {
    const ApiResult<TargetPointer> target = find_target(event->call.function);
    if (!target) {  // gone since it was accepted
      if (target.error().code == "ResourceNotFoundException") return erase_event(event);
      return event_refused(event, target.error());
    }
    if ((*target)->is_throttled) return end_event(event, {"ZeroReservedConcurrency"});
    run(*target, event->call, [this, event](ApiResult<InvokeOutcome> outcome) {
      if (stopping_) return;  // the next start tries it again
      if (!outcome) return event_refused(event, outcome.error());
      event_ran(event, *outcome);
    });
  });
}

void Invoker::run_event_later(const EventPointer& event, int64_t pause_ms) {
  options_.loop->run_at({options_.loop->now().ms + pause_ms}, [this, event] { run_event(event); });
}

/// It did not run: no attempt is lost.
void Invoker::event_refused(const EventPointer& event, const aws::ApiError&) {
  options_.loop->work([this, event] {
    const int64_t pause_ms = throttled_pause_ms(event->refusals);
    const Value config = event_invoke_config(event->call.function);
    const int64_t age_s = integer_member(config, "MaximumEventAgeInSeconds");
    const int64_t age_ms_max = age_s > 0 ? age_s * 1'000 : kAgeMsMax;
    if (options_.loop->now().ms + pause_ms > event->accepted_at.ms + age_ms_max) {
      return end_event(event, {"EventAgeExceeded"});
    }
    auto changed = std::make_shared<Event>(*event);
    ++changed->refusals;
    run_event_later(changed, pause_ms);
  });
}

void Invoker::event_ran(const EventPointer& event, const InvokeOutcome& outcome) {
  options_.loop->work([this, event, outcome] {
    if (!outcome.function_error) return end_event(event, {"Success", true, outcome});
    auto changed = std::make_shared<Event>(*event);
    ++changed->attempts;
    changed->refusals = 0;
    const Value config = event_invoke_config(event->call.function);
    const bool says_retries = config.find("MaximumRetryAttempts") != nullptr;
    const auto retries_max = static_cast<int64_t>(kRetryPausesMs.size());
    const int64_t retries =
        says_retries ? std::min(integer_member(config, "MaximumRetryAttempts"), retries_max)
                     : retries_max;
    if (changed->attempts > retries)
      return end_event(changed, {"RetriesExhausted", false, outcome});
    const int64_t age_s = integer_member(config, "MaximumEventAgeInSeconds");
    const int64_t age_ms_max = age_s > 0 ? age_s * 1'000 : kAgeMsMax;
    const int64_t pause_ms = kRetryPausesMs[static_cast<size_t>(changed->attempts - 1)];
    if (options_.loop->now().ms + pause_ms > event->accepted_at.ms + age_ms_max) {
      return end_event(changed, {"EventAgeExceeded", false, outcome});
    }
    put_event(changed);
    run_event_later(changed, pause_ms);
  });
}

// ---- its end ----

Value Invoker::event_invoke_config(const FunctionReference& function) const {
  const auto found = functions_.part(function.key, FunctionPart::EventInvokeConfig,
                                     function.qualifier_or_latest());
  return found && *found ? **found : Value::object();
}

std::string Invoker::dead_letter_target(const FunctionReference& function) const {
  const auto record = functions_.function(function.key);
  if (!record || !*record) return {};
  return text_member(object_member((*record)->latest.configuration, "DeadLetterConfig"),
                     "TargetArn");
}

void Invoker::end_event(const EventPointer& event, const Ending& ending) {
  const InvokeCall& call = event->call;
  const FunctionKey& key = call.function.key;
  const base::Timestamp now = options_.loop->now();
  auto ended = std::make_shared<Event>(*event);
  const auto add = [&](Letter letter, const std::string& target) {
    letter.target_arn = target;
    letter.source_arn = key.arn(call.function.qualifier_or_latest());
    letter.region = key.region;
    letter.account = key.account;
    ended->letters.push_back(std::move(letter));
  };
  const std::string target = destination_arn(event_invoke_config(call.function),
                                             ending.is_success ? "OnSuccess" : "OnFailure");
  if (!target.empty()) {
    Letter letter;
    letter.body = destination_record(call, now, event->attempts + (ending.is_success ? 1 : 0),
                                     ending.condition, ending.last);
    letter.detail_type = std::string("Lambda Function Invocation Result - ") +
                         (ending.is_success ? "Success" : "Failure");
    const std::string day = base::format_iso8601(now);
    letter.object_key = "aws/lambda/async/" + key.name + "/" + day.substr(0, 4) + "/" +
                        day.substr(5, 2) + "/" + day.substr(8, 2) + "/" + day + "-" +
                        call.request_id;
    add(std::move(letter), target);
  }
  const std::string dead_letters = ending.is_success ? "" : dead_letter_target(call.function);
  if (!dead_letters.empty()) add(dead_letter(call, ending.last), dead_letters);
  if (ended->letters.empty()) return erase_event(event);
  put_event(ended);
  send_letters(ended);
}

/// One after the other; a letter that cannot be sent is tried again a few times and then dropped,
/// as AWS drops it.
void Invoker::send_letters(const EventPointer& event) {
  destinations_.send(event->letters.front(), [this, event](const ApiResult<void>& sent) {
    auto changed = std::make_shared<Event>(*event);
    if (!sent && ++changed->sendings < kSendingsMax) {
      options_.loop->run_at({options_.loop->now().ms + throttled_pause_ms(changed->sendings)},
                            [this, changed] { send_letters(changed); });
      return;
    }
    if (!sent && options_.failed) options_.failed(event->letters.front().target_arn, sent.error());
    changed->letters.erase(changed->letters.begin());
    changed->sendings = 0;
    if (changed->letters.empty()) return erase_event(changed);
    put_event(changed);
    send_letters(changed);
  });
}

}  // namespace pawl::lambda
