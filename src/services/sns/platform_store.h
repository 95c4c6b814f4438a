// SPDX-License-Identifier: Apache-2.0
// PlatformStore: platform applications and their endpoints (mobile push), in the store. Knows no
// rules of the API, and no push service.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/arn.h"
#include "base/error.h"
#include "services/sns/topic_store.h"
#include "store/store.h"

namespace pawl::sns {

struct PlatformName {
  Scope scope;
  std::string platform;  ///< "ADM"
  std::string name;

  std::string arn() const;  ///< "arn:aws:sns:REGION:ACCOUNT:app/ADM/name"
};

struct PlatformApplication {
  PlatformName name;
  Attributes attributes;
};

struct PlatformEndpoint {
  PlatformName application;
  std::string id;         ///< a UUID
  Attributes attributes;  ///< Token, Enabled, CustomUserData

  std::string arn() const;  ///< "…:endpoint/ADM/name/ID"
  bool is_enabled() const { return attribute(attributes, "Enabled") != "false"; }
};

std::optional<PlatformName> platform_application_of(const aws::Arn& arn);
/// Without attributes.
std::optional<PlatformEndpoint> platform_endpoint_of(const aws::Arn& arn);

/// As TopicStore.
class PlatformStore {
 public:
  static base::Result<PlatformStore> open(store::Store& store);

  base::Result<std::optional<PlatformApplication>> find(const PlatformName& name) const;
  void put(store::Batch& batch, const PlatformApplication& application) const;
  /// With its endpoints.
  void erase(store::Batch& batch, const PlatformName& name) const;
  base::Result<Page<PlatformApplication>> applications(const Scope& scope, const std::string& from,
                                                       size_t max) const;

  base::Result<std::optional<PlatformEndpoint>> find(const PlatformEndpoint& named) const;
  void put(store::Batch& batch, const PlatformEndpoint& endpoint) const;
  void erase(store::Batch& batch, const PlatformEndpoint& named) const;
  base::Result<Page<PlatformEndpoint>> endpoints(const PlatformName& application,
                                                 const std::string& from, size_t max) const;

 private:
  explicit PlatformStore(store::Store& store) : store_(&store) {}

  store::Store* store_;
  store::Keyspace applications_;
  store::Keyspace endpoints_;
};

}  // namespace pawl::sns
