// SPDX-License-Identifier: Apache-2.0
#include "console/api_table.h"

#include <utility>

#include "base/assert.h"
#include "json/write.h"

namespace pawl::console {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

ApiResult<void> ApiRequest::may(const std::string& action, const std::string& resource) const {
  if (authorizer == nullptr) return {};
  return authorizer->authorize_action(principal, region, action, resource, received);
}

namespace {

ApiError wrong_member(std::string_view name, std::string_view what) {
  return aws::validation_exception("\"" + std::string(name) + "\" must be " + std::string(what) +
                                   ".");
}

bool is_absent(const Value* member) { return member == nullptr || member->is_null(); }

}  // namespace

ApiResult<std::string> text_of(const Value& body, std::string_view name) {
  const Value* member = body.find(name);
  if (member == nullptr || !member->is_string()) return wrong_member(name, "a string");
  return std::string(member->as_string());
}

ApiResult<std::string> text_or_empty(const Value& body, std::string_view name) {
  if (is_absent(body.find(name))) return std::string();
  return text_of(body, name);
}

ApiResult<int64_t> number_of(const Value& body, std::string_view name, int64_t otherwise,
                             int64_t least, int64_t most) {
  const Value* member = body.find(name);
  if (is_absent(member)) return otherwise;
  int64_t number = 0;
  if (!member->is_number() || !member->to_int64(number) || number < least || number > most) {
    return wrong_member(
        name, "a whole number between " + std::to_string(least) + " and " + std::to_string(most));
  }
  return number;
}

net::HttpHeaders answer_headers(std::string_view content_type) {
  return {
      {"Content-Type", std::string(content_type)},
      // Whatever a browser is made to do with an answer: it is no page.
      {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"},
  };
}

net::HttpResponse json_answer(std::string text) {
  return {200, answer_headers("application/json"), std::move(text)};
}

net::HttpResponse json_answer(const Value& value) { return json_answer(json::write(value)); }

net::HttpResponse error_answer(const ApiError& error) {
  const int status = error.status != 0                   ? error.status
                     : error.fault == aws::Fault::Sender ? 400
                                                         : 500;
  json::ObjectBuilder body;
  body.set("__type", Value(error.code));
  body.set("message", Value(error.message.value_or("")));
  return {status, answer_headers("application/json"), json::write(std::move(body).build())};
}

void ApiTable::on(std::string name, Handler handler) {
  const bool is_new = handlers_.emplace(std::move(name), std::move(handler)).second;
  PAWL_ASSERT(is_new);
}

void ApiTable::on_result(std::string name,
                         std::function<ApiResult<Value>(const ApiRequest&)> handler) {
  on(std::move(name),
     [handler = std::move(handler)](const ApiRequest& request, net::HttpReply reply) {
       const ApiResult<Value> result = handler(request);
       reply.send(result ? json_answer(*result) : error_answer(result.error()));
     });
}

const ApiTable::Handler* ApiTable::find(std::string_view name) const {
  const auto found = handlers_.find(name);
  return found == handlers_.end() ? nullptr : &found->second;
}

}  // namespace pawl::console
