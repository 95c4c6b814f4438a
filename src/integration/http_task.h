// SPDX-License-Identifier: Apache-2.0
// HttpTask: tasks that send an HTTP request of their own: http:invoke (Developer Guide "Call HTTPS
// APIs in Step Functions workflows") and apigateway:invoke ("Create API Gateway REST APIs …").
#pragma once

#include "aws/service/caller.h"
#include "engine/ports.h"
#include "integration/call_facts.h"
#include "integration/event_connection.h"
#include "integration/task_answer.h"

namespace pawl::integration {

/// Used on the engine's thread; both ports must outlive it. The transport gives up after a minute:
/// States.Http.Socket. Redirects are answers.
class HttpTask {
 public:
  HttpTask(aws::Caller& caller, aws::HttpTransport& transport)
      : connections_(caller), transport_(transport) {}

  /// Errors: States.Http.StatusCode.NNN, States.Http.Socket, Events.ConnectionResource.…,
  /// States.Runtime for parameters that are no request.
  void call_http(const engine::TaskRequest& request, const TaskAnswer& answer);
  /// Errors: ApiGateway.NNN, States.TaskFailed if there is no answer. NOTE: what AuthType IAM_ROLE
  /// would sign is sent unsigned.
  void call_api_gateway(const engine::TaskRequest& request, const TaskAnswer& answer);

 private:
  ConnectionReader connections_;
  aws::HttpTransport& transport_;
};

}  // namespace pawl::integration
