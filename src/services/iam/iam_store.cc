// SPDX-License-Identifier: Apache-2.0
#include "services/iam/iam_store.h"

#include "base/wire.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/iam/members.h"
#include "store/key.h"

namespace pawl::iam {

using aws::ApiResult;
using base::Result;
using json::Value;
using store::KeyBuilder;
using store::Range;
using store::Shape;

namespace {

constexpr uint8_t kRecordVersion = 1;
constexpr int kForgottenAtOnce = 8;

std::string written(const Value& record) {
  std::string bytes(1, static_cast<char>(kRecordVersion));
  json::write(record, bytes);
  return bytes;
}

ApiResult<Value> read(std::string_view bytes) {
  if (!bytes.empty() && bytes.front() == static_cast<char>(kRecordVersion)) {
    auto record = json::parse(bytes.substr(1));
    if (record) return *std::move(record);
  }
  return as_api_error(base::malformed_record("IAM record"));
}

template <typename T>
ApiResult<T> from_store(Result<T> result) {
  if (!result) return as_api_error(result.error());
  return *std::move(result);
}

KeyBuilder kind_key(const std::string& account, Kind kind) {
  KeyBuilder key;
  key.text(account).u8(static_cast<uint8_t>(kind));
  return key;
}

std::string entity_key(const std::string& account, Kind kind, std::string_view name) {
  return kind_key(account, kind).text(lower_case(name)).take();
}

std::string link_prefix(const std::string& account, Link link, std::string_view what) {
  return KeyBuilder().text(account).u8(static_cast<uint8_t>(link)).text(lower_case(what)).take();
}

std::string link_key(const std::string& account, Link link, std::string_view what,
                     const Linked& entity) {
  return KeyBuilder(link_prefix(account, link, what))
      .u8(static_cast<uint8_t>(entity.kind))
      .text(lower_case(entity.name))
      .take();
}

}  // namespace

Result<IamStore> IamStore::open(store::Store& store) {
  IamStore opened(store);
  opened.entities_ = PAWL_TRY(store.keyspace("iam/entities", Shape::Records));
  opened.links_ = PAWL_TRY(store.keyspace("iam/links", Shape::Records));
  opened.keys_ = PAWL_TRY(store.keyspace("iam/access_keys", Shape::Records));
  opened.key_ends_ = PAWL_TRY(store.keyspace("iam/access_key_ends", Shape::Queue));
  return opened;
}

ApiResult<std::optional<Value>> IamStore::find(const std::string& account, Kind kind,
                                               std::string_view name) const {
  const auto bytes = PAWL_TRY(from_store(store_->get(entities_, entity_key(account, kind, name))));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read(*bytes));
}

void IamStore::put(store::Batch& batch, const std::string& account, Kind kind,
                   std::string_view name, const Value& record) const {
  batch.put(entities_, entity_key(account, kind, name), written(record));
}

void IamStore::erase(store::Batch& batch, const std::string& account, Kind kind,
                     std::string_view name) const {
  batch.erase(entities_, entity_key(account, kind, name));
}

ApiResult<void> IamStore::visit(const std::string& account, Kind kind, const std::string& from,
                                const Visit& visit) const {
  const auto cursor = store_->cursor(entities_, Range::prefix(kind_key(account, kind).view()));
  for (bool more = PAWL_TRY(from_store(from.empty() ? cursor->first() : cursor->seek(from))); more;
       more = PAWL_TRY(from_store(cursor->next()))) {
    if (!visit(cursor->key(), PAWL_TRY(read(cursor->value())))) break;
  }
  return {};
}

void IamStore::link(store::Batch& batch, const std::string& account, Link link,
                    std::string_view what, const Linked& entity) const {
  batch.put(links_, link_key(account, link, what, entity), entity.name);
}

void IamStore::unlink(store::Batch& batch, const std::string& account, Link link,
                      std::string_view what, const Linked& entity) const {
  batch.erase(links_, link_key(account, link, what, entity));
}

ApiResult<void> IamStore::visit_links(
    const std::string& account, Link link, std::string_view what,
    const std::function<bool(std::string_view, const Linked&)>& visit,
    const std::string& from) const {
  const std::string prefix = link_prefix(account, link, what);
  const auto cursor = store_->cursor(links_, Range::prefix(prefix));
  for (bool more = PAWL_TRY(from_store(from.empty() ? cursor->first() : cursor->seek(from))); more;
       more = PAWL_TRY(from_store(cursor->next()))) {
    store::KeyReader key(cursor->key().substr(prefix.size()));
    const Linked entity{.kind = static_cast<Kind>(key.u8().value_or(0)),
                        .name = std::string(cursor->value())};
    if (!visit(cursor->key(), entity)) break;
  }
  return {};
}

ApiResult<int64_t> IamStore::count_links(const std::string& account, Link link,
                                         std::string_view what) const {
  int64_t count = 0;
  PAWL_TRY_VOID(visit_links(account, link, what, [&](std::string_view, const Linked&) {
    ++count;
    return true;
  }));
  return count;
}

ApiResult<std::optional<Value>> IamStore::find_key(std::string_view id) const {
  const auto bytes = PAWL_TRY(from_store(store_->get(keys_, KeyBuilder().text(id).view())));
  if (!bytes) return std::nullopt;
  return PAWL_TRY(read(*bytes));
}

void IamStore::put_key(store::Batch& batch, std::string_view id, const Value& record) const {
  batch.put(keys_, KeyBuilder().text(id).view(), written(record));
}

void IamStore::erase_key(store::Batch& batch, std::string_view id) const {
  batch.erase(keys_, KeyBuilder().text(id).view());
}

ApiResult<void> IamStore::put_session_key(store::Batch& batch, std::string_view id,
                                          const Value& record, base::Timestamp ends,
                                          base::Timestamp now) const {
  const auto cursor = store_->cursor(key_ends_, Range::all());
  bool more = PAWL_TRY(from_store(cursor->first()));
  for (int left = kForgottenAtOnce; more && left > 0; --left) {
    store::KeyReader key(cursor->key());
    if (key.i64().value_or(0) > now.ms) break;
    batch.erase(keys_, key.rest());
    batch.erase(key_ends_, cursor->key());
    more = PAWL_TRY(from_store(cursor->next()));
  }
  put_key(batch, id, record);
  batch.put(key_ends_, KeyBuilder().i64(ends.ms).text(id).view(), "");
  return {};
}

ApiResult<void> IamStore::commit(const store::Batch& batch) const {
  const auto committed = store_->commit(batch, store::Sync::No);
  if (!committed) return as_api_error(committed.error());
  return {};
}

}  // namespace pawl::iam
