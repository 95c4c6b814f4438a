// SPDX-License-Identifier: Apache-2.0
#include "services/sns/deduplication.h"

#include "base/bytes.h"
#include "base/wire.h"
#include "services/sns/store_keys.h"

namespace pawl::sns {
namespace {

using base::Result;

constexpr uint8_t kById = 1;    ///< account, region, topic, group, id -> what was accepted
constexpr uint8_t kByTime = 2;  ///< end of the interval, key of the former
constexpr uint8_t kVersion = 1;
constexpr int kForgottenAtOnce = 8;
constexpr size_t kSequenceDigits = 20;

std::string id_key(const Message& message, bool by_group) {
  store::KeyBuilder key;
  key.u8(kById);
  key.text(message.topic.scope.account).text(message.topic.scope.region).text(message.topic.name);
  key.text(by_group ? message.group_id : "");
  key.raw(base::digest(base::DigestAlgorithm::Sha256, message.deduplication_id));
  return key.take();
}

/// 20 digits, as AWS's: "10000000000000000001".
std::string sequence_text(uint64_t count) {
  const std::string digits = std::to_string(count);
  return "1" + std::string(kSequenceDigits - 1 - digits.size(), '0') + digits;
}

std::string time_key(int64_t until_ms, const std::string& id_key) {
  return store::KeyBuilder().u8(kByTime).i64(until_ms).raw(id_key).take();
}

struct Remembered {
  int64_t until_ms = 0;
  AcceptedMessage accepted;
};

Result<Remembered> read_remembered(std::string_view bytes) {
  base::ByteReader in(bytes);
  Remembered out;
  if (in.byte() != kVersion) in.fail();
  out.until_ms = in.signed_varint();
  out.accepted.id = in.sized();
  out.accepted.sequence_number = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("SNS deduplication");
  return out;
}

}  // namespace

Result<Deduplication> Deduplication::open(store::Store& store) {
  Deduplication opened(store);
  opened.remembered_ = PAWL_TRY(store.keyspace("sns/deduplication", store::Shape::Queue));
  opened.sequences_ = PAWL_TRY(store.keyspace("sns/sequences", store::Shape::Records));
  return opened;
}

Result<std::optional<AcceptedMessage>> Deduplication::find(const Message& message,
                                                           bool by_group) const {
  const auto bytes = PAWL_TRY(store_->get(remembered_, id_key(message, by_group)));
  if (!bytes) return std::nullopt;
  const Remembered remembered = PAWL_TRY(read_remembered(*bytes));
  if (remembered.until_ms <= message.published_at.ms) return std::nullopt;
  return remembered.accepted;
}

Result<void> Deduplication::accept(store::Batch& batch, Message& message, bool by_group) {
  const std::string sequence_key = topic_key(message.topic).take();
  const auto last = PAWL_TRY(store_->get(sequences_, sequence_key));
  const uint64_t count = (last ? store::KeyReader(*last).u64().value_or(0) : 0) + 1;
  batch.put(sequences_, sequence_key, store::KeyBuilder().u64(count).view());
  message.sequence_number = sequence_text(count);

  const auto oldest =
      store_->cursor(remembered_, store::Range::prefix(store::KeyBuilder().u8(kByTime).view()));
  bool more = PAWL_TRY(oldest->first());
  for (int left = kForgottenAtOnce; more && left > 0; --left) {
    store::KeyReader key(oldest->key());
    key.u8();
    const int64_t until_ms = key.i64().value_or(0);
    if (until_ms > message.published_at.ms) break;
    batch.erase(remembered_, key.rest());
    batch.erase(remembered_, oldest->key());
    more = PAWL_TRY(oldest->next());
  }

  const int64_t until_ms = message.published_at.ms + kIntervalMs;
  std::string record;
  base::ByteWriter out(record);
  out.byte(kVersion);
  out.signed_varint(until_ms);
  out.sized(message.id);
  out.sized(message.sequence_number);
  const std::string key = id_key(message, by_group);
  // An older memory of the same id is over, but its entry by time would forget the new one.
  if (const auto before = PAWL_TRY(store_->get(remembered_, key)))
    batch.erase(remembered_, time_key(PAWL_TRY(read_remembered(*before)).until_ms, key));
  batch.put(remembered_, key, record);
  batch.put(remembered_, time_key(until_ms, key), "");
  return {};
}

void Deduplication::erase_topic(store::Batch& batch, const TopicName& topic) const {
  batch.erase(sequences_, topic_key(topic).view());
  store::KeyBuilder key;
  key.u8(kById).text(topic.scope.account).text(topic.scope.region).text(topic.name);
  batch.erase_range(remembered_, store::Range::prefix(key.view()));
}

}  // namespace pawl::sns
