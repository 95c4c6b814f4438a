// SPDX-License-Identifier: Apache-2.0
// The halves of a connection's AuthParameters: what is shown (DescribeConnection) and what is
// secret, in the form that EventBridge gives its secrets.
#pragma once

#include <string>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "json/value.h"

namespace pawl::events {

/// The OAuth endpoint's method may come in small letters (recorded).
json::Value with_capital_method(const json::Value& parameters);

/// Errors: ValidationException if the parameters are not those of the type.
aws::ApiResult<void> check_auth_parameters(const std::string& type, const json::Value& parameters);

/// Without anything secret.
json::Value shown_parameters(const json::Value& parameters);

/// {"username", "password"}, {"api_key_name", "api_key_value"} or {"client_id", "client_secret",
/// "authorization_endpoint", "http_method", "oauth_http_parameters"}, and with all of them
/// "invocation_http_parameters": {"header_parameters": [{"key", "value", "is_value_secret"}], …}.
json::Value secret_of(const std::string& type, const json::Value& parameters);

/// Adds the parameters of a secret's member to a request: header fields, query, and members of a
/// body that is a JSON object or a form.
enum class BodyForm { Json, Form };
void add_http_parameters(aws::HttpRequest& request, const json::Value& parameters, BodyForm form);

/// AuthParameters of an update over those that a secret has: a member that is given replaces the
/// whole one.
json::Value merged_secret(const json::Value& before, const json::Value& after);

}  // namespace pawl::events
