// SPDX-License-Identifier: Apache-2.0
#include "services/events/archive_store.h"

#include <algorithm>

#include "base/wire.h"
#include "services/events/api_input.h"

namespace pawl::events {

using aws::ApiResult;

namespace {

constexpr uint8_t kVersion = 1;
constexpr int kForgottenAtOnce = 8;
constexpr int64_t kDayMs = 24 * 3'600'000;

std::string counts_bytes(const ArchiveStore::Counts& counts) {
  std::string bytes;
  base::ByteWriter out(bytes);
  out.byte(kVersion);
  out.signed_varint(counts.events);
  out.signed_varint(counts.bytes);
  return bytes;
}

}  // namespace

store::KeyBuilder ArchiveName::key() const {
  store::KeyBuilder key = scope.key();
  key.text(name);
  return key;
}

base::Result<std::unique_ptr<ArchiveStore>> ArchiveStore::open(store::Store& store) {
  std::unique_ptr<ArchiveStore> opened(new ArchiveStore(store));
  opened->events_ = PAWL_TRY(store.keyspace("events/archived", store::Shape::Records));
  opened->counts_ = PAWL_TRY(store.keyspace("events/archive_counts", store::Shape::Records));
  return opened;
}

ApiResult<ArchiveStore::Counts*> ArchiveStore::counts_of(const ArchiveName& archive) {
  const std::string key = archive.key().take();
  if (const auto found = counted_.find(key); found != counted_.end()) return &found->second;
  Counts counts;
  if (const auto bytes = PAWL_TRY(of_store(store_.get(counts_, key)))) {
    base::ByteReader in(*bytes);
    in.at_most(static_cast<uint64_t>(in.byte() ^ kVersion), 0);
    counts.events = in.signed_varint();
    counts.bytes = in.signed_varint();
  }
  return &counted_.emplace(key, counts).first->second;
}

ApiResult<void> ArchiveStore::add(store::Batch& batch, const ArchiveName& archive,
                                  base::Timestamp time, std::string_view event_text,
                                  int64_t retention_days, base::Timestamp now) {
  const std::lock_guard lock(mutex_);
  Counts* counts = PAWL_TRY(counts_of(archive));
  if (next_number_ == 0) next_number_ = static_cast<uint64_t>(now.ms) << 20;
  batch.put(events_, archive.key().i64(time.ms).u64(next_number_++).view(), event_text);
  ++counts->events;
  counts->bytes += static_cast<int64_t>(event_text.size());
  if (retention_days > 0) {
    const std::string prefix = archive.key().take();
    const std::string end = archive.key().i64(now.ms - retention_days * kDayMs).take();
    const auto cursor = store_.cursor(events_, {prefix, end});
    bool more = PAWL_TRY(of_store(cursor->first()));
    for (int left = kForgottenAtOnce; more && left > 0; --left) {
      batch.erase(events_, cursor->key());
      --counts->events;
      counts->bytes -= static_cast<int64_t>(cursor->value().size());
      more = PAWL_TRY(of_store(cursor->next()));
    }
  }
  batch.put(counts_, archive.key().view(), counts_bytes(*counts));
  return {};
}

ApiResult<ArchiveStore::Counts> ArchiveStore::counts(const ArchiveName& archive) {
  const std::lock_guard lock(mutex_);
  return *PAWL_TRY(counts_of(archive));
}

void ArchiveStore::erase(store::Batch& batch, const ArchiveName& archive) {
  const std::string key = archive.key().take();
  batch.erase_range(events_, store::Range::prefix(key));
  batch.erase(counts_, key);
  const std::lock_guard lock(mutex_);
  counted_.erase(key);
}

ApiResult<ArchiveStore::Chunk> ArchiveStore::read(const ArchiveName& archive, base::Timestamp from,
                                                  base::Timestamp until, std::string_view next,
                                                  size_t limit) const {
  Chunk chunk;
  const std::string prefix = archive.key().take();
  const auto cursor = store_.cursor(
      events_, {archive.key().i64(from.ms).take(), archive.key().i64(until.ms).take()});
  for (bool more = PAWL_TRY(of_store(next.empty() ? cursor->first() : cursor->seek(next))); more;
       more = PAWL_TRY(of_store(cursor->next()))) {
    if (chunk.events.size() == limit) {
      chunk.next = cursor->key();
      break;
    }
    store::KeyReader key(cursor->key().substr(prefix.size()));
    chunk.last.ms = key.i64().value_or(0);
    chunk.events.emplace_back(cursor->value());
  }
  return chunk;
}

}  // namespace pawl::events
