// SPDX-License-Identifier: Apache-2.0
#include "services/events/http_targets.h"

#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/parse.h"
#include "services/events/api_input.h"

namespace pawl::events {

using aws::ApiError;
using aws::ApiResult;
using json::Value;

namespace {

constexpr int64_t kRateDefault = 300;  ///< API CreateApiDestination, InvocationRateLimitPerSecond

Value parsed_parameters(const aws::Target& target) {
  const base::Result<Value> parsed = json::parse(target.parameters);
  return parsed && parsed->is_object() ? *parsed : Value::object();
}

void add_headers(aws::HttpRequest& request, const Value& parameters) {
  const Value headers = object_member(parameters, "HeaderParameters");
  for (const json::Member& member : headers.members()) {
    const std::string value = text_member(headers, member.name());
    if (value.find_first_of("\r\n") == std::string::npos) request.headers.set(member.name(), value);
  }
}

ApiResult<Value> answer_of(const base::Result<aws::HttpResponse>& response) {
  if (!response)
    return ApiError("SdkClientException", response.error().message, 0, aws::Fault::Receiver);
  const int status = response->status;
  if (status < 400) {
    json::ObjectBuilder out;
    out.set("StatusCode", Value(status)).set("body", Value(response->body));
    return std::move(out).build();
  }
  // "EventBridge retries on 401, 407, 409, 429 and 5xx."
  const bool is_final =
      status < 500 && status != 401 && status != 407 && status != 409 && status != 429;
  return ApiError(is_final ? "SDK_CLIENT_ERROR" : "HTTP_ENDPOINT_ERROR",
                  "The endpoint answered " + std::to_string(status), status,
                  is_final ? aws::Fault::Sender : aws::Fault::Receiver);
}

}  // namespace

struct HttpTargets::Outgoing {
  std::string connection_arn;
  std::string url;
  aws::HttpRequest request;
  aws::Caller::Receiver receiver;
};

HttpTargetUrl http_target_url(std::string_view endpoint, const Value& parameters) {
  HttpTargetUrl url;
  endpoint = endpoint.substr(0, endpoint.find('#'));
  const size_t query = std::min(endpoint.find('?'), endpoint.size());
  if (query < endpoint.size()) url.query = endpoint.substr(query + 1);
  const std::string_view before = endpoint.substr(0, query);
  const size_t scheme = before.find("://");
  const size_t path = before.find('/', scheme == std::string_view::npos ? 0 : scheme + 3);
  url.site = before.substr(0, path);
  const std::string_view given = path == std::string_view::npos ? "/" : before.substr(path);
  const Value* values = parameters.find("PathParameterValues");
  size_t next = 0;
  for (const char c : given) {
    if (c != '*' || values == nullptr || !values->is_array() || next >= values->size()) {
      url.path += c;
      continue;
    }
    const Value& value = values->items()[next++];
    if (value.is_string()) url.path += aws::uri_encode(value.as_string());
  }
  const Value more = object_member(parameters, "QueryStringParameters");
  aws::QueryParameters pairs;
  for (const json::Member& member : more.members())
    pairs.emplace_back(member.name(), text_member(more, member.name()));
  if (!pairs.empty()) url.query += (url.query.empty() ? "" : "&") + aws::write_query(pairs);
  return url;
}

void HttpTargets::call(const aws::Target& target, std::string_view region,
                       aws::Caller::Receiver receiver) {
  if (ports_.transport == nullptr)
    return receiver(aws::service_unavailable("There is no way to endpoints over HTTP."));
  if (aws::target_kind(target.arn) == aws::TargetKind::Api)
    return call_api(target, region, std::move(receiver));
  call_destination(target, std::move(receiver));
}

/// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
void HttpTargets::call_api(const aws::Target& target, std::string_view region,
                           aws::Caller::Receiver receiver) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(target.arn);
  const auto parts = arn ? arn->resource_parts('/') : std::vector<std::string_view>();
  if (parts.size() < 3 || !ports_.endpoint_url)
    return receiver(aws::validation_exception("Not the ARN of a stage: " + target.arn));
  std::string path = "/" + std::string(parts[1]);
  for (size_t i = 3; i < parts.size(); ++i) path += "/" + std::string(parts[i]);
  const Value parameters = parsed_parameters(target);
  const HttpTargetUrl url = http_target_url(ports_.endpoint_url() + path, parameters);
  aws::HttpRequest request{.method = std::string(parts[2] == "*" ? "POST" : parts[2]),
                           .path = url.path,
                           .query = url.query,
                           .headers = {},
                           .body = target.payload};
  request.headers.set("Content-Type", "application/json");
  add_headers(request, parameters);
  request.headers.set("Host", std::string(parts[0]) + ".execute-api." +
                                  (arn->region.empty() ? std::string(region) : arn->region) +
                                  ".amazonaws.com");
  ports_.transport->send(
      url.site, std::move(request),
      [receiver = std::move(receiver)](const auto& response) { receiver(answer_of(response)); });
}

