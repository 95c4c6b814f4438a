// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/streams/streams_service.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/item_record.h"
#include "services/dynamodb/resource_arn.h"
#include "services/dynamodb/streams/stream_record.h"
#include "services/dynamodb/table_description.h"
#include "store/key.h"

namespace pawl::dynamodb {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kSequenceDigits = 20;
constexpr size_t kStreamsMax = 100;
constexpr size_t kRecordsMax = 1000;
constexpr size_t kBytesMax = size_t{1} << 20;
constexpr int64_t kIteratorMs = int64_t{15} * 60 * 1000;

/// 21 digits at least, as the API has them; they sort as the sequences do.
std::string sequence_text(uint64_t sequence) {
  const std::string digits = std::to_string(sequence);
  return "1" + std::string(kSequenceDigits - std::min(kSequenceDigits, digits.size()), '0') +
         digits;
}

std::optional<uint64_t> parse_sequence(std::string_view text) {
  if (text.size() != kSequenceDigits + 1 || text[0] != '1') return std::nullopt;
  uint64_t out = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, out);
  if (error != std::errc() || at != end) return std::nullopt;
  return out;
}

std::string shard_id(const StreamDescription& stream) {
  const std::string ms = std::to_string(stream.stream.created_ms);
  const std::string digest =
      base::hex_encode(base::digest(base::DigestAlgorithm::Md5, stream.arn()));
  return "shardId-" + std::string(kSequenceDigits - std::min(kSequenceDigits, ms.size()), '0') +
         ms + "-" + digest.substr(0, 8);
}

std::string record_key(const StreamDescription& stream, uint64_t sequence) {
  return store::KeyBuilder().u64(stream.stream.number).u64(sequence).take();
}

/// Where a reader stands: the first sequence that it has not seen.
struct Position {
  std::string arn;
  uint64_t sequence = 0;
  int64_t made_ms = 0;
};

/// "ARN|1|base64", as AWS's look.
std::string iterator_text(const Position& position) {
  const std::string bytes = store::KeyBuilder().u64(position.sequence).i64(position.made_ms).take();
  return position.arn + "|1|" + base::base64_encode(bytes);
}

ApiResult<Position> parse_iterator(const std::string& text) {
  const size_t middle = text.rfind("|1|");
  if (middle == std::string::npos) return invalid("Invalid ShardIterator");
  const auto bytes = base::base64_decode(std::string_view(text).substr(middle + 3));
  if (!bytes) return invalid("Invalid ShardIterator");
  store::KeyReader in(*bytes);
  const auto sequence = in.u64();
  const auto made = in.i64();
  if (!made || !in.rest().empty()) return invalid("Invalid ShardIterator");
  return Position{text.substr(0, middle), *sequence, *made};
}

Value record_json(const StreamDescription& stream, uint64_t sequence, const StreamRecord& record) {
  ObjectBuilder data;
  data.set("ApproximateCreationDateTime", Value(record.created_ms / 1000));
  const auto set_item = [&](const char* name, const std::string& bytes) {
    if (bytes.empty()) return;
    if (const base::Result<Item> item = decode_item(bytes)) data.set(name, write_item(*item));
  };
  set_item("Keys", record.keys);
  set_item("NewImage", record.new_image);
  set_item("OldImage", record.old_image);
  data.set("SequenceNumber", Value(sequence_text(sequence)));
  data.set("SizeBytes", Value(static_cast<int64_t>(record.size_bytes)));
  data.set("StreamViewType", Value(stream.stream.view_type));
  ObjectBuilder out;
  const std::string id = base::hex_encode(
      base::digest(base::DigestAlgorithm::Md5, stream.arn() + "/" + std::to_string(sequence)));
  constexpr const char* kNames[] = {"INSERT", "MODIFY", "REMOVE"};
  out.set("eventID", Value(id)).set("eventName", Value(kNames[static_cast<size_t>(record.event)]));
  out.set("eventVersion", Value("1.1")).set("eventSource", Value("aws:dynamodb"));
  out.set("awsRegion", Value(stream.table.region)).set("dynamodb", std::move(data).build());
  if (record.is_expiry) {
    ObjectBuilder identity;
    identity.set("PrincipalId", Value("dynamodb.amazonaws.com")).set("Type", Value("Service"));
    out.set("userIdentity", std::move(identity).build());
  }
  return std::move(out).build();
}

