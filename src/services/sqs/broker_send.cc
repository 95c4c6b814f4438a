// SPDX-License-Identifier: Apache-2.0
// Sending: what the queue's settings say of a message, deduplication, and the way into the queue.
#include <algorithm>

#include "base/bytes.h"
#include "base/wire.h"
#include "services/sqs/broker.h"
#include "services/sqs/errors.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using aws::ApiResult;

constexpr size_t kIdMax = 128;
constexpr int64_t kDelaySecondsMax = 900;

/// API SendMessage, MessageGroupId and MessageDeduplicationId.
ApiResult<void> check_id(std::string_view name, const std::string& id) {
  const bool good = !id.empty() && id.size() <= kIdMax &&
                    std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (good) return {};
  return invalid_parameter(id, name,
                           std::string(name) +
                               " can only include alphanumeric and punctuation characters. 1 to "
                               "128 in length.");
}

size_t size_of(const SendEntry& entry) {
  size_t bytes = entry.body.size() + entry.system_attribute_bytes;
  for (const MessageAttribute& attribute : entry.attributes) bytes += attribute.bytes();
  return bytes;
}

/// What AWS refuses of a batch as a whole (recorded), and of a single message anyway.
ApiResult<void> check_for_queue(const Queue& queue, const SendEntry& entry, bool is_batch) {
  if (!queue.is_fifo()) {
    if (entry.group_id) PAWL_TRY_VOID(check_id("MessageGroupId", *entry.group_id));
    if (entry.deduplication_id) {
      return invalid_parameter(*entry.deduplication_id, "MessageDeduplicationId",
                               "The request include parameter that is not valid for this queue "
                               "type.");
    }
    return {};
  }
  if (!entry.group_id) {
    ApiError missing = missing_parameter("MessageGroupId");
    return is_batch ? invalid_parameter(*missing.message) : missing;
  }
  PAWL_TRY_VOID(check_id("MessageGroupId", *entry.group_id));
  if (entry.deduplication_id) {
    PAWL_TRY_VOID(check_id("MessageDeduplicationId", *entry.deduplication_id));
  } else if (!queue.settings.content_based_deduplication) {
    return invalid_parameter(
        "The queue should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly");
  }
  return {};
}

ApiResult<void> check_delay(const Queue& queue, const SendEntry& entry) {
  if (!entry.delay_seconds) return {};
  const std::string value = std::to_string(*entry.delay_seconds);
  if (queue.is_fifo() && *entry.delay_seconds != 0) {
    return invalid_parameter(value, "DelaySeconds",
                             "The request include parameter that is not valid for this queue "
                             "type.");
  }
  if (*entry.delay_seconds < 0 || *entry.delay_seconds > kDelaySecondsMax) {
    return invalid_parameter(value, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
  }
  return {};
}

ApiResult<void> check_size(const Queue& queue, const SendEntry& entry, bool is_batch) {
  if (size_of(entry) <= queue.settings.message_bytes_max) return {};
  return invalid_parameter(std::string("One or more parameters ") +
                           (is_batch ? "cannot be validated" : "are invalid") +
                           ". Reason: Message must be shorter than " +
                           std::to_string(queue.settings.message_bytes_max) + " bytes.");
}

/// Under which a message is known for five minutes.
std::string deduplication_key(const Queue& queue, const SendEntry& entry) {
  std::string key;
  if (queue.record.deduplicates_by_group) key = *entry.group_id + '\0';
  return key + *entry.deduplication_id;
}

}  // namespace

ApiResult<EntryResults<Sent>> Broker::send(const QueueName& name, std::vector<SendEntry> entries,
                                           bool is_batch, const BeforeCommit& before_commit) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  for (const SendEntry& entry : entries) {
    PAWL_TRY_VOID(check_for_queue(*queue, entry, is_batch));
  }
  Sending sending;
  sending.is_batch = is_batch;
  EntryResults<Sent> results;
  results.reserve(entries.size());
  for (SendEntry& entry : entries) {
    auto sent = send_one(*queue, entry, sending);
    if (!sent && sent.error().fault == aws::Fault::Receiver) return std::move(sent).error();
    results.push_back(std::move(sent));
  }
  if (!sending.batch.empty()) {
    queue->seal(sending.batch, now_ms());
    if (before_commit) before_commit(results);
    PAWL_TRY_VOID(commit(sending.batch));
    wake(*queue, deliveries);
  }
  return results;
}

ApiResult<Sent> Broker::send_one(Queue& queue, SendEntry& entry, Sending& sending) {
  PAWL_TRY_VOID(check_delay(queue, entry));
  PAWL_TRY_VOID(check_size(queue, entry, sending.is_batch));
  std::string key;
  if (queue.is_fifo()) {
    if (!entry.deduplication_id) {  // ContentBasedDeduplication
      entry.deduplication_id =
          base::hex_encode(base::digest(base::DigestAlgorithm::Sha256, entry.body));
    }
    key = deduplication_key(queue, entry);
    if (const auto same = sending.sent.find(key); same != sending.sent.end()) return same->second;
    if (auto before = PAWL_TRY(sent_before(queue, key))) return std::move(*before);
  }
  const int64_t now = now_ms();
  Message message;
  message.id = base::make_uuid(random_);
  message.sent_ms = now;
  message.sender_id = std::move(entry.sender_id);
  message.group_id = entry.group_id.value_or("");
  message.deduplication_id = entry.deduplication_id.value_or("");
  message.trace_header = std::move(entry.trace_header);
  message.attributes = std::move(entry.attributes);
  message.body = std::move(entry.body);
  const int64_t delay = entry.delay_seconds ? *entry.delay_seconds * 1000 : queue.settings.delay_ms;
  const Position position = queue.add(sending.batch, message, now + delay, now);
  Sent sent{message.id, std::nullopt};
  if (queue.is_fifo()) {
    sent.sequence = position.sequence;
    std::string record;
    base::ByteWriter out(record);
    out.varint(position.sequence);
    out.sized(message.id);
    queue.store.put_recent(sending.batch, RecentKind::Deduplication, now, key, record);
    sending.sent.emplace(std::move(key), sent);
  }
  return sent;
}

/// API SendMessage "MessageDeduplicationId": the same id within five minutes is accepted and not
/// delivered.
ApiResult<std::optional<Sent>> Broker::sent_before(const Queue& queue, const std::string& key) {
  auto found = queue.store.find_recent(RecentKind::Deduplication, now_ms(), key);
  if (!found) return internal(found.error());
  if (!*found) return std::optional<Sent>();
  base::ByteReader in(**found);
  Sent sent;
  sent.sequence = in.varint();
  sent.message_id = in.sized();
  if (!in.ok()) return internal(base::malformed_record("deduplication"));
  return std::optional(std::move(sent));
}

}  // namespace pawl::sqs
