// SPDX-License-Identifier: Apache-2.0
// CreateQueue, DeleteQueue, GetQueueUrl, ListQueues, ListDeadLetterSourceQueues, PurgeQueue.
#include <algorithm>

#include "base/bytes.h"
#include "services/sqs/errors.h"
#include "services/sqs/input.h"
#include "services/sqs/sqs_service.h"

namespace pawl::sqs {
namespace {

using aws::ActionResult;
using aws::ApiResult;
using json::Value;

constexpr int64_t kResultsMax = 1000;

/// A page's token: the last name of the page before.
ApiResult<std::string> read_token(const Value& input) {
  const std::optional<std::string> token = find_text(input, "NextToken");
  if (!token) return std::string();
  std::optional<std::string> name = base::base64_decode(*token);
  if (!name || name->empty()) {
    return invalid_parameter("Invalid or expired next token.");
  }
  return std::move(*name);
}

ApiResult<int64_t> page_size(const Value& input) {
  const std::optional<int64_t> max = find_integer(input, "MaxResults");
  if (!max) return kResultsMax;
  if (*max >= 1 && *max <= kResultsMax) return *max;
  return invalid_parameter(std::to_string(*max), "MaxResults",
                           "MaxResults must be an integer between 1 and 1000.");
}

}  // namespace

ActionResult SqsService::create_queue(const Request& request) {
  const QueueName name{request.account_id(), request.region,
                       PAWL_TRY(required_text(request.input, "QueueName"))};
  PAWL_TRY_VOID(broker_->create_queue(name, map_of(request.input, "Attributes"),
                                      map_of(request.input, "tags")));
  return Value::object({{"QueueUrl", Value(url_of(request, name))}});
}

ActionResult SqsService::delete_queue(const Request& request) {
  PAWL_TRY_VOID(broker_->delete_queue(PAWL_TRY(queue_of(request))));
  return Value::object();
}

ActionResult SqsService::get_queue_url(const Request& request) {
  QueueName name{request.account_id(), request.region,
                 PAWL_TRY(required_text(request.input, "QueueName"))};
  if (auto owner = find_text(request.input, "QueueOwnerAWSAccountId")) name.account = *owner;
  if (!broker_->has_queue(name)) return no_such_queue();
  PAWL_TRY_VOID(check_access(request, name));
  return Value::object({{"QueueUrl", Value(url_of(request, name))}});
}

// API ListQueues: without MaxResults at most 1,000 and no token.
ActionResult SqsService::list_queues(const Request& request) {
  const QueueName after{request.account_id(), request.region, PAWL_TRY(read_token(request.input))};
  const int64_t max = PAWL_TRY(page_size(request.input));
  const std::string prefix = text_member(request.input, "QueueNamePrefix");
  std::vector<QueueName> names = broker_->list_queues(after, prefix, static_cast<size_t>(max) + 1);
  json::ObjectBuilder output;
  const bool more = names.size() > static_cast<size_t>(max);
  if (more) names.resize(static_cast<size_t>(max));
  std::vector<Value> urls;
  for (const QueueName& name : names) urls.emplace_back(url_of(request, name));
  if (!urls.empty()) output.set("QueueUrls", Value::array(std::move(urls)));
  if (more && request.input.find("MaxResults") != nullptr) {
    output.set("NextToken", Value(base::base64_encode(names.back().name)));
  }
  return std::move(output).build();
}

ActionResult SqsService::list_dead_letter_source_queues(const Request& request) {
  const QueueName target = PAWL_TRY(queue_of(request));
  const std::string after = PAWL_TRY(read_token(request.input));
  const int64_t max = PAWL_TRY(page_size(request.input));
  json::ObjectBuilder output;
  std::vector<Value> urls;
  const std::vector<QueueName> sources = PAWL_TRY(broker_->dead_letter_sources(target));
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].name <= after) continue;
    urls.emplace_back(url_of(request, sources[i]));
    if (static_cast<int64_t>(urls.size()) < max) continue;
    if (i + 1 < sources.size() && request.input.find("MaxResults") != nullptr) {
      output.set("NextToken", Value(base::base64_encode(sources[i].name)));
    }
    break;
  }
  output.set("queueUrls", Value::array(std::move(urls)));
  return std::move(output).build();
}

ActionResult SqsService::purge_queue(const Request& request) {
  PAWL_TRY_VOID(broker_->purge(PAWL_TRY(queue_of(request))));
  return Value::object();
}

}  // namespace pawl::sqs
