// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/outgoing_calls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "aws/arn.h"
#include "base/bytes.h"
#include "json/members.h"
#include "json/write.h"

namespace pawl::apigateway {

using json::ObjectBuilder;
using json::Value;

aws::Call call_for(const Scope& scope, std::string service, std::string operation, Value input) {
  aws::Call call;
  call.service = std::move(service);
  call.operation = std::move(operation);
  call.input = std::move(input);
  call.region = scope.region;
  call.principal.account_id = scope.account;
  call.principal.user_id = scope.account;
  call.principal.arn = "arn:aws:iam::" + scope.account + ":root";
  return call;
}

void invoke_function(aws::Caller& caller, const Scope& scope, const std::string& function,
                     const std::string& payload, bool as_event,
                     std::function<void(FunctionResult)> receiver) {
  ObjectBuilder input;
  input.set("FunctionName", Value(function))
      .set("InvocationType", Value(as_event ? "Event" : "RequestResponse"))
      .set("Payload", Value(base::base64_encode(payload)));
  aws::Call call = call_for(scope, "lambda", "Invoke", std::move(input).build());
  if (const auto arn = aws::Arn::parse(function); arn && !arn->region.empty()) {
    call.region = arn->region;
  }
  caller.call(std::move(call), [receiver = std::move(receiver)](aws::ApiResult<Value> answer) {
    using Outcome = FunctionResult::Outcome;
    if (!answer) {
      const aws::ApiError& error = answer.error();
      const bool is_throttled = error.code == "TooManyRequestsException";
      return receiver({is_throttled ? Outcome::Throttled : Outcome::NotThere, "",
                       error.message.value_or(error.code)});
    }
    std::string result = base::base64_decode(text_member(*answer, "Payload")).value_or("");
    const std::string failure = text_member(*answer, "FunctionError");
    if (failure.empty()) return receiver({Outcome::Answered, std::move(result), ""});
    receiver({Outcome::Failed, result, "The Lambda function returned the error " + result});
  });
}

std::optional<HttpPlace> read_url(std::string_view url) {
  const size_t mark = url.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string scheme = aws::lower_ascii(url.substr(0, mark));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const size_t end = std::min(url.find_first_of("/?#", mark + 3), url.size());
  if (end == mark + 3) return std::nullopt;
  const auto is_odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '@'; };
  if (std::any_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(end), is_odd)) {
    return std::nullopt;
  }
  HttpPlace place;
  place.origin = url.substr(0, end);
  std::string_view rest = url.substr(end);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = std::min(rest.find('?'), rest.size());
  place.path = rest.substr(0, question);
  if (place.path.empty()) place.path = "/";
  if (question < rest.size()) place.query = rest.substr(question + 1);
  return place;
}

bool is_connection_header(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames = {
      "connection",          "keep-alive", "proxy-authenticate",
      "proxy-authorization", "te",         "trailer",
      "transfer-encoding",   "upgrade",    "host",
      "content-length",      "expect",     "proxy-connection"};
  const std::string lower = aws::lower_ascii(name);
  return std::find(kNames.begin(), kNames.end(), lower) != kNames.end();
}

aws::HttpResponse message_response(int status, std::string_view message) {
  ObjectBuilder body;
  body.set("message", Value(message));
  aws::HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = json::write(std::move(body).build());
  return response;
}

}  // namespace pawl::apigateway
