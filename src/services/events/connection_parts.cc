// SPDX-License-Identifier: Apache-2.0
#include "services/events/connection_parts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "json/parse.h"
#include "json/write.h"
#include "services/events/api_input.h"

namespace pawl::events {

using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::pair<const char*, const char*> kLists[] = {
    {"HeaderParameters", "header_parameters"},
    {"QueryStringParameters", "query_string_parameters"},
    {"BodyParameters", "body_parameters"}};

const char* member_of_type(const std::string& type) {
  if (type == "BASIC") return "BasicAuthParameters";
  return type == "API_KEY" ? "ApiKeyAuthParameters" : "OAuthParameters";
}

/// Of ConnectionHttpParameters: values that are secret are not shown.
Value shown_http_parameters(const Value& parameters) {
  ObjectBuilder out;
  for (const auto& [member, unused] : kLists) {
    const Value* list = parameters.find(member);
    if (list == nullptr || !list->is_array()) continue;
    std::vector<Value> items;
    for (const Value& item : list->items()) {
      ObjectBuilder shown;
      copy_members(item, {"Key"}, shown);
      if (!flag_member(item, "IsValueSecret")) copy_members(item, {"Value"}, shown);
      shown.set("IsValueSecret", Value(flag_member(item, "IsValueSecret")));
      items.push_back(std::move(shown).build());
    }
    out.set(member, Value::array(std::move(items)));
  }
  return std::move(out).build();
}

Value secret_http_parameters(const Value& parameters) {
  ObjectBuilder out;
  for (const auto& [member, name] : kLists) {
    const Value* list = parameters.find(member);
    if (list == nullptr || !list->is_array()) continue;
    std::vector<Value> items;
    for (const Value& item : list->items()) {
      ObjectBuilder each;
      each.set("key", Value(text_member(item, "Key")))
          .set("value", Value(text_member(item, "Value")))
          .set("is_value_secret", Value(flag_member(item, "IsValueSecret")));
      items.push_back(std::move(each).build());
    }
    out.set(name, Value::array(std::move(items)));
  }
  return std::move(out).build();
}

void set_unless_empty(ObjectBuilder& out, const char* member, Value value) {
  if (value.size() != 0) out.set(member, std::move(value));
}

std::vector<std::pair<std::string, std::string>> pairs_of(const Value& parameters,
                                                          const char* member) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const Value* list = parameters.find(member);
  if (list == nullptr || !list->is_array()) return pairs;
  for (const Value& item : list->items()) {
    const std::string key = text_member(item, "key");
    const std::string value = text_member(item, "value");
    // A line break would begin another header.
    if (!key.empty() && value.find_first_of("\r\n") == std::string::npos)
      pairs.emplace_back(key, value);
  }
  return pairs;
}

}  // namespace

Value with_capital_method(const Value& parameters) {
  const Value* oauth = parameters.find("OAuthParameters");
  if (oauth == nullptr || oauth->find("HttpMethod") == nullptr) return parameters;
  std::string method = text_member(*oauth, "HttpMethod");
  std::transform(method.begin(), method.end(), method.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return parameters.with_member("OAuthParameters", oauth->with_member("HttpMethod", Value(method)));
}

aws::ApiResult<void> check_auth_parameters(const std::string& type, const Value& parameters) {
  const char* member = member_of_type(type);
  const std::string method =
      text_member(object_member(parameters, "OAuthParameters"), "HttpMethod");
  if (!method.empty() && method != "GET" && method != "POST" && method != "PUT")
    return aws::validation_exception("Parameter HttpMethod is not valid.");
  if (parameters.find(member) != nullptr) return {};
  return aws::validation_exception("Parameter AuthParameters is not valid. Reason: " +
                                   std::string(member) + " must be specified for " + type + ".");
}

Value shown_parameters(const Value& parameters) {
  ObjectBuilder out;
  if (const Value* basic = parameters.find("BasicAuthParameters"))
    out.set("BasicAuthParameters", selected(*basic, {"Username"}));
  if (const Value* oauth = parameters.find("OAuthParameters")) {
    ObjectBuilder shown;
    shown.set("ClientParameters",
              selected(object_member(*oauth, "ClientParameters"), {"ClientID"}));
    copy_members(*oauth, {"AuthorizationEndpoint", "HttpMethod"}, shown);
    set_unless_empty(shown, "OAuthHttpParameters",
                     shown_http_parameters(object_member(*oauth, "OAuthHttpParameters")));
    out.set("OAuthParameters", std::move(shown).build());
  }
  if (const Value* key = parameters.find("ApiKeyAuthParameters"))
    out.set("ApiKeyAuthParameters", selected(*key, {"ApiKeyName"}));
  set_unless_empty(out, "InvocationHttpParameters",
                   shown_http_parameters(object_member(parameters, "InvocationHttpParameters")));
  return std::move(out).build();
}

Value secret_of(const std::string& type, const Value& parameters) {
  ObjectBuilder out;
  const auto set = [&out](const char* name, const Value& from, const char* member) {
    const std::string text = text_member(from, member);
    if (!text.empty()) out.set(name, Value(text));
  };
  const Value given = object_member(parameters, member_of_type(type));
  if (type == "BASIC") {
    set("username", given, "Username");
    set("password", given, "Password");
  } else if (type == "API_KEY") {
    set("api_key_name", given, "ApiKeyName");
    set("api_key_value", given, "ApiKeyValue");
  } else {
    const Value client = object_member(given, "ClientParameters");
    set("client_id", client, "ClientID");
    set("client_secret", client, "ClientSecret");
    set("authorization_endpoint", given, "AuthorizationEndpoint");
    set("http_method", given, "HttpMethod");
    set_unless_empty(out, "oauth_http_parameters",
                     secret_http_parameters(object_member(given, "OAuthHttpParameters")));
  }
  set_unless_empty(out, "invocation_http_parameters",
                   secret_http_parameters(object_member(parameters, "InvocationHttpParameters")));
  return std::move(out).build();
}

Value merged_secret(const Value& before, const Value& after) {
  Value merged = before;
  for (const json::Member& member : after.members())
    merged = merged.with_member(member.name(), member.value);
  return merged;
}

void add_http_parameters(aws::HttpRequest& request, const Value& parameters, BodyForm form) {
  for (const auto& [name, value] : pairs_of(parameters, "header_parameters"))
    request.headers.set(name, value);
  const auto query = aws::write_query(pairs_of(parameters, "query_string_parameters"));
  if (!query.empty()) request.query += (request.query.empty() ? "" : "&") + query;
  const auto body = pairs_of(parameters, "body_parameters");
  if (body.empty()) return;
  if (form == BodyForm::Form) {
    request.body += (request.body.empty() ? "" : "&") + aws::write_query(body);
    return;
  }
  const base::Result<Value> parsed = json::parse(request.body.empty() ? "{}" : request.body);
  if (!parsed || !parsed->is_object()) return;
  Value merged = *parsed;
  for (const auto& [name, value] : body) merged = merged.with_member(name, Value(value));
  request.body = json::write(merged);
}

}  // namespace pawl::events
