// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/parameter_store.h"

#include "base/wire.h"
#include "store/key.h"

namespace pawl::ssm {

using base::Result;
using store::KeyBuilder;
using store::Range;
using store::Shape;

namespace {

KeyBuilder scope_key(const Scope& scope) {
  KeyBuilder key;
  key.text(scope.account).text(scope.region);
  return key;
}

std::string name_key(const Scope& scope, std::string_view name) {
  return scope_key(scope).text(name).take();
}

std::string version_key(const Parameter& parameter, int64_t number) {
  return KeyBuilder(name_key(parameter.scope, parameter.name)).i64(number).take();
}

}  // namespace

Result<ParameterStore> ParameterStore::open(store::Store& store) {
  ParameterStore opened(store);
  opened.parameters_ = PAWL_TRY(store.keyspace("ssm/parameters", Shape::Records));
  opened.versions_ = PAWL_TRY(store.keyspace("ssm/versions", Shape::Records));
  return opened;
}

Result<std::optional<Parameter>> ParameterStore::find(const Scope& scope,
                                                      std::string_view name) const {
  const auto record = PAWL_TRY(store_->get(parameters_, name_key(scope, name)));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_parameter(scope, std::string(name), *record));
}

Result<std::optional<Version>> ParameterStore::find_version(const Parameter& parameter,
                                                            int64_t number) const {
  const auto record = PAWL_TRY(store_->get(versions_, version_key(parameter, number)));
  if (!record) return std::nullopt;
  return PAWL_TRY(read_version(number, *record));
}

void ParameterStore::put(store::Batch& batch, const Parameter& parameter) const {
  batch.put(parameters_, name_key(parameter.scope, parameter.name), write_parameter(parameter));
}

void ParameterStore::put_version(store::Batch& batch, const Parameter& parameter,
                                 const Version& version) const {
  batch.put(versions_, version_key(parameter, version.number), write_version(version));
}

void ParameterStore::erase_version(store::Batch& batch, const Parameter& parameter,
                                   int64_t number) const {
  batch.erase(versions_, version_key(parameter, number));
}

void ParameterStore::erase(store::Batch& batch, const Parameter& parameter) const {
  const std::string key = name_key(parameter.scope, parameter.name);
  batch.erase(parameters_, key);
  batch.erase_range(versions_, Range::prefix(key));
}

Result<void> ParameterStore::visit(const Scope& scope, std::string_view prefix,
                                   std::string_view after,
                                   const std::function<bool(Parameter&&)>& visit) const {
  // Names have no NUL: the beginning of a name is the beginning of its key.
  const auto cursor =
      store_->cursor(parameters_, Range::prefix(scope_key(scope).raw(prefix).view()));
  const std::string from = name_key(scope, after);
  for (bool more = PAWL_TRY(after.empty() ? cursor->first() : cursor->seek(from)); more;
       more = PAWL_TRY(cursor->next())) {
    if (!after.empty() && cursor->key() == from) continue;
    store::KeyReader key(cursor->key());
    key.text();
    key.text();
    std::optional<std::string> name = key.text();
    if (!name) return base::malformed_record("key of a parameter");
    if (!visit(PAWL_TRY(read_parameter(scope, *std::move(name), cursor->value())))) break;
  }
  return {};
}

}  // namespace pawl::ssm
