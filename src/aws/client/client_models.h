// SPDX-License-Identifier: Apache-2.0
// ClientModels: how the answers of an operation that come in pages are gone through, and how one
// waits until something has come about: botocore's paginators-1.json and waiters-2.json, found
// where the service models are.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client/jmespath.h"
#include "aws/model/model_catalog.h"
#include "base/error.h"

namespace pawl::aws {

/// Immutable.
struct Paginator {
  std::vector<std::string> input_tokens;  ///< members of the input,
  std::vector<JmesPath> output_tokens;    ///< each set to this of the page before
  std::vector<JmesPath> result_keys;      ///< lists that go on from page to page
  std::optional<JmesPath> more_results;   ///< if it is false, this page is the last
  std::string limit_key;                  ///< member of the input: the size of a page; "" if none
};

/// Immutable.
struct Waiter {
  enum class Matcher { Path, PathAll, PathAny, Status, Error };
  enum class State { Success, Failure, Retry };
  struct Acceptor {
    Matcher matcher = Matcher::Path;
    std::optional<JmesPath> path = {};  ///< of the three first
    std::string expected;               ///< JSON text
    State state = State::Retry;
  };

  std::string name;
  std::string operation;
  int64_t delay_ms = 0;
  int attempts_max = 0;
  std::vector<Acceptor> acceptors;  ///< the first that matches counts
};

/// Loaded when first asked for. Thread-safe; what it gives lives as long.
class ClientModels {
 public:
  explicit ClientModels(ModelSearchPath path) : path_(std::move(path)) {}

  /// By the operation's name. Errors: NotFound if it does not come in pages; InvalidJson,
  /// InvalidSyntax, Io.
  base::Result<const Paginator*> paginator(const std::string& service,
                                           const std::string& operation);
  /// By the waiter's name: "DBInstanceAvailable". Errors: the same.
  base::Result<const Waiter*> waiter(const std::string& service, const std::string& name);

  /// All names of a service, for tests and lists.
  std::vector<std::string> paginators_of(const std::string& service);
  std::vector<std::string> waiters_of(const std::string& service);

 private:
  struct Service {
    std::map<std::string, Paginator> paginators;
    std::map<std::string, Waiter> waiters;
  };
  base::Result<const Service*> find(const std::string& service);
  base::Result<json::Value> newest(const std::string& service, const std::string& file,
                                   std::string_view part) const;

  const ModelSearchPath path_;
  std::mutex mutex_;
  std::map<std::string, Service> services_;
};

}  // namespace pawl::aws
