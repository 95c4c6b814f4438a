// SPDX-License-Identifier: Apache-2.0
// IamStore: what there is of an account in the store, as records that are JSON texts. Knows no
// rules of the API. docs/formats/iam.md says what stands under which key.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"
#include "store/store.h"

namespace pawl::iam {

/// Numbers are stored: they stay.
enum class Kind : uint8_t {
  User = 1,
  Role = 2,
  Group = 3,
  Policy = 4,
  InstanceProfile = 5,
  OidcProvider = 6,
  SamlProvider = 7,
  ServerCertificate = 8,
  MfaDevice = 9,
  Account = 10,       ///< its alias, its password policy
  DeletionTask = 11,  ///< of service-linked roles
};

/// Which things a thing is used by.
enum class Link : uint8_t {
  PolicyAttachment = 1,  ///< policy ARN → entity
  PolicyBoundary = 2,    ///< policy ARN → entity
  GroupMember = 3,       ///< group → user
};

/// An entity as a link names it.
struct Linked {
  Kind kind = Kind::User;
  std::string name;  ///< in its own spelling
};

/// Names differ in more than case. Reads may come from any thread; who reads to write holds a lock
/// of his own. Errors: InternalFailure, the store's.
class IamStore {
 public:
  static base::Result<IamStore> open(store::Store& store);

  aws::ApiResult<std::optional<json::Value>> find(const std::string& account, Kind kind,
                                                  std::string_view name) const;
  void put(store::Batch& batch, const std::string& account, Kind kind, std::string_view name,
           const json::Value& record) const;
  void erase(store::Batch& batch, const std::string& account, Kind kind,
             std::string_view name) const;
  /// Calls `visit` by name from the key `from` ("": the first) until it answers false.
  using Visit = std::function<bool(std::string_view key, const json::Value& record)>;
  aws::ApiResult<void> visit(const std::string& account, Kind kind, const std::string& from,
                             const Visit& visit) const;

  void link(store::Batch& batch, const std::string& account, Link link, std::string_view what,
            const Linked& entity) const;
  void unlink(store::Batch& batch, const std::string& account, Link link, std::string_view what,
              const Linked& entity) const;
  aws::ApiResult<void> visit_links(
      const std::string& account, Link link, std::string_view what,
      const std::function<bool(std::string_view key, const Linked& entity)>& visit,
      const std::string& from = {}) const;
  aws::ApiResult<int64_t> count_links(const std::string& account, Link link,
                                      std::string_view what) const;

  /// Access keys, of users and of sessions; by id, whatever the account.
  aws::ApiResult<std::optional<json::Value>> find_key(std::string_view id) const;
  void put_key(store::Batch& batch, std::string_view id, const json::Value& record) const;
  void erase_key(store::Batch& batch, std::string_view id) const;
  /// With it a session's key that ends; some that have ended are forgotten.
  aws::ApiResult<void> put_session_key(store::Batch& batch, std::string_view id,
                                       const json::Value& record, base::Timestamp ends,
                                       base::Timestamp now) const;

  aws::ApiResult<void> commit(const store::Batch& batch) const;

 private:
  explicit IamStore(store::Store& store) : store_(&store) {}

  store::Store* store_;
  store::Keyspace entities_;
  store::Keyspace links_;
  store::Keyspace keys_;
  store::Keyspace key_ends_;
};

}  // namespace pawl::iam
