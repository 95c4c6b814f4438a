// SPDX-License-Identifier: Apache-2.0
// Queues themselves: made, deleted, described, changed.
#include <algorithm>

#include "services/sqs/broker.h"
#include "services/sqs/errors.h"

namespace pawl::sqs {
namespace {

using aws::ApiError;
using aws::ApiResult;

constexpr int64_t kMinuteMs = 60'000;
constexpr size_t kTagsMax = 50;
constexpr size_t kExpiredAtOnce = 1000;

}  // namespace

base::Result<std::shared_ptr<Broker>> Broker::open(store::Store& store, aws::ServiceLoop& loop,
                                                   uint64_t seed) {
  const QueueCatalog catalog = PAWL_TRY(QueueCatalog::open(store));
  const store::Keyspace messages = PAWL_TRY(store.keyspace("sqs/messages", store::Shape::Queue));
  std::shared_ptr<Broker> broker(new Broker(store, messages, catalog, loop, seed));
  LoadedCatalog loaded = PAWL_TRY(catalog.load());
  for (QueueRecord& record : loaded.queues) broker->insert(std::move(record));
  broker->deleted_ = std::move(loaded.deleted);
  broker->next_number_ = loaded.next_number;
  std::stable_sort(
      loaded.move_tasks.begin(), loaded.move_tasks.end(),
      [](const MoveTask& a, const MoveTask& b) { return a.started_ms < b.started_ms; });
  for (MoveTask& task : loaded.move_tasks) {
    broker->move_tasks_[task.source].push_back(std::move(task));
  }
  return broker;
}

void Broker::start() {
  const std::lock_guard lock(mutex_);
  for (const auto& [source, tasks] : move_tasks_) {
    for (const MoveTask& task : tasks) {
      if (task.status == MoveTask::Status::Running) schedule_move(source, task.id, now_ms());
    }
  }
  schedule_sweep();
}

void Broker::insert(QueueRecord record) {
  const uint64_t number = record.number;
  const QueueName name = record.name;
  auto queue = std::make_unique<Queue>(std::move(record), MessageStore(store_, messages_, number));
  by_number_[number] = queue.get();
  queues_[name] = std::move(queue);
}

Queue* Broker::find(const QueueName& name) {
  const auto found = queues_.find(name);
  return found == queues_.end() ? nullptr : found->second.get();
}

ApiResult<Queue*> Broker::loaded(const QueueName& name) {
  Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  if (auto result = queue->load(now_ms()); !result) return internal(result.error());
  return queue;
}

ApiResult<void> Broker::commit(const store::Batch& batch) {
  if (batch.empty()) return {};
  if (auto result = store_.commit(batch, store::Sync::No); !result) return internal(result.error());
  return {};
}

/// API SetQueueAttributes "RedrivePolicy": the other queue is there, of the same kind, and lets
/// itself be used.
ApiResult<void> Broker::check_redrive(const QueueName& source, const AttributeMap& attributes) {
  const std::optional<RedrivePolicy> policy = settings_of(attributes).redrive;
  if (!policy) return {};
  const auto invalid = [&](std::string_view reason) {
    return invalid_parameter(attributes.at("RedrivePolicy"), "RedrivePolicy", reason);
  };
  const std::optional<QueueName> name = parse_queue_arn(policy->dead_letter_arn);
  Queue* target = name ? find(*name) : nullptr;
  if (target == nullptr) return invalid("Dead letter target does not exist.");
  if (target->is_fifo() != source.is_fifo()) {
    return invalid("Dead letter queue must be same type of queue as the source.");
  }
  if (name->account != source.account || name->region != source.region) {
    return invalid("Dead letter target owner should be same as the source.");
  }
  if (!redrive_allow_policy_of(target->record.attributes).allows(queue_arn(source))) {
    return invalid(
        "Dead letter target queue does not allow this source queue: see its "
        "RedriveAllowPolicy.");
  }
  return {};
}

void Broker::forget_deleted_names(store::Batch& batch, int64_t now) {
  std::erase_if(deleted_, [&](const auto& entry) {
    if (entry.second + kMinuteMs > now) return false;
    catalog_.erase_deleted(batch, entry.first);
    return true;
  });
}

ApiResult<void> Broker::create_queue(const QueueName& name, const AttributeMap& attributes,
                                     const TagMap& tags) {
  const auto fifo = attributes.find("FifoQueue");
  const bool is_fifo = fifo != attributes.end() && aws::lower_ascii(fifo->second) == "true";
  AttributeMap checked;
  PAWL_TRY_VOID(change_attributes(checked, attributes, is_fifo, true));
  PAWL_TRY_VOID(check_queue_name(name.name, is_fifo));
  if (tags.size() > kTagsMax)
    return invalid_parameter("Too many tags added for queue " + name.name + ".");
  const std::lock_guard lock(mutex_);
  if (const Queue* existing = find(name)) {
    if (const auto other = first_difference(existing->record.attributes, checked)) {
      return ApiError("QueueNameExists",
                      "A queue already exists with the same name and a different value for "
                      "attribute " +
                          *other);
    }
    return {};
  }
  PAWL_TRY_VOID(check_redrive(name, checked));
  const int64_t now = now_ms();
  store::Batch batch;
  forget_deleted_names(batch, now);
  if (deleted_.contains(name)) {
    return ApiError("QueueDeletedRecently",
                    "You must wait 60 seconds after deleting a queue before you can create "
                    "another with the same name.");
  }
  QueueRecord record;
  record.number = next_number_++;
  record.name = name;
  record.created_ms = now;
  record.modified_ms = now;
  record.attributes = std::move(checked);
  record.deduplicates_by_group = settings_of(record.attributes).deduplicates_by_group;
  record.tags = tags;
  catalog_.put_next_number(batch, next_number_);
  catalog_.put(batch, record);
  PAWL_TRY_VOID(commit(batch));
  insert(std::move(record));
  return {};
}

ApiResult<void> Broker::delete_queue(const QueueName& name) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  const int64_t now = now_ms();
  store::Batch batch;
  forget_deleted_names(batch, now);
  queue->store.erase_all(batch);
  catalog_.erase(batch, name);
  catalog_.put_deleted(batch, name, now);
  const uint64_t number = queue->record.number;
  for (const MoveTask& task : move_tasks_[number]) catalog_.erase(batch, task);
  PAWL_TRY_VOID(commit(batch));
  move_tasks_.erase(number);
  deleted_[name] = now;
  for (Waiter& waiter : queue->waiters) {
    deliveries.push_back(
        delivery_of(*queue, std::move(waiter.call), std::move(waiter.reply), no_such_queue()));
  }
  if (queue->timer != 0) loop_.cancel(queue->timer);
  by_number_.erase(number);
  queues_.erase(name);
  return {};
}

