// SPDX-License-Identifier: Apache-2.0
// FunctionStore: what is stored of functions, versions, aliases, policies and code, and the keys it
// stands under. docs/formats/lambda-functions.md. Not the rules of the API (actions/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "store/store.h"

namespace pawl::lambda {

/// What else is kept of a function, each under a name of its own, usually a qualifier. The numbers
/// are stored.
enum class FunctionPart : uint8_t {
  EventInvokeConfig = 4,       ///< API FunctionEventInvokeConfig, by qualifier
  Url = 5,                     ///< API FunctionUrlConfig, by qualifier ("" for none)
  ProvisionedConcurrency = 6,  ///< by qualifier
  RuntimeManagement = 7,       ///< by qualifier
  Setting = 8,                 ///< of the whole function: "recursion", "codeSigning", "scaling"
};

/// $LATEST or a published version: its configuration, with the members of API
/// FunctionConfiguration but FunctionArn and those of its state, and what runs it.
struct Revision {
  json::Value configuration = json::Value::object();
  std::string code;        ///< the package; versions share it until $LATEST gets another
  std::string deployment;  ///< changes with all that a running worker would not notice
  /// Of its layers, the bottom one first: {"account", "region", "name", "code"} (layer.h).
  json::Value layers = json::Value::array();
  /// Until then the API shows it as being created or updated, under `settling_revision_id`.
  base::Timestamp settles_at = {};
  std::string settling_revision_id;

  /// Of now: while it settles, another.
  std::string revision_id(base::Timestamp now) const;
  bool is_settling(base::Timestamp now) const {
    return !settling_revision_id.empty() && now < settles_at;
  }
  std::string text(std::string_view member) const;
  int64_t number(std::string_view member) const;
  void set(std::string_view member, json::Value value);
};

struct FunctionRecord {
  Revision latest;
  json::Value tags = json::Value::object();
  int64_t versions_published = 0;
  /// Fingerprint of what the newest version was made from; "" if there is none.
  std::string published_fingerprint;
  std::optional<int64_t> reserved_concurrency;
};

/// Thread-safe; its writers hold a lock of their own around read, change and commit. Every read may
/// fail with ServiceException: the store cannot be read, or holds a record of an unknown format.
class FunctionStore {
 public:
  /// Errors: those of Store::keyspace.
  static base::Result<FunctionStore> open(store::Store& store);

  aws::ApiResult<std::optional<FunctionRecord>> function(const FunctionKey& key) const;
  aws::ApiResult<std::optional<Revision>> version(const FunctionKey& key, int64_t number) const;
  /// Ascending.
  aws::ApiResult<std::vector<Revision>> versions(const FunctionKey& key) const;
  /// API AliasConfiguration without AliasArn.
  aws::ApiResult<std::optional<json::Value>> alias(const FunctionKey& key,
                                                   std::string_view name) const;
  /// By name.
  aws::ApiResult<std::vector<json::Value>> aliases(const FunctionKey& key) const;
  /// {"RevisionId", "Statement": […]} of a version, an alias, or, with "", the function.
  aws::ApiResult<std::optional<json::Value>> policy(const FunctionKey& key,
                                                    std::string_view qualifier) const;
  aws::ApiResult<std::optional<json::Value>> part(const FunctionKey& key, FunctionPart part,
                                                  std::string_view name) const;
  /// By name.
  aws::ApiResult<std::vector<std::pair<std::string, json::Value>>> parts(const FunctionKey& key,
                                                                         FunctionPart part) const;
  aws::ApiResult<std::string> package(const FunctionKey& key, std::string_view code) const;
  /// Names of an account and region behind `after`, at most `count_max`.
  aws::ApiResult<std::vector<std::string>> names(const std::string& account,
                                                 const std::string& region,
                                                 const std::string& after, size_t count_max) const;
  aws::ApiResult<size_t> package_bytes(const std::string& account, const std::string& region) const;

  void put(store::Batch& batch, const FunctionKey& key, const FunctionRecord& record) const;
  void put_version(store::Batch& batch, const FunctionKey& key, int64_t number,
                   const Revision& revision) const;
  void erase_version(store::Batch& batch, const FunctionKey& key, int64_t number) const;
  void put_alias(store::Batch& batch, const FunctionKey& key, const json::Value& alias) const;
  void erase_alias(store::Batch& batch, const FunctionKey& key, std::string_view name) const;
  void put_policy(store::Batch& batch, const FunctionKey& key, std::string_view qualifier,
                  const json::Value& policy) const;
  void erase_policy(store::Batch& batch, const FunctionKey& key, std::string_view qualifier) const;
  void put_part(store::Batch& batch, const FunctionKey& key, FunctionPart part,
                std::string_view name, const json::Value& value) const;
  void erase_part(store::Batch& batch, const FunctionKey& key, FunctionPart part,
                  std::string_view name) const;
  void put_package(store::Batch& batch, const FunctionKey& key, std::string_view code,
                   std::string_view zip) const;
  void erase_package(store::Batch& batch, const FunctionKey& key, std::string_view code) const;
  /// The function with all that belongs to it.
  void erase(store::Batch& batch, const FunctionKey& key) const;

  /// Visible when it returns, and lost with no later one; on disk after the next sync. Errors:
  /// ServiceException.
  aws::ApiResult<void> commit(const store::Batch& batch) const;

 private:
  FunctionStore(store::Store& store, store::Keyspace functions, store::Keyspace packages)
      : store_(&store), functions_(functions), packages_(packages) {}

  aws::ApiResult<std::optional<json::Value>> read(const std::string& key) const;
  aws::ApiResult<std::vector<json::Value>> read_all(const std::string& prefix) const;

  store::Store* store_;
  store::Keyspace functions_;
  store::Keyspace packages_;
};

}  // namespace pawl::lambda
