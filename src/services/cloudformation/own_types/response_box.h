// SPDX-License-Identifier: Apache-2.0
// ResponseBox: addresses to which others answer that work for a stack: what custom resources are
// told as ResponseURL, what a WaitConditionHandle is. On AWS these are objects of S3 with a signed
// URL; here they are pages of this server with a secret in their path.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "services/cloudformation/state/stack_store.h"

namespace pawl::cloudformation {

/// An address, and what came to it.
struct ResponseSlot {
  std::string secret = {};
  std::string stack_uuid = {};
  std::string logical_id = {};
  std::vector<std::string> bodies = {};  ///< as they came, in order

  template <typename Fields>
  void visit_fields(Fields& fields) {
    fields("Secret", secret);
    fields("Stack", stack_uuid);
    fields("LogicalId", logical_id);
    fields("Bodies", bodies);
  }
};

/// Thread-safe.
class ResponseBox {
 public:
  struct Ports {
    StackStore& store;
    std::function<std::string()> endpoint_url;
    std::function<std::string()> draw_uuid;
  };
  static constexpr std::string_view kPath = "/_pawl/cloudformation/responses/";
  /// Of one slot; more are refused.
  static constexpr size_t kBodiesMax = 1'000;

  explicit ResponseBox(Ports ports) : ports_(std::move(ports)) {}

  /// The address of the slot of that name, which is made if it is not there.
  aws::ApiResult<std::string> open(const StackKey& key, const std::string& name,
                                   const std::string& logical_id) const;
  aws::ApiResult<std::optional<ResponseSlot>> find(const records::Owner& owner,
                                                   const std::string& name) const;
  aws::ApiResult<void> close(const records::Owner& owner, const std::string& name) const;

  /// What a path of this server names; nullopt: nothing that is there.
  struct Address {
    records::Owner owner;
    std::string name;
  };
  aws::ApiResult<std::optional<Address>> address(std::string_view path) const;
  /// Keeps what has come, and says for which resource. Errors: LimitExceeded.
  aws::ApiResult<ResponseSlot> put(const Address& address, const std::string& body) const;

 private:
  const Ports ports_;
};

}  // namespace pawl::cloudformation
