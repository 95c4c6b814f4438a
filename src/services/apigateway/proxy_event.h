// SPDX-License-Identifier: Apache-2.0
// Events that Lambda functions get for requests, and requests' answers in what they give back
// (Developer Guide "AWS Lambda proxy integrations" of HTTP APIs, payload formats 1.0 and 2.0, and
// "Lambda proxy integrations" of REST APIs), and the same of authorizers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/http_message.h"
#include "json/value.h"
#include "services/apigateway/gateway_exchange.h"

namespace pawl::apigateway {

/// Whether a body of this content type goes as it is, not as base64.
bool is_text_type(std::string_view content_type);

/// Payload format 2.0, JSON text.
std::string event_2(const GatewayExchange& exchange);
/// Payload format 1.0 of HTTP APIs.
std::string event_1(const GatewayExchange& exchange);
/// That of REST APIs. `is_binary`: the body goes as base64.
std::string rest_event(const GatewayExchange& exchange, bool is_binary);

struct IdentityOfAuthorizer {
  std::string resource_arn;                       ///< of the method or route that is asked for
  std::vector<std::string> identity_source = {};  ///< their values
};
std::string authorizer_event_2(const GatewayExchange& exchange, const IdentityOfAuthorizer& who);
std::string authorizer_event_1(const GatewayExchange& exchange, const IdentityOfAuthorizer& who);
/// REQUEST authorizers of REST APIs.
std::string rest_authorizer_event(const GatewayExchange& exchange, const IdentityOfAuthorizer& who);

/// What a function's result means in format 2.0; a result without "statusCode" is the body of a
/// 200. nullopt if it is no answer.
std::optional<aws::HttpResponse> response_2(std::string_view result);
/// Format 1.0 and REST APIs, where "statusCode" must be there.
std::optional<aws::HttpResponse> response_1(std::string_view result);

}  // namespace pawl::apigateway
