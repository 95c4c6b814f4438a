// SPDX-License-Identifier: Apache-2.0
// Caller and EndpointResolver: how one service, or a workflow, calls an operation of any AWS
// service wherever that lives. Interfaces; the network behind them is a port others implement.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/model/service_model.h"
#include "aws/service/request.h"
#include "json/value.h"

namespace pawl::aws {

/// Where calls to a service go.
struct Endpoint {
  enum class Kind { Embedded, Aws, Url };
  Kind kind = Kind::Embedded;
  std::string url = {};  ///< scheme, host and port; for Aws and Url
};

/// By configuration: per service and region. Thread-safe.
class EndpointResolver {
 public:
  virtual ~EndpointResolver() = default;
  virtual Endpoint resolve(const ServiceModel& service, std::string_view region) const = 0;
};

/// Sends one request to `url` (scheme, host and port) and gives its answer, or the error that no
/// answer came (Io) or was too large to keep (LimitExceeded): once, on the thread of the services'
/// loop. Redirects are answers. Thread-safe.
class HttpTransport {
 public:
  using Receiver = std::function<void(base::Result<HttpResponse>)>;
  virtual ~HttpTransport() = default;
  virtual void send(std::string url, HttpRequest request, Receiver receiver) = 0;
};

struct Call {
  std::string service;    ///< a model's name: "sqs"
  std::string operation;  ///< "SendMessage"
  json::Value input = json::Value::object();
  std::string region = "us-east-1";
  Principal principal = {};
  std::string idempotency_token = {};  ///< "" or a text that is the same when the call is repeated
  /// Where the answer is kept in the batch of the effect (Request::before_commit), if the service
  /// is embedded; "": nowhere. The key of the task in the engine's outbox.
  std::string completion_key = {};
  std::string completed = {};   ///< the answer kept by an earlier call: it is given again
  std::string kept_text = {};   ///< what is kept instead of the answer; "": the answer
  std::string request_id = {};  ///< of the call, if it is embedded; "": one is drawn
  std::string role_arn = {};    ///< to be assumed for this call; "": the caller's own rights
};

/// Thread-safe.
class Caller {
 public:
  using Receiver = std::function<void(ApiResult<json::Value>)>;
  virtual ~Caller() = default;
  /// Answers exactly once, on the thread of the services' loop (service_loop.h). Input and output
  /// are handed over whole: they share no node with anything that the giver keeps. Blobs are base64
  /// text, also those that stream. An error has its status; its member "RequestId" is the id that
  /// another server gave the call. A transport failure is an ApiError "SdkClientException" of
  /// status 0.
  virtual void call(Call call, Receiver receiver) = 0;
};

/// "https://states.eu-west-1.amazonaws.com", with the service's own ways: global endpoints, China,
/// "api.ecr", the sync- host prefix is the operation's.
std::string aws_endpoint_url(const ServiceModel& service, std::string_view region);
/// The region of the credential scope: services with one host for the world have one.
std::string signing_region(const ServiceModel& service, std::string_view region);

}  // namespace pawl::aws
