// SPDX-License-Identifier: Apache-2.0
// RequestRouter: from an HTTP request to service, protocol and operation. The protocol is told by
// the request, not by the model: an old SDK speaks Query to a service whose model says JSON.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_card.h"
#include "aws/model/service_model.h"
#include "aws/service/rest_router.h"

namespace pawl::aws {

/// What a request says about where it wants to go, before any model is asked.
struct RequestTarget {
  std::string target_prefix;  ///< of X-Amz-Target, or the service of an RPC-v2 path
  std::string operation;      ///< of X-Amz-Target, Action or an RPC-v2 path
  std::string version;        ///< Version of a Query request
  std::string signing_name;   ///< of the credential scope
  std::string region;
  std::string access_key_id;
  std::string host_name;  ///< the service's label in the host: "s3" of "b.s3.eu-west-1.…"
  std::optional<Protocol> protocol;  ///< unset: REST
};

RequestTarget inspect_request(const HttpRequest& request);

/// The label of an AWS-like host that names a service and its region:
/// "sqs.eu-west-1.localhost:4566" → {"sqs", "eu-west-1"}; "" for what is not there. A "sync-"
/// prefix is dropped.
struct HostParts {
  std::string service;
  std::string region;
};
HostParts inspect_host(std::string_view host);

struct Route {
  const ServiceModel* service = nullptr;      ///< null: no service can be told
  const OperationModel* operation = nullptr;  ///< null: the service is known, the operation not
  Protocol protocol = Protocol::Json;         ///< also the protocol of the error to answer
  RequestTarget target = {};
  /// What the operation's template is matched with, if it is not the request's path: a bucket in
  /// the host has been put before it. "" else.
  std::string path = {};
};

/// The bucket in S3's virtual-hosted style: "b" of "b.s3.eu-west-1.localhost:4566", "b.c" of
/// "b.c.s3.localhost"; "" if the host names none (S3 User Guide, "Virtual hosting of buckets").
std::string_view virtual_bucket(std::string_view host);

/// What AWS answers when `route` has a service but no operation.
ApiError no_such_operation(const Route& route);

/// Knows the services that are served. add() everything first; then thread-safe.
class RequestRouter {
 public:
  /// Gives the model of a service when a request for it has come; null if it cannot be read. Called
  /// once, from any thread.
  using ModelReader = std::function<const ServiceModel*()>;

  /// Models must outlive the router.
  void add(const ServiceModel& model);
  void add(ServiceCard card, ModelReader read);

  /// In this order: X-Amz-Target, RPC-v2 path, Action parameter, then REST by signing scope, host,
  /// and, unsigned, the most specific path of all services (S3 last: its paths take anything).
  Route route(const HttpRequest& request) const;

  /// Whether a service of that signing name is among them.
  bool has_signing_name(std::string_view name) const;

 private:
  struct Entry {
    ServiceCard card;
    ModelReader read;
    std::once_flag once = {};
    const ServiceModel* model = nullptr;    ///< after `once`
    std::unique_ptr<RestRouter> rest = {};  ///< after `once`; null: not REST
  };
  using Entries = std::vector<Entry*>;

  static const ServiceModel* open(Entry& entry);
  void route_rpc(Route& route) const;
  void route_query(Route& route) const;
  void route_rest(const HttpRequest& request, Route& route) const;
  Entries signed_for(const RequestTarget& target) const;

  std::vector<std::unique_ptr<Entry>> owned_;
  Entries entries_;  ///< all of them
  std::unordered_map<std::string, Entry*> by_target_prefix_;
};

}  // namespace pawl::aws
