// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/pipe.h"

#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "store/key.h"

namespace pawl::pipes {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;
using store::KeyBuilder;
using store::KeyReader;

constexpr int kFormat = 1;

std::string key_of(const PipeName& name) {
  return KeyBuilder().text(name.account).text(name.region).text(name.name).take();
}

PipeName name_of(std::string_view key) {
  KeyReader reader(key);
  PipeName name;
  name.account = reader.text().value_or("");
  name.region = reader.text().value_or("");
  name.name = reader.text().value_or("");
  return name;
}

template <typename T>
ApiResult<T> of_store(base::Result<T> result) {
  if (!result) return internal_error(result.error().message);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return *std::move(result);
  }
}

}  // namespace

aws::ApiError internal_error(std::string message) {
  return {"InternalException", std::move(message), 500, aws::Fault::Receiver};
}

std::string PipeName::arn() const {
  return "arn:" + std::string(aws::partition_of(region)) + ":pipes:" + region + ":" + account +
         ":pipe/" + name;
}

std::string Pipe::write() const {
  ObjectBuilder out;
  out.set("format", Value(kFormat))
      .set("settings", Value(settings))
      .set("tags", Value(tags))
      .set("desired", Value(desired))
      .set("current", Value(current))
      .set("stateReason", Value(state_reason))
      .set("created", Value(created_ms))
      .set("modified", Value(modified_ms));
  return json::write(std::move(out).build());
}

ApiResult<Pipe> Pipe::read(PipeName name, std::string_view record) {
  const base::Result<Value> parsed = json::parse(record);
  if (!parsed || integer_member(*parsed, "format") != kFormat)
    return internal_error("A stored pipe has a format that this version does not know.");
  Pipe pipe;
  pipe.name = std::move(name);
  pipe.settings = text_member(*parsed, "settings");
  pipe.tags = text_member(*parsed, "tags");
  pipe.desired = text_member(*parsed, "desired");
  pipe.current = text_member(*parsed, "current");
  pipe.state_reason = text_member(*parsed, "stateReason");
  pipe.created_ms = integer_member(*parsed, "created");
  pipe.modified_ms = integer_member(*parsed, "modified");
  return pipe;
}

base::Result<PipeStore> PipeStore::open(store::Store& store) {
  PipeStore made(store);
  made.pipes_ = PAWL_TRY(store.keyspace("pipes/pipes", store::Shape::Records));
  made.positions_ = PAWL_TRY(store.keyspace("pipes/positions", store::Shape::Records));
  return made;
}

ApiResult<void> PipeStore::commit(const store::Batch& batch) {
  return of_store(store_->commit(batch, store::Sync::No));
}

ApiResult<std::optional<Pipe>> PipeStore::find(const PipeName& name) const {
  const auto record = PAWL_TRY(of_store(store_->get(pipes_, key_of(name))));
  if (!record) return std::optional<Pipe>();
  return std::optional<Pipe>(PAWL_TRY(Pipe::read(name, *record)));
}

void PipeStore::put(store::Batch& batch, const Pipe& pipe) const {
  batch.put(pipes_, key_of(pipe.name), pipe.write());
}

void PipeStore::erase(store::Batch& batch, const PipeName& name) const {
  batch.erase(pipes_, key_of(name));
  batch.erase_range(positions_, store::Range::prefix(key_of(name)));
}

ApiResult<void> PipeStore::visit(std::string_view account, std::string_view region,
                                 std::string_view after, const Visitor& visitor) const {
  const auto cursor =
      store_->cursor(pipes_, store::Range::prefix(KeyBuilder().text(account).text(region).view()));
  const std::string last = key_of({std::string(account), std::string(region), std::string(after)});
  bool more = PAWL_TRY(of_store(after.empty() ? cursor->first() : cursor->seek(last)));
  if (more && !after.empty() && cursor->key() == last) more = PAWL_TRY(of_store(cursor->next()));
  for (; more; more = PAWL_TRY(of_store(cursor->next()))) {
    if (!visitor(PAWL_TRY(Pipe::read(name_of(cursor->key()), cursor->value())))) break;
  }
  return {};
}

void PipeStore::visit_all(const std::function<void(Pipe)>& visitor) const {
  const auto cursor = store_->cursor(pipes_, store::Range::all());
  for (auto more = cursor->first(); more && *more; more = cursor->next()) {
    ApiResult<Pipe> pipe = Pipe::read(name_of(cursor->key()), cursor->value());
    if (pipe) visitor(*std::move(pipe));
  }
}

std::string PipeStore::load_position(const PipeName& name, std::string_view shard) const {
  const auto stored = store_->get(positions_, KeyBuilder(key_of(name)).text(shard).view());
  return stored && *stored ? **stored : std::string();
}

void PipeStore::save_position(const PipeName& name, std::string_view shard,
                              std::string_view position) {
  store::Batch batch;
  batch.put(positions_, KeyBuilder(key_of(name)).text(shard).view(), position);
  static_cast<void>(store_->commit(batch, store::Sync::No));
}

}  // namespace pawl::pipes
