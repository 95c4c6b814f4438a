// SPDX-License-Identifier: Apache-2.0
// ResourceStore: compute environments, job queues, scheduling policies and job definitions: JSON
// objects as the Describe operations answer them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "jobs/scope.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::batch {

using jobs::Scope;

enum class ResourceKind : uint8_t { Environment = 1, Queue = 2, Policy = 3, Definition = 4 };

/// The first part of an ARN's resource: "job-queue".
std::string_view arn_word(ResourceKind kind);
/// What a request names, by name or by ARN.
std::string resource_name(ResourceKind kind, std::string_view name_or_arn);
std::string resource_arn(const Scope& scope, ResourceKind kind, std::string_view name);

/// Keyspace "batch/resources". Thread-safe. Errors: those of the store, as ServerException.
class ResourceStore {
 public:
  static base::Result<ResourceStore> open(store::Store& store);

  /// `revision`: of definitions.
  aws::ApiResult<std::optional<json::Value>> find(const Scope& scope, ResourceKind kind,
                                                  std::string_view name,
                                                  uint32_t revision = 0) const;
  /// The newest revision of a definition that is ACTIVE, or of any status.
  aws::ApiResult<std::optional<json::Value>> newest(const Scope& scope, std::string_view name,
                                                    bool active_only) const;
  /// Gets the place behind a record in the list, and the record; false ends the walk.
  using Visitor = std::function<bool(const std::string& place, json::Value record)>;
  /// By name and revision, from behind `after`.
  aws::ApiResult<void> list(const Scope& scope, ResourceKind kind, const std::string& after,
                            const Visitor& visit) const;
  /// All revisions of one definition.
  aws::ApiResult<void> list_revisions(const Scope& scope, std::string_view name,
                                      const std::string& after, const Visitor& visit) const;
  aws::ApiResult<void> visit_all(
      ResourceKind kind,
      const std::function<void(const Scope& scope, const json::Value& record)>& visit) const;

  void put(store::Batch& batch, const Scope& scope, ResourceKind kind, std::string_view name,
           const json::Value& record, uint32_t revision = 0) const;
  void erase(store::Batch& batch, const Scope& scope, ResourceKind kind, std::string_view name,
             uint32_t revision = 0) const;

 private:
  ResourceStore(store::Store& store, store::Keyspace resources)
      : store_(&store), resources_(resources) {}
  aws::ApiResult<void> list_range(const std::string& prefix, const std::string& shared,
                                  const std::string& after, const Visitor& visit) const;

  store::Store* store_;
  store::Keyspace resources_;
};

}  // namespace pawl::batch
