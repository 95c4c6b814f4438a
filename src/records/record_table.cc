// SPDX-License-Identifier: Apache-2.0
// Key: kind account region name. Value: the version of the form (1), then JSON text.
#include "records/record_table.h"

#include "json/parse.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::records {
namespace {

using base::Result;
using store::KeyBuilder;
using store::KeyReader;

constexpr char kVersion = 1;

std::string prefix_of(const Owner& owner, std::string_view kind) {
  return KeyBuilder().text(kind).text(owner.account).text(owner.region).take();
}

std::string key_of(const Owner& owner, std::string_view kind, std::string_view name) {
  return prefix_of(owner, kind) + std::string(name);
}

Result<json::Value> decode(std::string_view value) {
  if (value.empty() || value.front() != kVersion)
    return base::Error(base::ErrorKind::Io, "a stored record has a form that is not known");
  return json::parse(value.substr(1));
}

}  // namespace

Result<RecordTable> RecordTable::open(store::Store& store, std::string_view keyspace) {
  return RecordTable(store, PAWL_TRY(store.keyspace(keyspace, store::Shape::Records)));
}

Result<std::optional<json::Value>> RecordTable::get(const Owner& owner, std::string_view kind,
                                                    std::string_view name) const {
  const auto value = PAWL_TRY(store_->get(keyspace_, key_of(owner, kind, name)));
  if (!value) return std::optional<json::Value>();
  return std::optional<json::Value>(PAWL_TRY(decode(*value)));
}

Result<std::vector<RecordTable::Record>> RecordTable::list(const Owner& owner,
                                                           std::string_view kind,
                                                           std::string_view prefix,
                                                           std::string_view after,
                                                           size_t max) const {
  const std::string head = prefix_of(owner, kind);
  store::Range range = store::Range::prefix(head + std::string(prefix));
  if (!after.empty()) range.begin = std::max(range.begin, head + std::string(after) + '\0');
  std::vector<Record> found;
  if (range.begin >= range.end) return found;
  const auto cursor = store_->cursor(keyspace_, range);
  for (bool more = PAWL_TRY(cursor->first()); more && found.size() < max;
       more = PAWL_TRY(cursor->next())) {
    found.push_back(
        {std::string(cursor->key().substr(head.size())), PAWL_TRY(decode(cursor->value()))});
  }
  return found;
}

Result<size_t> RecordTable::count(const Owner& owner, std::string_view kind, size_t max) const {
  const auto cursor = store_->cursor(keyspace_, store::Range::prefix(prefix_of(owner, kind)));
  size_t found = 0;
  for (bool more = PAWL_TRY(cursor->first()); more && found < max; more = PAWL_TRY(cursor->next()))
    ++found;
  return found;
}

Result<void> RecordTable::visit_all(std::string_view kind, const Visitor& visitor) const {
  const auto cursor =
      store_->cursor(keyspace_, store::Range::prefix(KeyBuilder().text(kind).take()));
  for (bool more = PAWL_TRY(cursor->first()); more; more = PAWL_TRY(cursor->next())) {
    KeyReader key(cursor->key());
    key.text();
    auto account = key.text();
    auto region = key.text();
    if (!account || !region)
      return base::Error(base::ErrorKind::Io, "the key of a stored record cannot be read");
    if (!visitor({*std::move(account), *std::move(region)}, std::string(key.rest()),
                 PAWL_TRY(decode(cursor->value())))) {
      break;
    }
  }
  return {};
}

void RecordTable::put(store::Batch& batch, const Owner& owner, std::string_view kind,
                      std::string_view name, const json::Value& value) const {
  std::string text(1, kVersion);
  json::write(value, text);
  batch.put(keyspace_, key_of(owner, kind, name), text);
}

void RecordTable::erase(store::Batch& batch, const Owner& owner, std::string_view kind,
                        std::string_view name) const {
  batch.erase(keyspace_, key_of(owner, kind, name));
}

void RecordTable::erase_all(store::Batch& batch, const Owner& owner, std::string_view kind,
                            std::string_view prefix) const {
  batch.erase_range(keyspace_, store::Range::prefix(key_of(owner, kind, prefix)));
}

Result<void> RecordTable::commit(const store::Batch& batch) const {
  return store_->commit(batch, store::Sync::No);
}

Result<void> RecordTable::put(const Owner& owner, std::string_view kind, std::string_view name,
                              const json::Value& value) const {
  store::Batch batch;
  put(batch, owner, kind, name, value);
  return commit(batch);
}

Result<void> RecordTable::erase(const Owner& owner, std::string_view kind,
                                std::string_view name) const {
  store::Batch batch;
  erase(batch, owner, kind, name);
  return commit(batch);
}

}  // namespace pawl::records
