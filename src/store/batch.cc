// SPDX-License-Identifier: Apache-2.0
// Batch, and the stored form of keys.
#include "store/batch.h"

#include <algorithm>

namespace pawl::store {
namespace {

void append_prefix(std::string& bytes, uint32_t id) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(id >> shift & 0xff));
}

}  // namespace

StoredKey::StoredKey(Keyspace keyspace, std::string_view key) {
  bytes_.reserve(kPrefixBytes + key.size());
  append_prefix(bytes_, keyspace.id);
  bytes_.append(key);
}

StoredKey StoredKey::after(Keyspace keyspace) {
  return StoredKey(Keyspace{keyspace.id + 1, keyspace.shape}, {});
}

StoredRange::StoredRange(Keyspace keyspace, const Range& range)
    : begin(keyspace, range.begin),
      end(range.end.empty() ? StoredKey::after(keyspace) : StoredKey(keyspace, range.end)) {}

void Batch::put(Keyspace keyspace, std::string_view key, std::string_view value) {
  value_bytes_longest_ = std::max(value_bytes_longest_, value.size());
  add(Kind::Put, keyspace, key, value);
}

void Batch::erase(Keyspace keyspace, std::string_view key) { add(Kind::Erase, keyspace, key, {}); }

void Batch::erase_range(Keyspace keyspace, const Range& range) {
  const StoredRange stored(keyspace, range);
  if (stored.is_empty()) return;
  key_bytes_longest_ = std::max(key_bytes_longest_, range.end.size());
  add(Kind::EraseRange, keyspace, range.begin, stored.end.view());
}

void Batch::add(Kind kind, Keyspace keyspace, std::string_view key, std::string_view value) {
  key_bytes_longest_ = std::max(key_bytes_longest_, key.size());
  entries_.push_back(
      {kind, keyspace.shape, bytes_.size(), StoredKey::kPrefixBytes + key.size(), value.size()});
  append_prefix(bytes_, keyspace.id);
  bytes_.append(key);
  bytes_.append(value);
}

void Batch::append(const Batch& other) {
  const size_t base = bytes_.size();
  bytes_.append(other.bytes_);
  for (Entry entry : other.entries_) {
    entry.offset += base;
    entries_.push_back(entry);
  }
  key_bytes_longest_ = std::max(key_bytes_longest_, other.key_bytes_longest_);
  value_bytes_longest_ = std::max(value_bytes_longest_, other.value_bytes_longest_);
}

void Batch::clear() {
  bytes_.clear();
  entries_.clear();
  key_bytes_longest_ = value_bytes_longest_ = 0;
}

Batch::Operation Batch::operation(const Entry& entry) const {
  const std::string_view bytes = bytes_;
  return {entry.kind, entry.shape, bytes.substr(entry.offset, entry.key_bytes),
          bytes.substr(entry.offset + entry.key_bytes, entry.value_bytes)};
}

base::Result<void> Batch::check_limits() const {
  const auto exceeded = [](const char* what, size_t bytes, size_t bytes_max) {
    return base::Error(base::ErrorKind::LimitExceeded,
                       std::string(what) + " of " + std::to_string(bytes) +
                           " bytes: the store takes " + std::to_string(bytes_max));
  };
  if (key_bytes_longest_ > kKeyBytesMax) return exceeded("key", key_bytes_longest_, kKeyBytesMax);
  if (value_bytes_longest_ > kValueBytesMax)
    return exceeded("value", value_bytes_longest_, kValueBytesMax);
  if (bytes_.size() > kBatchBytesMax) return exceeded("batch", bytes_.size(), kBatchBytesMax);
  return {};
}

}  // namespace pawl::store
