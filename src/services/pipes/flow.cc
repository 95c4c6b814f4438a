// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/flow.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "aws/event/queue_source.h"
#include "aws/event/stream_source.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/pipes/event_target.h"
#include "services/pipes/pipe_input.h"

namespace pawl::pipes {
namespace {

using aws::ApiError;
using aws::ApiResult;
using aws::BatchOutcome;
using aws::TargetKind;
using json::ObjectBuilder;
using json::Value;

/// Batches of a queue that are on their way at once.
constexpr size_t kConcurrencyMax = 10;

Value parse_or_empty(std::string_view text) {
  base::Result<Value> parsed = json::parse(text);
  return parsed ? *std::move(parsed) : Value::object();
}

std::optional<InputTemplate> template_of(const Value& settings, const char* parameters) {
  const std::string text = text_member(object_member(settings, parameters), "InputTemplate");
  if (text.empty()) return std::nullopt;
  const auto compiled = InputTemplate::compile(text);
  return compiled ? std::optional(*compiled) : std::nullopt;
}

/// What a function, a state machine or an HTTP target has answered, as text; or why that is a
/// failure.
ApiResult<std::string> answer_text(TargetKind kind, const Value& answer) {
  if (kind == TargetKind::Function) {
    const std::string text = base::base64_decode(text_member(answer, "Payload")).value_or("");
    if (answer.find("FunctionError") == nullptr) return text;
    return ApiError(text_member(answer, "FunctionError"), text);
  }
  if (kind == TargetKind::StateMachine) {
    if (answer.find("status") == nullptr || text_member(answer, "status") == "SUCCEEDED")
      return text_member(answer, "output");
    return ApiError(text_member(answer, "error").empty() ? text_member(answer, "status")
                                                         : text_member(answer, "error"),
                    text_member(answer, "cause"));
  }
  return text_member(answer, "body");
}

/// An answer that says "nothing to do": the target is not called.
bool is_nothing(const Value& value) {
  return value.is_null() || (value.is_container() && value.size() == 0) ||
         (value.is_string() && value.as_string().empty());
}

}  // namespace

struct Flow::Run {
  std::string execution_id;
  std::vector<std::string> ids;  ///< of the source's records
  std::vector<Value> events;
  bool is_enriched = false;  ///< events are no longer one for each id
  aws::SourcePorts::Done done;
  size_t next = 0;  ///< of the events to be delivered one by one
  std::vector<std::string> failed = {};
  std::optional<ApiError> error = {};
};

Flow::Flow(const Ports& ports, PipeStore& pipes, const Pipe& pipe)
    : options_(ports),
      ports_(ports.delivery),
      pipes_(pipes),
      name_(pipe.name),
      settings_(parse_or_empty(pipe.settings)),
      principal_(aws::service_principal(pipe.name.account, "pipes.amazonaws.com")),
      enrichment_input_(template_of(settings_, "EnrichmentParameters")),
      target_input_(template_of(settings_, "TargetParameters")),
      random_(ports.seed ^ std::hash<std::string>{}(pipe.name.arn()) ^
              static_cast<uint64_t>(ports.delivery.loop.now().ms)) {
  variables_.pipe_arn = name_.arn();
  variables_.pipe_name = name_.name;
  variables_.source_arn = text_member(settings_, "Source");
  variables_.enrichment_arn = text_member(settings_, "Enrichment");
  variables_.target_arn = text_member(settings_, "Target");
  const std::string level = text_member(object_member(settings_, "LogConfiguration"), "Level");
  log_level_ = level == "ERROR"   ? LogLevel::Error
               : level == "INFO"  ? LogLevel::Info
               : level == "TRACE" ? LogLevel::Trace
                                  : LogLevel::Off;
}

std::shared_ptr<Flow> Flow::start(const Ports& ports, PipeStore& pipes, const Pipe& pipe) {
  std::shared_ptr<Flow> flow(new Flow(ports, pipes, pipe));
  flow->source_ = flow->make_source();
  flow->source_->start();
  return flow;
}

void Flow::stop() {
  // The source holds the flow, and the flow the source.
  if (const auto source = std::exchange(source_, nullptr)) source->stop();
}

std::shared_ptr<aws::PolledSource> Flow::make_source() {
  aws::SourceSettings settings;
  settings.arn = text_member(settings_, "Source");
  settings.region = name_.region;
  settings.principal = aws::in_role(principal_, text_member(settings_, "RoleArn"));
  settings.batch_size = static_cast<size_t>(batch_size(settings_));
  settings.concurrency_max = kConcurrencyMax;
  const Value parameters = source_parameters(settings_);
  settings.window_ms = integer_member(parameters, "MaximumBatchingWindowInSeconds") * 1'000;
  const Value criteria =
      object_member(object_member(settings_, "SourceParameters"), "FilterCriteria");
  if (const Value* filters = criteria.find("Filters"); filters && filters->is_array()) {
    for (const Value& filter : filters->items()) {
      auto pattern = aws::EventPattern::compile(text_member(filter, "Pattern"));
      if (pattern) settings.filters.push_back(*std::move(pattern));
    }
  }
  aws::SourcePorts ports{.loop = ports_.loop, .caller = ports_.caller, .consume = {}};
  const auto self = shared_from_this();
  ports.consume = [self](const std::vector<aws::SourceRecord>& records,
                         aws::SourcePorts::Done done) { self->consume(records, std::move(done)); };
  ports.give_up = [self](const aws::GivenUpBatch& batch, const std::function<void()>& done) {
    self->give_up(batch, done);
  };
  ports.load_position = [self](const std::string& shard) {
    return self->pipes_.load_position(self->name_, shard);
  };
  ports.save_position = [self](const std::string& shard, const std::string& position) {
    // One that is stopped may have been deleted, with its positions.
    if (self->source_) self->pipes_.save_position(self->name_, shard, position);
  };
  const auto arn = aws::Arn::parse(settings.arn);
  if (arn && arn->service == "sqs")
    return std::make_shared<aws::QueueSource>(std::move(ports), std::move(settings));
  is_stream_ = true;
  settings.from_the_beginning = text_member(parameters, "StartingPosition") == "TRIM_HORIZON";
  settings.retries_max = integer_member(parameters, "MaximumRetryAttempts", -1);
  const int64_t age_seconds = integer_member(parameters, "MaximumRecordAgeInSeconds", -1);
  settings.age_ms_max = age_seconds < 0 ? -1 : age_seconds * 1'000;
  settings.lanes = static_cast<size_t>(
      std::clamp<int64_t>(integer_member(parameters, "ParallelizationFactor", 1), 1, 10));
  settings.bisects = text_member(parameters, "OnPartialBatchItemFailure") == "AUTOMATIC_BISECT";
  return std::make_shared<aws::StreamSource>(std::move(ports), std::move(settings));
}

void Flow::call(const aws::Target& target, aws::Caller::Receiver receiver) {
  const auto kind = aws::target_kind(target.arn);
  if (kind == TargetKind::Api || kind == TargetKind::ApiDestination) {
    if (ports_.call_http)
      return ports_.call_http(target, principal_, name_.region, std::move(receiver));
  }
  ApiResult<aws::Call> made = aws::target_call(target, principal_, name_.region);
  if (!made) return receiver(ApiResult<Value>(std::move(made).error()));
  ports_.caller.call(*std::move(made), [self = shared_from_this(), target,
                                        receiver](ApiResult<Value> answer) {
    if (answer) {
      const auto failure = aws::failure_inside(*answer);
      return receiver(failure ? ApiResult<Value>(*failure) : std::move(answer));
    }
    auto before =
        aws::call_before_retry(target, answer.error(), self->principal_, self->name_.region);
    if (!before) return receiver(std::move(answer));
    self->ports_.caller.call(*std::move(before), [self, target, receiver](const ApiResult<Value>&) {
      // That it exists by now is as good; anything else shows in the call that follows.
      self->ports_.caller.call(*aws::target_call(target, self->principal_, self->name_.region),
                               receiver);
    });
  });
}

// ---- a batch ----

void Flow::consume(const std::vector<aws::SourceRecord>& records, aws::SourcePorts::Done done) {
  const auto run = std::make_shared<Run>();
  run->execution_id = base::make_uuid(random_);
  run->done = std::move(done);
  for (const aws::SourceRecord& record : records) {
    run->ids.push_back(record.id);
    Value event = parse_or_empty(record.text);
    // Functions see it, pipes do not.
    if (!is_stream_) event = event.without_member("md5OfMessageAttributes");
    run->events.push_back(std::move(event));
  }
  log(LogLevel::Info, *run, "ExecutionStarted");
  if (variables_.enrichment_arn.empty()) return deliver(run);
  enrich(run);
}

std::string Flow::payload_of(const Value& event, const InputTemplate* input) const {
  if (input == nullptr)
    return event.is_string() ? std::string(event.as_string()) : json::write(event);
  PipeVariables variables = variables_;
  variables.ingestion_time = base::format_iso8601(ports_.loop.now());
  return input->apply(event, variables);
}

/// "Input transformers are applied separately on each individual JSON record in the array." What a
/// template makes that is no JSON is a text of the array.
std::string Flow::array_of(const RunPointer& run, const InputTemplate* input) const {
  std::string text = "[";
  for (const Value& event : run->events) {
    if (text.size() > 1) text += ',';
    if (input == nullptr) {
      text += json::write(event);
      continue;
    }
    const std::string payload = payload_of(event, input);
    if (json::validate(payload)) {
      text += payload;
    } else {
      json::write_string(payload, text);
    }
  }
  return text + "]";
}

void Flow::enrich(const RunPointer& run) {
  const InputTemplate* input = enrichment_input_ ? &*enrichment_input_ : nullptr;
  const Value none;
  const Value& first = run->events.empty() ? none : run->events.front();
  std::string payload =
      takes_arrays(variables_.enrichment_arn) ? array_of(run, input) : payload_of(first, input);
  log(LogLevel::Trace, *run, "EnrichmentInvocationStarted");
  call(enrichment_for(settings_, first, std::move(payload), ports_.loop.now()),
       [self = shared_from_this(), run](const ApiResult<Value>& answer) {
         self->enriched(run, answer);
       });
}

void Flow::enriched(const RunPointer& run, const ApiResult<Value>& answer) {
  const TargetKind kind = *aws::target_kind(variables_.enrichment_arn);
  const ApiResult<std::string> text =
      answer ? answer_text(kind, *answer) : ApiResult<std::string>(answer.error());
  if (!text) {
    log(LogLevel::Error, *run, "EnrichmentInvocationFailed", &text.error());
    return fail(run, text.error());
  }
  log(LogLevel::Trace, *run, "EnrichmentInvocationSucceeded");
  const base::Result<Value> parsed = json::parse(*text);
  const Value result = parsed ? *parsed : Value(*text);
  run->is_enriched = true;
  run->events.clear();
  if (result.is_array()) {
    run->events.assign(result.items().begin(), result.items().end());
  } else if (!is_nothing(result)) {
    run->events.push_back(result);
  }
  if (run->events.empty()) return finish(run, {});
  const auto most = static_cast<size_t>(batch_size_max(settings_.without_member("Enrichment")));
  // "If the array is greater than the batch size supported by the target, the pipe does not invoke
  // the target."
  if (run->events.size() > most) {
    return fail(run, aws::validation_exception("The enrichment returned more events than the " +
                                               std::to_string(most) + " that the target takes."));
  }
  deliver(run);
}

void Flow::deliver(const RunPointer& run) {
  log(LogLevel::Trace, *run, "TargetInvocationStarted");
  if (takes_arrays(variables_.target_arn)) return deliver_array(run);
  deliver_next(run);
}

void Flow::deliver_array(const RunPointer& run) {
  const aws::Target target =
      target_for(settings_, run->events.front(),
                 array_of(run, target_input_ ? &*target_input_ : nullptr), ports_.loop.now());
  call(target, [self = shared_from_this(), run,
                waits = target.waits_for_answer](const ApiResult<Value>& answer) {
    if (!answer) return self->fail(run, answer.error());
    if (!waits) return self->finish(run, {});
    const auto text = answer_text(*aws::target_kind(self->variables_.target_arn), *answer);
    if (!text) return self->fail(run, text.error());
    const base::Result<Value> parsed = json::parse(*text);
    const bool tells = parsed && parsed->find("batchItemFailures") != nullptr;
    self->finish(run, tells ? aws::read_item_failures(*text) : BatchOutcome());
  });
}

/// One event after the other, so that their order stays.
void Flow::deliver_next(const RunPointer& run) {
  if (run->next == run->events.size()) {
    if (run->error && run->is_enriched) return fail(run, *run->error);
    BatchOutcome outcome;
    outcome.failed = run->failed;
    if (run->error) {
      log(LogLevel::Error, *run, "TargetInvocationPartiallyFailed", &*run->error);
      if (options_.failed) options_.failed(variables_.pipe_arn, *run->error);
    }
    return finish(run, std::move(outcome));
  }
  const size_t index = run->next++;
  const Value& event = run->events[index];
  aws::Target target =
      target_for(settings_, event, payload_of(event, target_input_ ? &*target_input_ : nullptr),
                 ports_.loop.now());
  if (aws::target_kind(target.arn) == TargetKind::EventBus) {
    if (target.event_source.empty()) target.event_source = "Pipe " + name_.name;
    const auto source = aws::Arn::parse(variables_.source_arn);
    if (target.event_detail_type.empty())
      target.event_detail_type = "Event from aws:" + (source ? source->service : std::string());
  }
  call(target, [self = shared_from_this(), run, index](const ApiResult<Value>& answer) {
    if (!answer) {
      run->error = answer.error();
      // A stream goes no further than what failed.
      if (self->is_stream_ || run->is_enriched) run->next = run->events.size();
      if (!run->is_enriched) run->failed.push_back(run->ids[index]);
    }
    // A caller may answer at once: ten thousand events are no ten thousand frames.
    self->ports_.loop.post([self, run] { self->deliver_next(run); });
  });
}

void Flow::finish(const RunPointer& run, BatchOutcome outcome) {
  if (outcome.kind == BatchOutcome::Kind::Done) {
    log(LogLevel::Trace, *run, "TargetInvocationSucceeded");
    log(LogLevel::Info, *run,
        outcome.failed.empty() ? "ExecutionSucceeded" : "ExecutionPartiallyFailed");
  }
  if (const auto done = std::exchange(run->done, nullptr)) done(std::move(outcome));
}

void Flow::fail(const RunPointer& run, const ApiError& error) {
  log(LogLevel::Error, *run, "ExecutionFailed", &error);
  if (options_.failed) options_.failed(variables_.pipe_arn, error);
  BatchOutcome outcome;
  // "Retries for internal errors don't count": the service or its throttle, not the customer.
  outcome.kind =
      aws::is_worth_retrying(error) ? BatchOutcome::Kind::Refused : BatchOutcome::Kind::Failed;
  outcome.detail = error.code;
  finish(run, std::move(outcome));
}

/// A document with the batch's place goes to the dead letters ("Amazon EventBridge Pipes error
/// handling": "DLQ messages").
void Flow::give_up(const aws::GivenUpBatch& batch, const std::function<void()>& done) {
  const std::string arn =
      text_member(object_member(source_parameters(settings_), "DeadLetterConfig"), "Arn");
  if (arn.empty()) return done();
  ObjectBuilder context;
  context.set("partnerResourceArn", Value(variables_.pipe_arn))
      .set("condition", Value(batch.condition));
  ObjectBuilder info;
  info.set("shardId", Value(batch.shard_id))
      .set("startSequenceNumber", Value(batch.first_id))
      .set("endSequenceNumber", Value(batch.last_id))
      .set("approximateArrivalOfFirstRecord", Value(base::format_iso8601({batch.first_created_ms})))
      .set("approximateArrivalOfLastRecord", Value(base::format_iso8601({batch.last_created_ms})))
      .set("batchSize", Value(batch.records))
      .set("streamArn", Value(variables_.source_arn));
  ObjectBuilder out;
  out.set("context", std::move(context).build())
      .set("version", Value("1.0"))
      .set("timestamp", Value(base::format_iso8601(ports_.loop.now())))
      .set("DDBStreamBatchInfo", std::move(info).build());
  call({.arn = arn, .payload = json::write(std::move(out).build())},
       [done](const ApiResult<Value>&) { done(); });
}

// ---- logs ----

void Flow::log(LogLevel level, const Run& run, const char* message_type, const ApiError* error) {
  if (level > log_level_) return;
  const Value configuration = object_member(settings_, "LogConfiguration");
  const std::string group =
      text_member(object_member(configuration, "CloudwatchLogsLogDestination"), "LogGroupArn");
  if (group.empty()) return;
  constexpr const char* kLevels[] = {"OFF", "ERROR", "INFO", "TRACE"};
  ObjectBuilder line;
  line.set("resourceArn", Value(variables_.pipe_arn))
      .set("timestamp", Value(ports_.loop.now().ms))
      .set("executionId", Value(run.execution_id))
      .set("messageType", Value(message_type))
      .set("logLevel", Value(kLevels[static_cast<size_t>(level)]));
  if (error != nullptr) {
    ObjectBuilder shown;
    shown.set("code", Value(error->code)).set("message", Value(error->message.value_or("")));
    line.set("error", std::move(shown).build());
  }
  if (const Value* included = configuration.find("IncludeExecutionData");
      included != nullptr && included->is_array() && included->size() != 0) {
    line.set("payload", Value(json::write(Value::array(run.events))));
  }
  call({.arn = group,
        .payload = json::write(std::move(line).build()),
        .time = ports_.loop.now(),
        .log_stream = name_.name},
       [](const ApiResult<Value>&) {});
}

}  // namespace pawl::pipes
