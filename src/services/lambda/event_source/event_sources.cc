// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/event_source/event_sources.h"

#include <utility>

#include "aws/event/queue_source.h"
#include "aws/event/stream_source.h"
#include "base/time.h"
#include "json/write.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/stored_json.h"

namespace pawl::lambda {
namespace {

using aws::BatchOutcome;
using json::ObjectBuilder;
using json::Value;

aws::SourceSettings settings_of(const Mapping& mapping) {
  aws::SourceSettings settings;
  settings.arn = mapping.source_arn;
  settings.region = mapping.scope.region;
  settings.principal = aws::service_principal(mapping.scope.account, kServicePrincipal);
  settings.batch_size = mapping.batch_size;
  settings.window_ms = mapping.window_ms;
  settings.filters = mapping.filters;
  settings.concurrency_max = mapping.concurrency_max;
  settings.from_the_beginning = mapping.from_the_beginning;
  settings.retries_max = mapping.retries_max;
  settings.age_ms_max = mapping.age_ms_max;
  settings.bisects = mapping.bisects;
  settings.lanes = mapping.lanes;
  return settings;
}

/// The version that ran is told to the destination, should the batch be given up.
BatchOutcome outcome_of(const Mapping& mapping, const aws::ApiResult<InvokeOutcome>& invoked) {
  if (!invoked) return {.kind = BatchOutcome::Kind::Refused};
  BatchOutcome outcome;
  if (invoked->function_error) {
    outcome.kind = BatchOutcome::Kind::Failed;
  } else if (mapping.reports_item_failures) {
    outcome = aws::read_item_failures(invoked->payload);
  }
  outcome.detail = invoked->executed_version;
  return outcome;
}

}  // namespace

base::Result<std::unique_ptr<EventSources>> EventSources::open(store::Store& store,
                                                               ResourceStore resources,
                                                               Options options) {
  const store::Keyspace positions =
      PAWL_TRY(store.keyspace("lambda/positions", store::Shape::Records));
  return std::unique_ptr<EventSources>(
      new EventSources(store, resources, positions, std::move(options)));
}

EventSources::EventSources(store::Store& store, ResourceStore resources, store::Keyspace positions,
                           Options options)
    : resources_(resources),
      options_(std::move(options)),
      destinations_(*options_.caller),
      store_(store),
      positions_(positions) {}

EventSources::~EventSources() {
  for (const auto& [uuid, source] : sources_) source->stop();
}

void EventSources::begin() {
  options_.loop->post([this] {
    has_begun_ = true;
    // What cannot be read is told to those who ask for it.
    static_cast<void>(resources_.visit_all(ResourceKind::EventSourceMapping,
                                           [this](const ResourceScope& scope, json::Value record) {
                                             start(mapping_of(scope, record));
                                           }));
  });
}

void EventSources::set(const ResourceScope& scope, std::string record) {
  options_.loop->post([this, scope, record = std::move(record)] {
    if (!has_begun_) return;  // it is in the store
    const aws::ApiResult<json::Value> parsed = decode_record(record);
    if (parsed) start(mapping_of(scope, *parsed));
  });
}

/// Instead of the one that polls for it now.
void EventSources::start(Mapping mapping) {
  std::shared_ptr<aws::PolledSource>& source = sources_[mapping.uuid];
  if (source) source->stop();
  source.reset();
  if (!mapping.is_enabled) {
    sources_.erase(mapping.uuid);
    return;
  }
  const auto shared = std::make_shared<const Mapping>(std::move(mapping));
  aws::SourceSettings settings = settings_of(*shared);
  if (source_service(shared->source_arn) == "sqs") {
    source = std::make_shared<aws::QueueSource>(ports_for(shared), std::move(settings));
  } else {
    source = std::make_shared<aws::StreamSource>(ports_for(shared), std::move(settings));
  }
  source->start();
}

aws::SourcePorts EventSources::ports_for(const std::shared_ptr<const Mapping>& mapping) {
  const auto key_of = [mapping](const std::string& shard) {
    return store::KeyBuilder().text(mapping->uuid).text(shard).take();
  };
  return {
      .loop = *options_.loop,
      .caller = *options_.caller,
      .consume = [this, mapping](
                     const std::vector<aws::SourceRecord>& records,
                     aws::SourcePorts::Done done) { consume(mapping, records, std::move(done)); },
      .give_up = [this, mapping](
                     const aws::GivenUpBatch& batch,
                     std::function<void()> done) { give_up(*mapping, batch, std::move(done)); },
      .load_position = [this, key_of](const std::string& shard) -> std::string {
        const auto stored = store_.get(positions_, key_of(shard));
        if (!stored || !*stored) return {};
        const aws::ApiResult<Value> position = decode_record(**stored);
        return position ? text_member(*position, "sequenceNumber") : "";
      },
      .save_position =
          [this, key_of](const std::string& shard, const std::string& position) {
            ObjectBuilder record;
            record.set("sequenceNumber", Value(position));
            store::Batch batch;
            batch.put(positions_, key_of(shard), encode_record(std::move(record).build()));
            // Unsynced: should it be lost, a batch is run once more, as AWS may do too.
            static_cast<void>(store_.commit(batch, store::Sync::No));
          }};
}

void EventSources::consume(const std::shared_ptr<const Mapping>& mapping,
                           const std::vector<aws::SourceRecord>& records,
                           aws::SourcePorts::Done done) {
  InvokeCall call;
  call.function = mapping->function;
  call.payload = "{\"Records\":[";
  for (const aws::SourceRecord& record : records) {
    if (call.payload.back() == '}') call.payload += ',';
    call.payload += record.text;
  }
  call.payload += "]}";
  call.request_id = new_uuid();
  options_.invoke(std::move(call),
                  [mapping, done = std::move(done)](const aws::ApiResult<InvokeOutcome>& invoked) {
                    done(outcome_of(*mapping, invoked));
                  });
}

/// "Lambda sends the destination a document with details of the batch", and goes on behind it.
void EventSources::give_up(const Mapping& mapping, const aws::GivenUpBatch& batch,
                           std::function<void()> done) {
  if (mapping.on_failure.empty()) return done();
  const base::Timestamp now = options_.loop->now();
  const std::string id = new_uuid();
  const std::string arn = mapping.function.arn();
  ObjectBuilder context;
  context.set("requestId", Value(id))
      .set("functionArn", Value(arn))
      .set("condition", Value(batch.condition))
      .set("approximateInvokeCount", Value(batch.attempts));
  ObjectBuilder response;
  response.set("statusCode", Value(200))
      .set("executedVersion", Value(batch.detail))
      .set("functionError", Value("Unhandled"));
  ObjectBuilder info;
  info.set("shardId", Value(batch.shard_id))
      .set("startSequenceNumber", Value(batch.first_id))
      .set("endSequenceNumber", Value(batch.last_id))
      .set("approximateArrivalOfFirstRecord", Value(base::format_iso8601({batch.first_created_ms})))
      .set("approximateArrivalOfLastRecord", Value(base::format_iso8601({batch.last_created_ms})))
      .set("batchSize", Value(batch.records))
      .set("streamArn", Value(mapping.source_arn));
  ObjectBuilder out;
  out.set("requestContext", std::move(context).build())
      .set("responseContext", std::move(response).build())
      .set("version", Value("1.0"))
      .set("timestamp", Value(base::format_iso8601(now)))
      .set("DDBStreamBatchInfo", std::move(info).build());
  Letter letter;
  letter.target_arn = mapping.on_failure;
  letter.body = json::write(std::move(out).build());
  letter.source_arn = arn;
  letter.detail_type = "Lambda Function Invocation Result - Failure";
  letter.object_key = "aws/lambda/" + mapping.uuid + "/" + batch.shard_id + "/" +
                      base::format_iso8601(now) + "-" + id;
  letter.region = mapping.scope.region;
  letter.account = mapping.scope.account;
  destinations_.send(letter, [done = std::move(done)](const aws::ApiResult<void>&) { done(); });
}

void EventSources::remove(const std::string& uuid) {
  options_.loop->post([this, uuid] {
    const auto found = sources_.find(uuid);
    if (found != sources_.end()) {
      found->second->stop();
      sources_.erase(found);
    }
    store::Batch batch;
    batch.erase_range(positions_, store::Range::prefix(store::KeyBuilder().text(uuid).take()));
    static_cast<void>(store_.commit(batch, store::Sync::No));
  });
}

}  // namespace pawl::lambda