Value key_schema(const KeySchema& keys) {
  const auto element = [](const std::string& name, const char* type) {
    ObjectBuilder out;
    out.set("AttributeName", Value(name)).set("KeyType", Value(type));
    return std::move(out).build();
  };
  std::vector<Value> out{element(keys.hash.name, "HASH")};
  if (keys.range) out.push_back(element(keys.range->name, "RANGE"));
  return Value::array(std::move(out));
}

}  // namespace

void StreamsService::bind(aws::ActionTable& table) {
  table.on("ListStreams", &StreamsService::list_streams);
  table.on("DescribeStream", &StreamsService::describe_stream);
  table.on("GetShardIterator", &StreamsService::get_shard_iterator);
  table.on("GetRecords", &StreamsService::get_records);
}

ApiResult<StreamDescription> StreamsService::find_stream(const aws::Request& request,
                                                         const std::string& text) const {
  const auto not_found = [&] {
    return aws::ApiError("ResourceNotFoundException",
                         "Requested resource not found: Stream: " + text + " not found");
  };
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  const size_t middle = arn ? arn->resource.find("/stream/") : std::string::npos;
  if (!arn || arn->service != "dynamodb" || !arn->resource.starts_with("table/") ||
      middle == std::string::npos) {
    return invalid("Invalid StreamArn: " + text);
  }
  PAWL_TRY_VOID(check_owner(request, *arn));
  const std::string table = arn->resource.substr(6, middle - 6);
  auto found = database_->find_stream({arn->account_id, arn->region, table},
                                      arn->resource.substr(middle + 8));
  if (!found) return storage_failure(found.error());
  if (!*found) return not_found();
  return **std::move(found);
}

ApiResult<uint64_t> StreamsService::last_sequence(const StreamDescription& stream) const {
  const auto cursor = database_->store().cursor(
      database_->stream_records(),
      store::Range::prefix(store::KeyBuilder().u64(stream.stream.number).view()));
  const auto there = cursor->last();
  if (!there) return storage_failure(there.error());
  if (!*there) return uint64_t{0};
  store::KeyReader key(cursor->key());
  (void)key.u64();
  return key.u64().value_or(0);
}

// API ListStreams.
ActionResult StreamsService::list_streams(const aws::Request& request) {
  const auto found = database_->streams(request.account_id(), request.region,
                                        text_member(request.input, "TableName"));
  if (!found) return storage_failure(found.error());
  const auto limit = static_cast<size_t>(
      find_integer(request.input, "Limit").value_or(static_cast<int64_t>(kStreamsMax)));
  const std::string start = text_member(request.input, "ExclusiveStartStreamArn");
  std::vector<Value> streams;
  ObjectBuilder out;
  bool is_behind_start = start.empty();
  for (const StreamDescription& stream : *found) {
    const std::string arn = stream.arn();
    if (!is_behind_start) {
      is_behind_start = arn == start;
      continue;
    }
    if (streams.size() == limit) {
      out.set("LastEvaluatedStreamArn", Value(*streams.back().find("StreamArn")));
      break;
    }
    ObjectBuilder each;
    each.set("StreamArn", Value(arn)).set("TableName", Value(stream.table.name));
    each.set("StreamLabel", Value(stream.stream.label));
    streams.push_back(std::move(each).build());
  }
  out.set("Streams", Value::array(std::move(streams)));
  return aws::Output(std::move(out).build());
}

// API DescribeStream.
ActionResult StreamsService::describe_stream(const aws::Request& request) {
  const StreamDescription stream =
      PAWL_TRY(find_stream(request, text_member(request.input, "StreamArn")));
  ObjectBuilder range;
  range.set("StartingSequenceNumber", Value(sequence_text(sequence_at(stream.stream.created_ms))));
  const bool is_closed = stream.stream.closed_ms != 0;
  if (is_closed) {
    const uint64_t last = PAWL_TRY(last_sequence(stream));
    range.set("EndingSequenceNumber",
              Value(sequence_text(std::max(last, sequence_at(stream.stream.closed_ms)))));
  }
  ObjectBuilder shard;
  shard.set("ShardId", Value(shard_id(stream)));
  shard.set("SequenceNumberRange", std::move(range).build());
  std::vector<Value> shards;
  if (text_member(request.input, "ExclusiveStartShardId") != shard_id(stream))
    shards.push_back(std::move(shard).build());
  ObjectBuilder description;
  description.set("StreamArn", Value(stream.arn()));
  description.set("StreamLabel", Value(stream.stream.label));
  description.set("StreamStatus", Value(is_closed ? "DISABLED" : "ENABLED"));
  description.set("StreamViewType", Value(stream.stream.view_type));
  description.set("CreationRequestDateTime", timestamp(stream.stream.created_ms));
  description.set("TableName", Value(stream.table.name));
  description.set("KeySchema", key_schema(stream.keys));
  description.set("Shards", Value::array(std::move(shards)));
  ObjectBuilder out;
  out.set("StreamDescription", std::move(description).build());
  return aws::Output(std::move(out).build());
}