bool Broker::has_queue(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  return find(name) != nullptr;
}

std::vector<QueueName> Broker::list_queues(const QueueName& after, const std::string& prefix,
                                           size_t max) {
  std::vector<QueueName> names;
  const std::lock_guard lock(mutex_);
  QueueName from = after;
  from.name = std::max(after.name, prefix);
  for (auto each = queues_.lower_bound(from); each != queues_.end() && names.size() < max; ++each) {
    const QueueName& name = each->first;
    if (name.account != after.account || name.region != after.region) break;
    if (!name.name.starts_with(prefix)) break;
    if (name.name == after.name) continue;
    names.push_back(name);
  }
  return names;
}

ApiResult<AttributeMap> Broker::attributes(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  PAWL_TRY_VOID(expire(*queue));
  const int64_t now = now_ms();
  AttributeMap all = described_attributes(queue->record.attributes, queue->is_fifo());
  const uint64_t in_flight = queue->index().in_flight(now);
  const uint64_t delayed = queue->index().delayed(now);
  const uint64_t messages = queue->counters().messages;
  all["QueueArn"] = queue->arn();
  all["CreatedTimestamp"] = std::to_string(queue->record.created_ms / 1000);
  all["LastModifiedTimestamp"] = std::to_string(queue->record.modified_ms / 1000);
  all["ApproximateNumberOfMessages"] =
      std::to_string(messages - std::min(messages, in_flight + delayed));
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(in_flight);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(delayed);
  return all;
}

