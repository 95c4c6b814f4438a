// SPDX-License-Identifier: Apache-2.0
// Asynchronous invocations: stored before they are accepted, tried until they succeed or have
// failed three times, erased then.
#include <array>
#include <chrono>

#include "json/parse.h"
#include "json/write.h"
#include "services/lambda/invoker.h"

namespace pawl::lambda {
namespace {

using json::ObjectBuilder;
using json::Value;
using std::chrono::milliseconds;

constexpr int kFormat = 1;
constexpr uint64_t kEventsMax = 100'000;
/// Developer Guide "Asynchronous invocation": one minute before the first retry, two before the
/// second.
constexpr std::array kPauses = {milliseconds(60'000), milliseconds(120'000)};
constexpr milliseconds kThrottlePause(1'000);

std::string encode_event(const InvokeCall& call, int attempt) {
  ObjectBuilder out;
  out.set("format", Value(kFormat))
      .set("account", Value(call.function.key.account))
      .set("region", Value(call.function.key.region))
      .set("name", Value(call.function.key.name))
      .set("qualifier", Value(call.function.qualifier))
      .set("payload", Value(call.payload))
      .set("clientContext", Value(call.client_context))
      .set("attempt", Value(attempt));
  return json::write(std::move(out).build());
}

struct StoredEvent {
  InvokeCall call;
  int64_t attempt = 0;
};

base::Result<StoredEvent> decode_event(std::string_view text) {
  const Value record = PAWL_TRY(json::parse(text));
  const auto member = [&](std::string_view name) {
    const Value* found = record.find(name);
    return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  int64_t format = 0;
  const Value* stored_format = record.find("format");
  if (stored_format == nullptr || !stored_format->to_int64(format) || format != kFormat) {
    return base::Error(base::ErrorKind::Unsupported,
                       "a stored invocation has a format that this version does not know");
  }
  StoredEvent event;
  event.call.function = {{member("account"), member("region"), member("name")},
                         member("qualifier")};
  event.call.type = InvocationType::Event;
  event.call.payload = member("payload");
  event.call.client_context = member("clientContext");
  record.find("attempt")->to_int64(event.attempt);
  return event;
}

}  // namespace

base::Result<void> Invoker::resume_events() {
  const auto cursor = store_.cursor(events_, store::Range::all());
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    StoredEvent event = PAWL_TRY(decode_event(cursor->value()));
    ++event_count_;
    tasks_->post([this, key = std::string(cursor->key()), event = std::move(event)] {
      run_event(key, event.call, static_cast<int>(event.attempt));
    });
  }
  return {};
}

void Invoker::accept_event(const TargetPointer& target, InvokeCall call, const Done& done) {
  if (event_count_ >= kEventsMax) {
    aws::ApiError error("TooManyRequestsException", "Rate Exceeded.", 429);
    return done(std::move(error));
  }
  ++event_count_;
  // The commit waits for the disk: not on the caller's thread.
  tasks_->post([this, target, call = std::move(call), done] {
    store::KeyBuilder key;
    key.i64(options_.now().ms).u64(seed_).u64(++event_number_);
    store::Batch batch;
    batch.put(events_, key.view(), encode_event(call, 0));
    const base::Result<void> stored = store_.commit(batch, store::Sync::Yes);
    if (!stored) {
      --event_count_;
      return done(service_exception(stored.error().message));
    }
    done(InvokeOutcome{202, false, "", "", ""});
    run_event(key.take(), call, 0);
  });
}

void Invoker::run_event(const std::string& event_key, const InvokeCall& call, int attempt) {
  const aws::ApiResult<TargetPointer> target = find_target(call.function);
  if (!target) {  // gone since it was accepted
    return event_ended(event_key, call, static_cast<int>(kPauses.size()), true);
  }
  run(*target, call, /*may_wait=*/true,
      [this, event_key, call, attempt](aws::ApiResult<InvokeOutcome> outcome) {
        if (stopping_) return;  // the next start tries it again
        if (!outcome) {
          // Throttled: no attempt is lost.
          tasks_->post([this, event_key, call, attempt] { run_event(event_key, call, attempt); },
                       kThrottlePause);
          return;
        }
        tasks_->post([this, event_key, call, attempt, failed = outcome->function_error] {
          event_ended(event_key, call, attempt, failed);
        });
      });
}

void Invoker::event_ended(const std::string& event_key, const InvokeCall& call, int attempt,
                          bool failed) {
  store::Batch batch;
  const auto tried = static_cast<size_t>(attempt);
  if (failed && tried < kPauses.size()) {
    batch.put(events_, event_key, encode_event(call, attempt + 1));
    tasks_->post([this, event_key, call, attempt] { run_event(event_key, call, attempt + 1); },
                 kPauses[tried]);
  } else {
    batch.erase(events_, event_key);
    --event_count_;
  }
  // Unsynced: should this be lost, the event is tried once more, as AWS may do too. A store that
  // has failed tells everybody who writes.
  static_cast<void>(store_.commit(batch, store::Sync::No));
}

}  // namespace pawl::lambda