// API GetShardIterator.
ActionResult StreamsService::get_shard_iterator(const aws::Request& request) {
  const Value& input = request.input;
  const StreamDescription stream = PAWL_TRY(find_stream(request, text_member(input, "StreamArn")));
  if (text_member(input, "ShardId") != shard_id(stream)) {
    return aws::ApiError("ResourceNotFoundException",
                         "Requested resource not found: Shard does not exist");
  }
  const std::string type = text_member(input, "ShardIteratorType");
  const std::string number = text_member(input, "SequenceNumber");
  const int64_t now = database_->now_ms();
  const uint64_t trimmed = sequence_at(now - kStreamRetentionMs);
  Position position{stream.arn(), 0, now};
  if (type == "LATEST") {
    position.sequence = PAWL_TRY(last_sequence(stream)) + 1;
  } else if (type != "TRIM_HORIZON") {
    const std::optional<uint64_t> sequence = parse_sequence(number);
    if (!sequence) {
      return invalid(number.empty() ? "SequenceNumber is required for ShardIteratorType " + type
                                    : "Invalid SequenceNumber");
    }
    if (*sequence < trimmed) {
      return aws::ApiError("TrimmedDataAccessException",
                           "The operation attempted to read past the oldest stream record in a "
                           "shard.");
    }
    position.sequence = *sequence + (type == "AFTER_SEQUENCE_NUMBER" ? 1 : 0);
  }
  ObjectBuilder out;
  out.set("ShardIterator", Value(iterator_text(position)));
  return aws::Output(std::move(out).build());
}

// API GetRecords.
ActionResult StreamsService::get_records(const aws::Request& request) {
  Position position = PAWL_TRY(parse_iterator(text_member(request.input, "ShardIterator")));
  const int64_t now = database_->now_ms();
  if (position.made_ms + kIteratorMs < now) {
    return aws::ApiError("ExpiredIteratorException",
                         "Iterator expired. The iterator was created at " +
                             base::format_iso8601({position.made_ms}) + ".");
  }
  const StreamDescription stream = PAWL_TRY(find_stream(request, position.arn));
  const auto limit = static_cast<size_t>(
      find_integer(request.input, "Limit").value_or(static_cast<int64_t>(kRecordsMax)));
  if (limit > kRecordsMax) {
    return invalid("1 validation error detected: Value '" + std::to_string(limit) +
                   "' at 'limit' failed to satisfy constraint: Member must have value less than "
                   "or equal to 1000");
  }
  const uint64_t oldest =
      std::max(position.sequence, sequence_at(std::max<int64_t>(0, now - kStreamRetentionMs)));
  const auto cursor = database_->store().cursor(
      database_->stream_records(), {record_key(stream, oldest), record_key(stream, UINT64_MAX)});
  std::vector<Value> records;
  size_t bytes = 0;
  auto more = cursor->first();
  for (; more && *more && records.size() < limit && bytes < kBytesMax; more = cursor->next()) {
    store::KeyReader key(cursor->key());
    (void)key.u64();
    const uint64_t sequence = key.u64().value_or(0);
    const base::Result<StreamRecord> record = decode_stream_record(cursor->value());
    if (!record) return storage_failure(record.error());
    records.push_back(record_json(stream, sequence, *record));
    bytes += record->size_bytes;
    position.sequence = sequence + 1;
  }
  if (!more) return storage_failure(more.error());
  const bool is_at_end = !*more;
  ObjectBuilder out;
  out.set("Records", Value::array(std::move(records)));
  position.made_ms = now;
  if (stream.stream.closed_ms == 0 || !is_at_end)
    out.set("NextShardIterator", Value(iterator_text(position)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::dynamodb
