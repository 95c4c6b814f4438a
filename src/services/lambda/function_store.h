// SPDX-License-Identifier: Apache-2.0
// FunctionStore: what is stored of functions, versions, aliases, policies and code, and the keys it
// stands under. docs/formats/lambda-functions.md. Not the rules of the API (actions/).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "store/store.h"

namespace pawl::lambda {

/// $LATEST or a published version: its configuration, with the members of API
/// FunctionConfiguration but FunctionArn and those of its state, and what runs it.
struct Revision {
  json::Value configuration = json::Value::object();
  std::string code;        ///< the package; versions share it until $LATEST gets another
  std::string deployment;  ///< changes with all that a running worker would not notice

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
  void put_package(store::Batch& batch, const FunctionKey& key, std::string_view code,
                   std::string_view zip) const;
  void erase_package(store::Batch& batch, const FunctionKey& key, std::string_view code) const;
  /// The function with all that belongs to it.
  void erase(store::Batch& batch, const FunctionKey& key) const;

  /// Durable when it returns. Errors: ServiceException.
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
