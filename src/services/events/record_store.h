// SPDX-License-Identifier: Apache-2.0
// RecordStore: the things that the API makes, each a JSON object under its key
// (docs/formats/events.md).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::events {

/// Of one kind: buses, rules, … Thread-safe; keeps nothing in memory. Errors: InternalException.
class RecordStore {
 public:
  static base::Result<RecordStore> open(store::Store& store, std::string_view keyspace);

  aws::ApiResult<std::optional<json::Value>> find(std::string_view key) const;
  void put(store::Batch& batch, std::string_view key, const json::Value& record) const;
  void erase(store::Batch& batch, std::string_view key) const { batch.erase(keyspace_, key); }

  struct Page {
    std::vector<json::Value> items;
    std::string next = {};  ///< where the next page begins; "": there is none
  };
  using Wanted = std::function<bool(const json::Value& record)>;

  /// Those whose key begins with `prefix`, from the key `from` on ("": from the first), in the
  /// order of keys; `wanted` empty: all.
  aws::ApiResult<Page> list(std::string_view prefix, std::string_view from, size_t limit,
                            const Wanted& wanted = {}) const;
  /// Every one of them, until `visit` says false.
  aws::ApiResult<void> visit(
      std::string_view prefix,
      const std::function<bool(std::string_view key, const json::Value& record)>& visit) const;

 private:
  RecordStore(store::Store& store, store::Keyspace keyspace)
      : store_(&store), keyspace_(keyspace) {}

  store::Store* store_;
  store::Keyspace keyspace_;
};

}  // namespace pawl::events
