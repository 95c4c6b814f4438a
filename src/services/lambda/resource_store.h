// SPDX-License-Identifier: Apache-2.0
// ResourceStore: what is stored beside functions: layers, event source mappings, code signing
// configurations, and whose a function URL is. docs/formats/lambda-functions.md. Not the rules of
// the API (actions/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "store/store.h"

namespace pawl::lambda {

/// The numbers are stored.
enum class ResourceKind : uint8_t {
  Layer = 0,               ///< by name: {"latestVersion"}
  LayerVersion = 1,        ///< by name and number
  EventSourceMapping = 2,  ///< by UUID
  CodeSigningConfig = 3,   ///< by id
};

/// Account and region: what a resource belongs to.
struct ResourceScope {
  std::string account;
  std::string region;
};

/// Thread-safe; its writers hold a lock of their own around read, change and commit. Every read may
/// fail with ServiceException: the store cannot be read, or holds a record of an unknown format.
class ResourceStore {
 public:
  /// Errors: those of Store::keyspace.
  static base::Result<ResourceStore> open(store::Store& store);

  aws::ApiResult<std::optional<json::Value>> find(const ResourceScope& scope, ResourceKind kind,
                                                  std::string_view id, uint64_t number = 0) const;
  /// Called for each record in order, until it answers false.
  using Visitor = std::function<bool(const std::string& id, uint64_t number, json::Value record)>;
  /// All of a kind whose id and number are behind the given ones.
  aws::ApiResult<void> visit(const ResourceScope& scope, ResourceKind kind,
                             std::string_view after_id, uint64_t after_number,
                             const Visitor& visitor) const;
  /// The records of one id by number, the newest first, below `before` if that is not 0.
  aws::ApiResult<void> visit_numbers_down(const ResourceScope& scope, ResourceKind kind,
                                          std::string_view id, uint64_t before,
                                          const Visitor& visitor) const;
  /// Those of every account and region: what has to be begun at a start.
  using ScopeVisitor = std::function<void(const ResourceScope& scope, json::Value record)>;
  aws::ApiResult<void> visit_all(ResourceKind kind, const ScopeVisitor& visitor) const;

  void put(store::Batch& batch, const ResourceScope& scope, ResourceKind kind, std::string_view id,
           uint64_t number, const json::Value& record) const;
  void erase(store::Batch& batch, const ResourceScope& scope, ResourceKind kind,
             std::string_view id, uint64_t number = 0) const;

  /// Whose the function URL with this id is, as whoever calls it does not say.
  aws::ApiResult<std::optional<FunctionReference>> url(std::string_view id) const;
  void put_url(store::Batch& batch, std::string_view id, const FunctionReference& function) const;
  void erase_url(store::Batch& batch, std::string_view id) const;

 private:
  ResourceStore(store::Store& store, store::Keyspace resources, store::Keyspace urls)
      : store_(&store), resources_(resources), urls_(urls) {}

  store::Store* store_;
  store::Keyspace resources_;
  store::Keyspace urls_;
};

}  // namespace pawl::lambda
