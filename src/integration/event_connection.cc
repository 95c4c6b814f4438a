// SPDX-License-Identifier: Apache-2.0
#include "integration/event_connection.h"

#include <algorithm>
#include <string_view>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::integration {
namespace {

using asl::ExecutionError;
using json::Value;

ExecutionError connection_error(std::string_view name, std::string cause) {
  return {.error = "Events.ConnectionResource." + std::string(name), .cause = std::move(cause)};
}

/// [{"Key", "Value", …}] of the API or [{"key", "value", …}] of the secret.
NamedTexts named_texts(const Value& object, std::string_view member, std::string_view key,
                       std::string_view value) {
  NamedTexts texts;
  const Value* list = object.find(member);
  if (list == nullptr || !list->is_array()) return texts;
  for (const Value& item : list->items()) {
    const std::string name = text_member(item, key);
    if (!name.empty()) texts.emplace_back(name, text_member(item, value));
  }
  return texts;
}

/// Later ones replace those of the same name.
void merge(NamedTexts& texts, const NamedTexts& more) {
  for (const auto& [name, text] : more) {
    const auto found = std::find_if(texts.begin(), texts.end(),
                                    [&](const auto& each) { return each.first == name; });
    if (found == texts.end()) {
      texts.emplace_back(name, text);
    } else {
      found->second = text;
    }
  }
}

/// What DescribeConnection shows, and over it what the secret holds: secret values are only there.
HttpParameters http_parameters(const Value& described, const Value& secret) {
  HttpParameters parameters;
  parameters.headers = named_texts(described, "HeaderParameters", "Key", "Value");
  parameters.query = named_texts(described, "QueryStringParameters", "Key", "Value");
  parameters.body = named_texts(described, "BodyParameters", "Key", "Value");
  merge(parameters.headers, named_texts(secret, "header_parameters", "key", "value"));
  merge(parameters.query, named_texts(secret, "query_string_parameters", "key", "value"));
  merge(parameters.body, named_texts(secret, "body_parameters", "key", "value"));
  return parameters;
}

std::string first_of(std::string first, std::string second) {
  return first.empty() ? std::move(second) : std::move(first);
}

}  // namespace

tl::expected<EventConnection, ExecutionError> read_connection(const Value& description,
                                                              const std::string& secret_text) {
  const base::Result<Value> parsed = json::parse(secret_text);
  const Value secret = parsed && parsed->is_object() ? *parsed : Value::object();
  const Value parameters = object_member(description, "AuthParameters");
  const std::string type = text_member(description, "AuthorizationType");
  EventConnection connection;
  if (type == "BASIC") {
    connection.authorization = EventConnection::Authorization::Basic;
    connection.name =
        first_of(text_member(secret, "username"),
                 text_member(object_member(parameters, "BasicAuthParameters"), "Username"));
    connection.secret = text_member(secret, "password");
  } else if (type == "API_KEY") {
    connection.authorization = EventConnection::Authorization::ApiKey;
    connection.name =
        first_of(text_member(secret, "api_key_name"),
                 text_member(object_member(parameters, "ApiKeyAuthParameters"), "ApiKeyName"));
    connection.secret = text_member(secret, "api_key_value");
  } else if (type == "OAUTH_CLIENT_CREDENTIALS") {
    const Value oauth = object_member(parameters, "OAuthParameters");
    connection.authorization = EventConnection::Authorization::OAuth;
    connection.name = first_of(text_member(secret, "client_id"),
                               text_member(object_member(oauth, "ClientParameters"), "ClientID"));
    connection.secret = text_member(secret, "client_secret");
    connection.token_url = first_of(text_member(secret, "authorization_endpoint"),
                                    text_member(oauth, "AuthorizationEndpoint"));
    connection.token_method = first_of(
        first_of(text_member(secret, "http_method"), text_member(oauth, "HttpMethod")), "POST");
    connection.token_parameters = http_parameters(object_member(oauth, "OAuthHttpParameters"),
                                                  object_member(secret, "oauth_http_parameters"));
  } else {
    return tl::unexpected(connection_error(
        "InvalidConnectionState", "The connection's authorization type is not known: " + type));
  }
  connection.invocation_parameters =
      http_parameters(object_member(parameters, "InvocationHttpParameters"),
                      object_member(secret, "invocation_http_parameters"));
  return connection;
}

void ConnectionReader::read(const std::string& connection_arn, const aws::Call& from,
                            Receiver receiver) {
  // arn:aws:events:REGION:ACCOUNT:connection/NAME/ID
  const std::optional<aws::Arn> arn = aws::Arn::parse(connection_arn);
  const auto parts = arn ? arn->resource_parts('/') : std::vector<std::string_view>();
  if (parts.size() < 2 || parts[0] != "connection") {
    return receiver(tl::unexpected(connection_error(
        "ResourceNotFound", "The ARN of the connection is not valid: " + connection_arn)));
  }
  json::ObjectBuilder input;
  input.set("Name", Value(parts[1]));
  aws::Call describe = from;
  describe.service = "events";
  describe.operation = "DescribeConnection";
  // EventBridge gives it to who may retrieve the credentials; to describe connections is another
  // right. The secret is asked for as the role.
  describe.principal = aws::service_principal(arn->account_id, "events.amazonaws.com");
  describe.input = std::move(input).build();
  if (!arn->region.empty()) describe.region = arn->region;
  caller_.call(std::move(describe), [this, from, receiver = std::move(receiver)](
                                        const aws::ApiResult<Value>& described) {
    if (!described) {
      return receiver(tl::unexpected(
          connection_error(described.error().code,
                           described.error().message.value_or("DescribeConnection failed"))));
    }
    json::ObjectBuilder wanted;
    wanted.set("SecretId", Value(text_member(*described, "SecretArn")));
    aws::Call get = from;
    get.service = "secretsmanager";
    get.operation = "GetSecretValue";
    get.input = std::move(wanted).build();
    caller_.call(
        std::move(get), [description = *described, receiver](const aws::ApiResult<Value>& secret) {
          if (!secret) {
            return receiver(tl::unexpected(connection_error(
                "AccessDenied", secret.error().message.value_or("GetSecretValue failed"))));
          }
          receiver(read_connection(description, text_member(*secret, "SecretString")));
        });
  });
}

void add_headers(aws::Headers& headers, const NamedTexts& parameters) {
  for (const auto& [name, text] : parameters) headers.set(name, text);
}

std::string encode_pairs(const NamedTexts& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    text += aws::uri_encode(name) + "=" + aws::uri_encode(value);
  }
  return text;
}

}  // namespace pawl::integration
