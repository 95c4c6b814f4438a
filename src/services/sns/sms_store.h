// SPDX-License-Identifier: Apache-2.0
// SmsStore: what an account says about text messages: attributes, and numbers of the
// sandbox.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "services/sns/topic_store.h"
#include "store/store.h"

namespace pawl::sns {

struct SandboxNumber {
  std::string number;
  std::string one_time_password;
  bool is_verified = false;
};

/// As TopicStore.
class SmsStore {
 public:
  static base::Result<SmsStore> open(store::Store& store);

  base::Result<Attributes> attributes(const Scope& scope) const;
  void put_attributes(store::Batch& batch, const Scope& scope, const Attributes& attributes) const;

  base::Result<std::optional<SandboxNumber>> find_sandbox_number(const Scope& scope,
                                                                 std::string_view number) const;
  void put(store::Batch& batch, const Scope& scope, const SandboxNumber& number) const;
  void erase_sandbox_number(store::Batch& batch, const Scope& scope, std::string_view number) const;
  base::Result<Page<SandboxNumber>> sandbox_numbers(const Scope& scope, const std::string& from,
                                                    size_t max) const;

 private:
  SmsStore(store::Store& store, store::Keyspace keyspace) : store_(&store), keyspace_(keyspace) {}

  store::Store* store_;
  store::Keyspace keyspace_;
};

}  // namespace pawl::sns