ApiResult<void> Broker::set_attributes(const QueueName& name, const AttributeMap& changes) {
  Deliveries deliveries;
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  QueueRecord record = queue->record;
  PAWL_TRY_VOID(change_attributes(record.attributes, changes, queue->is_fifo(), false));
  if (changes.contains("RedrivePolicy")) PAWL_TRY_VOID(check_redrive(name, record.attributes));
  const int64_t now = now_ms();
  record.modified_ms = now;
  store::Batch batch;
  catalog_.put(batch, record);
  PAWL_TRY_VOID(commit(batch));
  queue->record = std::move(record);
  queue->apply_attributes(now);
  wake(*queue, deliveries);  // a FIFO queue's delay may be shorter now
  return {};
}

ApiResult<std::string> Broker::policy(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  const Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  const auto found = queue->record.attributes.find("Policy");
  return found == queue->record.attributes.end() ? std::string() : found->second;
}

std::string Broker::kms_key(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  const Queue* queue = find(name);
  if (queue == nullptr) return "";
  const auto found = queue->record.attributes.find("KmsMasterKeyId");
  return found == queue->record.attributes.end() ? std::string() : found->second;
}

ApiResult<TagMap> Broker::tags(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  const Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  return queue->record.tags;
}

ApiResult<void> Broker::tag(const QueueName& name, const TagMap& tags) {
  const std::lock_guard lock(mutex_);
  Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  TagMap changed = queue->record.tags;
  for (const auto& [key, value] : tags) changed[key] = value;
  if (changed.size() > kTagsMax) {
    return invalid_parameter("Too many tags added for queue " + name.name + ".");
  }
  store::Batch batch;
  queue->record.tags = std::move(changed);
  catalog_.put(batch, queue->record);
  return commit(batch);
}

ApiResult<void> Broker::untag(const QueueName& name, const std::vector<std::string>& keys) {
  const std::lock_guard lock(mutex_);
  Queue* queue = find(name);
  if (queue == nullptr) return no_such_queue();
  for (const std::string& key : keys) queue->record.tags.erase(key);
  store::Batch batch;
  catalog_.put(batch, queue->record);
  return commit(batch);
}

ApiResult<void> Broker::purge(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  Queue* queue = PAWL_TRY(loaded(name));
  const int64_t now = now_ms();
  if (queue->record.purged_ms != 0 && queue->record.purged_ms + kMinuteMs > now) {
    return ApiError("PurgeQueueInProgress", "Only one PurgeQueue operation on " + name.name +
                                                " is allowed every 60 seconds.");
  }
  store::Batch batch;
  queue->record.purged_ms = now;
  catalog_.put(batch, queue->record);
  queue->remove_all(batch);
  queue->seal(batch, now);
  return commit(batch);
}

ApiResult<std::vector<QueueName>> Broker::dead_letter_sources(const QueueName& name) {
  const std::lock_guard lock(mutex_);
  if (find(name) == nullptr) return no_such_queue();
  const std::string arn = queue_arn(name);
  std::vector<QueueName> sources;
  for (const auto& [source, queue] : queues_) {
    const auto& redrive = queue->settings.redrive;
    if (redrive && redrive->dead_letter_arn == arn) sources.push_back(source);
  }
  return sources;
}

// API SetQueueAttributes "MessageRetentionPeriod": what is older is deleted. Reads much, so it runs
// beside the loop, and lets others in between two queues.
void Broker::schedule_sweep() {
  loop_.run_at({now_ms() + kMinuteMs}, [weak = weak_from_this()] {
    const auto broker = weak.lock();
    if (!broker) return;
    broker->loop_.work([weak] {
      if (const auto swept = weak.lock()) swept->sweep();
    });
  });
}

void Broker::sweep() {
  std::vector<uint64_t> numbers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, queue] : by_number_) numbers.push_back(number);
  }
  for (const uint64_t number : numbers) {
    const std::lock_guard lock(mutex_);
    const auto found = by_number_.find(number);
    if (found == by_number_.end()) continue;
    if (!found->second->load(now_ms()) || !expire(*found->second)) break;  // the store has failed
  }
  schedule_sweep();
}

ApiResult<void> Broker::expire(Queue& queue) {
  const int64_t now = now_ms();
  while (true) {
    auto old = queue.index().sent_until(now - queue.settings.retention_ms, kExpiredAtOnce, true);
    if (!old) return internal(old.error());
    if (old->empty()) return {};
    store::Batch batch;
    for (const MessageState& state : *old) queue.remove(batch, state, now);
    queue.seal(batch, now);
    PAWL_TRY_VOID(commit(batch));
  }
}

}  // namespace pawl::sqs
