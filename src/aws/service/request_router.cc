// SPDX-License-Identifier: Apache-2.0
// Reading of the marks each protocol leaves, then the look-up among the served models.
#include "aws/service/request_router.h"

#include <algorithm>

#include "aws/protocol/query_codec.h"
#include "aws/signing/credential_scope.h"

namespace pawl::aws {
namespace {

bool is_rest(const ServiceCard& card) {
  return card.speaks(Protocol::RestJson) || card.speaks(Protocol::RestXml);
}

/// "us-east-1", "us-gov-west-1", "eusc-de-east-1".
bool is_region(std::string_view label) {
  const size_t last = label.rfind('-');
  if (last == std::string_view::npos || std::count(label.begin(), label.end(), '-') < 2) {
    return false;
  }
  const std::string_view digits = label.substr(last + 1);
  return !digits.empty() && digits.size() <= 2 &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_rpc_path(const HttpRequest& request, RequestTarget& target) {
  constexpr std::string_view kService = "/service/";
  constexpr std::string_view kOperation = "/operation/";
  // A prefix may precede "/service/"; the operation is the last segment.
  const size_t service = request.path.rfind(kService);
  const size_t operation = request.path.rfind(kOperation);
  if (service == std::string::npos || operation == std::string::npos || operation < service) return;
  const size_t name = service + kService.size();
  if (operation <= name) return;
  target.target_prefix = request.path.substr(name, operation - name);
  target.operation = request.path.substr(operation + kOperation.size());
  target.protocol = Protocol::RpcV2Cbor;
}

void read_action(const HttpRequest& request, RequestTarget& target) {
  const std::string_view type = request.headers.get("Content-Type");
  const bool form = type.starts_with("application/x-www-form-urlencoded");
  if (!form && request.query.find("Action=") == std::string::npos) return;
  const QueryParameters parameters = query_request_parameters(request);
  const std::string* action = find_parameter(parameters, "Action");
  if (action == nullptr) return;
  target.operation = *action;
  if (const std::string* version = find_parameter(parameters, "Version")) target.version = *version;
  target.protocol = Protocol::Query;
}

}  // namespace

HostParts inspect_host(std::string_view host) {
  HostParts parts;
  const size_t bracket = host.rfind(']');
  const size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  host = host.substr(0, colon);
  std::vector<std::string_view> labels;
  while (!host.empty()) {
    const size_t dot = std::min(host.find('.'), host.size());
    labels.push_back(host.substr(0, dot));
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    if (!is_region(labels[i])) continue;
    parts.region = labels[i];
    if (i > 0) parts.service = labels[i - 1];
    break;
  }
  if (parts.service.empty() && labels.size() >= 2) {
    // "s3.amazonaws.com", "bucket.s3.localhost": S3 may stand anywhere, others stand first.
    const auto s3 = std::find(labels.begin(), labels.end(), "s3");
    const bool numeric = std::all_of(labels[0].begin(), labels[0].end(),
                                     [](char c) { return c >= '0' && c <= '9'; });
    if (!numeric) parts.service = s3 == labels.end() ? labels[0] : *s3;
  }
  if (parts.service.starts_with("sync-")) parts.service.erase(0, 5);
  return parts;
}

std::string_view virtual_bucket(std::string_view host) {
  const size_t mark = host.rfind(".s3.");
  return mark == std::string_view::npos ? std::string_view() : host.substr(0, mark);
}

RequestTarget inspect_request(const HttpRequest& request) {
  RequestTarget target;
  if (const auto scope = credential_scope_of(request)) {
    target.signing_name = scope->service;
    target.region = scope->region;
    target.access_key_id = scope->access_key_id;
  }
  const HostParts host = inspect_host(request.headers.get("Host"));
  target.host_name = host.service;
  if (target.region.empty()) target.region = host.region;
  const std::string_view amz_target = request.headers.get("X-Amz-Target");
  if (!amz_target.empty()) {
    const size_t dot = amz_target.rfind('.');
    if (dot != std::string_view::npos) {
      target.target_prefix = amz_target.substr(0, dot);
      target.operation = amz_target.substr(dot + 1);
    } else {
      target.operation = amz_target;
    }
    target.protocol = Protocol::Json;
    return target;
  }
  if (request.headers.get("smithy-protocol") == "rpc-v2-cbor") read_rpc_path(request, target);
  if (!target.protocol) read_action(request, target);
  return target;
}

ApiError no_such_operation(const Route& route) {
  switch (route.protocol) {
    case Protocol::Query:
    case Protocol::Ec2:
      return ApiError("InvalidAction",
                      "Could not find operation " + route.target.operation + " for version " +
                          route.target.version,
                      400);
    case Protocol::RestXml:
      return ApiError("MethodNotAllowed",
                      "The specified method is not allowed against this resource.", 405);
    case Protocol::Json: return unknown_operation();
    default: {
      ApiError error = unknown_operation();
      error.status = 404;
      return error;
    }
  }
}

void RequestRouter::add(const ServiceModel& model) {
  add(card_of(model), [&model] { return &model; });
}

void RequestRouter::add(ServiceCard card, ModelReader read) {
  auto entry = std::make_unique<Entry>();
  entry->card = std::move(card);
  entry->read = std::move(read);
  if (!entry->card.target_prefix.empty()) {
    by_target_prefix_.emplace(entry->card.target_prefix, entry.get());
  }
  entries_.push_back(entry.get());
  owned_.push_back(std::move(entry));
}

bool RequestRouter::has_signing_name(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [name](const Entry* entry) { return entry->card.signing_name == name; });
}

const ServiceModel* RequestRouter::open(Entry& entry) {
  std::call_once(entry.once, [&entry] {
    entry.model = entry.read();
    if (entry.model != nullptr && is_rest(entry.card)) {
      entry.rest = std::make_unique<RestRouter>(*entry.model);
    }
  });
  return entry.model;
}

RequestRouter::Entries RequestRouter::signed_for(const RequestTarget& target) const {
  Entries found;
  for (const std::string& name : {target.signing_name, target.host_name}) {
    if (name.empty()) continue;
    for (Entry* entry : entries_) {
      if (entry->card.signing_name == name || entry->card.endpoint_prefix == name) {
        found.push_back(entry);
      }
    }
    if (!found.empty()) break;
  }
  return found;
}

void RequestRouter::route_rpc(Route& route) const {
  const auto found = by_target_prefix_.find(route.target.target_prefix);
  if (found != by_target_prefix_.end()) {
    route.service = open(*found->second);
  } else if (const Entries signed_services = signed_for(route.target); !signed_services.empty()) {
    route.service = open(*signed_services.front());
    return;  // a target of another prefix names nothing here
  }
  if (route.service != nullptr) {
    route.operation = route.service->find_operation(route.target.operation);
  }
}

void RequestRouter::route_query(Route& route) const {
  Entries candidates = signed_for(route.target);
  if (candidates.empty()) candidates = entries_;
  const auto is_of_version = [&route](const Entry* entry) {
    return route.target.version.empty() || route.target.version == entry->card.api_version;
  };
  // Those of the version that the request names are opened first, and mostly alone.
  std::stable_partition(candidates.begin(), candidates.end(), is_of_version);
  for (Entry* entry : candidates) {
    const bool speaks = entry->card.speaks(Protocol::Query) || entry->card.speaks(Protocol::Ec2);
    const ServiceModel* service = speaks ? open(*entry) : nullptr;
    if (service == nullptr) continue;
    const OperationModel* operation = service->find_operation(route.target.operation);
    if (route.service != nullptr && operation == nullptr) continue;
    route.service = service;
    route.operation = operation;
    if (operation != nullptr) break;
  }
  if (route.service != nullptr && route.service->speaks(Protocol::Ec2)) {
    route.protocol = Protocol::Ec2;
  }
}

void RequestRouter::route_rest(const HttpRequest& request, Route& route) const {
  Entries candidates = signed_for(route.target);
  const bool told = !candidates.empty();
  if (!told) candidates = entries_;
  size_t best = 0;
  for (Entry* entry : candidates) {
    if (!told && !is_rest(entry->card)) continue;
    const ServiceModel* service = open(*entry);
    if (service == nullptr) continue;
    if (entry->rest == nullptr) {
      if (route.service == nullptr) {
        route.service = service;
        route.protocol = service->metadata().protocol;
      }
      continue;
    }
    const std::string_view bucket = entry->card.endpoint_prefix == "s3"
                                        ? virtual_bucket(request.headers.get("Host"))
                                        : std::string_view();
    HttpRequest routed;
    if (!bucket.empty()) {
      routed.method = request.method;
      routed.query = request.query;
      routed.headers = request.headers;
      routed.path = "/" + std::string(bucket) + request.path;
    }
    const RestRouter::Match match = entry->rest->match(bucket.empty() ? request : routed);
    const bool better =
        match.operation != nullptr && (route.operation == nullptr || match.specificity > best);
    if (!better && (route.service != nullptr || !told)) continue;
    route.service = service;
    route.operation = match.operation;
    route.path = std::move(routed.path);
    if (bucket.empty()) route.path.clear();
    route.protocol = service->speaks(Protocol::RestXml) ? Protocol::RestXml : Protocol::RestJson;
    best = match.specificity;
  }
}

Route RequestRouter::route(const HttpRequest& request) const {
  Route route;
  route.target = inspect_request(request);
  if (!route.target.protocol) {
    route_rest(request, route);
    return route;
  }
  route.protocol = *route.target.protocol;
  if (route.protocol == Protocol::Query) {
    route_query(route);
    // A form posted to S3 or Lambda may hold a field "Action" by chance.
    if (route.service == nullptr) route_rest(request, route);
  } else {
    route_rpc(route);
  }
  return route;
}

}  // namespace pawl::aws
