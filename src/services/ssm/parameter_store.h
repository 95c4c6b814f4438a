// SPDX-License-Identifier: Apache-2.0
// ParameterStore: parameters and their versions in the store. Knows no rules of the API.
// docs/formats/ssm.md says what stands under which key.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/ssm/parameter.h"
#include "store/store.h"

namespace pawl::ssm {

/// Reads may come from any thread; who reads to write holds a lock of his own. Errors: the store's.
class ParameterStore {
 public:
  static base::Result<ParameterStore> open(store::Store& store);

  base::Result<std::optional<Parameter>> find(const Scope& scope, std::string_view name) const;
  base::Result<std::optional<Version>> find_version(const Parameter& parameter,
                                                    int64_t number) const;
  void put(store::Batch& batch, const Parameter& parameter) const;
  void put_version(store::Batch& batch, const Parameter& parameter, const Version& version) const;
  void erase_version(store::Batch& batch, const Parameter& parameter, int64_t number) const;
  /// With all versions.
  void erase(store::Batch& batch, const Parameter& parameter) const;
  /// Calls `visit` for the parameters whose names begin so, by name, from the one after `after`,
  /// until it answers false.
  base::Result<void> visit(const Scope& scope, std::string_view prefix, std::string_view after,
                           const std::function<bool(Parameter&&)>& visit) const;

  base::Result<void> commit(const store::Batch& batch) const {
    return store_->commit(batch, store::Sync::No);
  }

 private:
  explicit ParameterStore(store::Store& store) : store_(&store) {}

  store::Store* store_;
  store::Keyspace parameters_;
  store::Keyspace versions_;
};

}  // namespace pawl::ssm
