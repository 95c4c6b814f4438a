// SPDX-License-Identifier: Apache-2.0
// What the service answers over HTTP besides its API: function URLs and packages.
#include <memory>
#include <utility>

#include "json/members.h"
#include "services/lambda/function_url.h"
#include "services/lambda/identifiers.h"
#include "services/lambda/service.h"

namespace pawl::lambda {

using json::Value;

namespace {

bool has_signature(const aws::HttpRequest& request) {
  return request.headers.get("Authorization").starts_with("AWS4-HMAC-SHA256 ") ||
         request.query.find("X-Amz-Signature=") != std::string::npos;
}

/// The headers of `from` that are not in `to`, or replace what the function gave: those of CORS.
void add_headers(const aws::Headers& from, aws::Headers& to) {
  for (const auto& [name, value] : from) to.set(name, value);
}

}  // namespace

bool LambdaService::serves(const aws::HttpRequest& request) const {
  return serves_package(request.path) || url_target(request).has_value();
}

/// A function URL is there for the world; which pages may read it says its Cors configuration.
bool LambdaService::allows_origin(const aws::HttpRequest& request) const {
  return url_target(request).has_value();
}

void LambdaService::serve(const aws::HttpRequest& request, Answer answer) {
  if (serves_package(request.path)) return serve_package(request.path, answer);
  const UrlTarget target = *url_target(request);
  const aws::ApiResult<std::optional<FunctionReference>> function = resources_.url(target.id);
  if (!function) return answer(url_refusal(500, "Internal Server Error"));
  if (!*function) return answer(url_refusal(404, ""));
  const FunctionReference& reference = **function;
  const auto config = store_.part(reference.key, FunctionPart::Url, reference.qualifier);
  if (!config || !*config) return answer(url_refusal(404, ""));
  const bool may_pass =
      text_member(**config, "AuthType") != "AWS_IAM" ||
      (has_signature(request) && (!options_.is_signed || options_.is_signed(request)));
  if (!may_pass) return answer(url_refusal(403, "Forbidden"));
  auto cors = std::make_shared<aws::HttpResponse>();
  if (const Value* rules = (*config)->find("Cors")) {
    if (apply_cors(*rules, request, *cors)) return answer(std::move(*cors));
  }
  InvokeCall call;
  call.function = reference;
  call.request_id = new_uuid();
  call.payload = url_event(request, target, call.request_id, now());
  invoker_->invoke(std::move(call),
                   [answer = std::move(answer), cors](aws::ApiResult<InvokeOutcome> outcome) {
                     aws::HttpResponse response;
                     if (!outcome) {
                       const bool is_throttled = outcome.error().code == "TooManyRequestsException";
                       response = is_throttled ? url_refusal(429, "Rate Exceeded.")
                                               : url_refusal(502, "Internal Server Error");
                     } else if (outcome->function_error) {
                       response = url_refusal(502, "Internal Server Error");
                     } else {
                       response = url_response(outcome->payload, outcome->content_type);
                     }
                     add_headers(cors->headers, response.headers);
                     answer(std::move(response));
                   });
}

}  // namespace pawl::lambda
