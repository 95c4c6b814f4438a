// SPDX-License-Identifier: Apache-2.0
// Keys: the queue's number, a kind (0 counters, 1 messages, 2 states, 3 and 4 recent records), then
// what docs/formats/sqs.md says.
#include "services/sqs/message_store.h"

#include "base/bytes.h"
#include "base/wire.h"
#include "store/key.h"

namespace pawl::sqs {
namespace {

constexpr uint8_t kCounters = 0;
constexpr uint8_t kMessages = 1;
constexpr uint8_t kStates = 2;
constexpr uint8_t kCountersVersion = 1;
constexpr int64_t kPeriodMs = 5 * 60 * 1000;
constexpr size_t kIdBytes = 16;  ///< of the hash of an id: ids have up to 128 + 128 characters

std::string key_of(uint64_t queue, uint8_t kind) {
  return store::KeyBuilder().u64(queue).u8(kind).take();
}
std::string message_key(uint64_t queue, Position position) {
  return store::KeyBuilder()
      .u64(queue)
      .u8(kMessages)
      .i64(position.order_ms)
      .u64(position.sequence)
      .take();
}
std::string state_key(uint64_t queue, uint64_t sequence) {
  return store::KeyBuilder().u64(queue).u8(kStates).u64(sequence).take();
}
store::Range range_of(uint64_t queue, uint8_t first_kind, uint8_t end_kind) {
  return {key_of(queue, first_kind), key_of(queue, end_kind)};
}

}  // namespace

base::Result<QueueCounters> MessageStore::read_counters() const {
  const std::optional<std::string> record =
      PAWL_TRY(store_->get(keyspace_, key_of(queue_, kCounters)));
  QueueCounters counters;
  if (!record) return counters;
  base::ByteReader in(*record);
  if (in.byte() != kCountersVersion) in.fail();
  counters.next_sequence = in.varint();
  counters.messages = in.varint();
  counters.head.order_ms = in.signed_varint();
  counters.head.sequence = in.varint();
  if (!in.ok() || !in.at_end()) return base::malformed_record("queue counters");
  return counters;
}

void MessageStore::put_counters(store::Batch& batch, const QueueCounters& counters) const {
  std::string record;
  base::ByteWriter out(record);
  out.byte(kCountersVersion);
  out.varint(counters.next_sequence);
  out.varint(counters.messages);
  out.signed_varint(counters.head.order_ms);
  out.varint(counters.head.sequence);
  batch.put(keyspace_, key_of(queue_, kCounters), record);
}

void MessageStore::put_message(store::Batch& batch, Position position,
                               std::string_view record) const {
  batch.put(keyspace_, message_key(queue_, position), record);
}

void MessageStore::put_state(store::Batch& batch, const MessageState& state) const {
  batch.put(keyspace_, state_key(queue_, state.position.sequence), encode_state(state));
}

void MessageStore::erase(store::Batch& batch, Position position, bool was_received) const {
  batch.erase(keyspace_, message_key(queue_, position));
  if (was_received) batch.erase(keyspace_, state_key(queue_, position.sequence));
}

void MessageStore::erase_messages(store::Batch& batch) const {
  batch.erase_range(keyspace_, range_of(queue_, kMessages, kStates + 1));
}

void MessageStore::erase_all(store::Batch& batch) const {
  batch.erase_range(keyspace_, store::Range::prefix(store::KeyBuilder().u64(queue_).view()));
}

base::Result<std::vector<std::optional<Message>>> MessageStore::read(
    const std::vector<Position>& positions) const {
  std::vector<std::string> keys;
  std::vector<std::string_view> views;
  keys.reserve(positions.size());
  views.reserve(positions.size());
  for (const Position& position : positions) {
    keys.push_back(message_key(queue_, position));
    views.push_back(keys.back());
  }
  std::vector<std::optional<Message>> messages;
  messages.reserve(positions.size());
  const auto records = PAWL_TRY(store_->multi_get(keyspace_, views));
  for (const std::optional<std::string>& record : records) {
    if (record) {
      messages.emplace_back(PAWL_TRY(decode_message(*record)));
    } else {
      messages.emplace_back(std::nullopt);
    }
  }
  return messages;
}

base::Result<std::vector<MessageState>> MessageStore::read_states() const {
  std::vector<MessageState> states;
  const auto cursor = store_->cursor(keyspace_, range_of(queue_, kStates, kStates + 1));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    key.u64();
    key.u8();
    const std::optional<uint64_t> sequence = key.u64();
    if (!sequence) return base::malformed_record("key of a message state");
    states.push_back(PAWL_TRY(decode_state(*sequence, cursor->value())));
  }
  return states;
}

base::Result<std::vector<ScannedMessage>> MessageStore::scan(Position from, size_t max) const {
  std::vector<ScannedMessage> found;
  const auto cursor =
      store_->cursor(keyspace_, {message_key(queue_, from), key_of(queue_, kMessages + 1)});
  for (bool more = PAWL_TRY(cursor->first()); more && found.size() < max;
       more = PAWL_TRY(cursor->next())) {
    store::KeyReader key(cursor->key());
    key.u64();
    key.u8();
    const std::optional<int64_t> order_ms = key.i64();
    const std::optional<uint64_t> sequence = key.u64();
    if (!sequence) return base::malformed_record("key of a message");
    found.push_back({{*order_ms, *sequence}, PAWL_TRY(decode_message_summary(cursor->value()))});
  }
  return found;
}

int64_t MessageStore::period_of(int64_t now_ms) { return now_ms / kPeriodMs; }

std::string MessageStore::recent_key(RecentKind kind, int64_t period, std::string_view id) const {
  const std::string hash = base::digest(base::DigestAlgorithm::Sha256, id).substr(0, kIdBytes);
  return store::KeyBuilder()
      .u64(queue_)
      .u8(static_cast<uint8_t>(kind))
      .i64(period)
      .raw(hash)
      .take();
}

void MessageStore::put_recent(store::Batch& batch, RecentKind kind, int64_t now_ms,
                              std::string_view id, std::string_view record) const {
  std::string value;
  base::ByteWriter out(value);
  out.signed_varint(now_ms);
  value += record;
  batch.put(keyspace_, recent_key(kind, period_of(now_ms), id), value);
}

base::Result<std::optional<std::string>> MessageStore::find_recent(RecentKind kind, int64_t now_ms,
                                                                   std::string_view id) const {
  const int64_t period = period_of(now_ms);
  const std::string current = recent_key(kind, period, id);
  const std::string previous = recent_key(kind, period - 1, id);
  const std::string_view keys[] = {current, previous};
  const auto records = PAWL_TRY(store_->multi_get(keyspace_, keys));
  for (const std::optional<std::string>& value : records) {
    if (!value) continue;
    base::ByteReader in(*value);
    const int64_t put_ms = in.signed_varint();
    if (!in.ok()) return base::malformed_record("recent record");
    if (put_ms + kPeriodMs > now_ms) return std::optional(std::string(in.rest()));
  }
  return std::optional<std::string>();
}

void MessageStore::forget_old(store::Batch& batch, int64_t now_ms) const {
  for (const RecentKind kind : {RecentKind::Deduplication, RecentKind::ReceiveAttempt}) {
    const auto code = static_cast<uint8_t>(kind);
    batch.erase_range(keyspace_,
                      {key_of(queue_, code),
                       store::KeyBuilder().u64(queue_).u8(code).i64(period_of(now_ms) - 1).take()});
  }
}

}  // namespace pawl::sqs