base::Timestamp HttpTargets::slot(const std::string& arn, int64_t per_second) {
  const int64_t now_us = ports_.loop.now().ms * 1'000;
  int64_t& next_us = next_us_[arn];
  const int64_t mine_us = std::max(next_us, now_us);
  next_us = mine_us + 1'000'000 / std::max<int64_t>(per_second, 1);
  return {mine_us / 1'000};
}

/// arn:aws:events:REGION:ACCOUNT:api-destination/NAME/ID
void HttpTargets::call_destination(const aws::Target& target, aws::Caller::Receiver receiver) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(target.arn);
  const auto parts = arn ? arn->resource_parts('/') : std::vector<std::string_view>();
  const auto missing = [&target] {
    return not_found("The API destination " + target.arn + " does not exist.");
  };
  if (parts.size() < 2) return receiver(missing());
  const auto found =
      destinations_.find(Scope{arn->account_id, arn->region}.key().text(parts[1]).view());
  if (!found) return receiver(found.error());
  if (!*found) return receiver(missing());
  const Value destination = **found;
  const Value parameters = parsed_parameters(target);
  const HttpTargetUrl url =
      http_target_url(text_member(destination, "InvocationEndpoint"), parameters);
  auto outgoing = std::make_shared<Outgoing>();
  outgoing->connection_arn = text_member(destination, "ConnectionArn");
  outgoing->url = url.site;
  outgoing->request = {.method = text_member(destination, "HttpMethod"),
                       .path = url.path,
                       .query = url.query,
                       .headers = {},
                       .body = target.payload};
  outgoing->request.headers.set("Content-Type", "application/json; charset=utf-8");
  outgoing->request.headers.set("User-Agent", "Amazon/EventBridge/ApiDestinations");
  add_headers(outgoing->request, parameters);
  outgoing->receiver = std::move(receiver);
  const base::Timestamp when =
      slot(target.arn, integer_member(destination, "InvocationRateLimitPerSecond", kRateDefault));
  if (when <= ports_.loop.now()) return send(outgoing, false);
  ports_.loop.run_at(when, [this, alive = std::weak_ptr<int>(alive_), outgoing] {
    if (const auto held = alive.lock()) send(outgoing, false);
  });
}

void HttpTargets::send(const std::shared_ptr<Outgoing>& outgoing, bool is_fresh) {
  connections_.authorize(
      outgoing->connection_arn, outgoing->request, is_fresh,
      [this, alive = std::weak_ptr<int>(alive_), outgoing,
       is_fresh](ApiResult<aws::HttpRequest> authorized) {
        const auto held = alive.lock();
        if (!held) return;
        if (!authorized) return outgoing->receiver(authorized.error());
        ports_.transport->send(
            outgoing->url, *std::move(authorized),
            [this, alive, outgoing, is_fresh](const base::Result<aws::HttpResponse>& response) {
              const auto here = alive.lock();
              if (!here) return;
              // An OAuth token may have been taken back: once more with a new one.
              const bool is_refused =
                  response && (response->status == 401 || response->status == 407);
              if (is_refused && !is_fresh) return send(outgoing, true);
              outgoing->receiver(answer_of(response));
            });
      });
}

}  // namespace pawl::events
