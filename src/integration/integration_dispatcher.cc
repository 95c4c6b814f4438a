// SPDX-License-Identifier: Apache-2.0
#include "integration/integration_dispatcher.h"

#include <cstdio>
#include <utility>

#include "base/random.h"
#include "integration/optimized_services.h"

namespace pawl::integration {
namespace {

using engine::TaskRequest;

std::string handler_key(const asl::TaskResource& resource) {
  const std::string key = resource.service + ":" + resource.action;
  return resource.kind == asl::ResourceKind::AwsSdk ? "aws-sdk:" + key : key;
}

/// X-Amzn-Trace-Id: "root=1-SECONDS-96 BITS;parent=64 BITS;sampled=0".
std::string make_trace_id(base::Timestamp now, base::Random& random) {
  char text[96];
  const uint64_t high = random.next();
  std::snprintf(text, sizeof text, "root=1-%08x-%016llx%08x;parent=%016llx;sampled=0",
                static_cast<unsigned>(now.ms / 1000), static_cast<unsigned long long>(high),
                static_cast<unsigned>(random.next()),
                static_cast<unsigned long long>(random.next()));
  return text;
}

}  // namespace

IntegrationDispatcher::IntegrationDispatcher(const Options& options) : options_(options) {
  if (options_.lambda != nullptr) {
    lambda_ = std::make_unique<LambdaTask>(*options_.lambda, options_.refuse_other_lambda_regions);
    LambdaTask* lambda = lambda_.get();
    function_handler_ = [lambda](const TaskRequest& request, TaskAnswer answer,
                                 const CallFacts& facts) {
      lambda->call_function(request, answer, facts);
    };
    add_handler("lambda:invoke",
                [lambda](const TaskRequest& request, TaskAnswer answer, const CallFacts& facts) {
                  lambda->call_invoke(request, answer, facts);
                });
  }
  add_services();
  if (options_.states == nullptr) return;
  states_ = std::make_unique<StatesTask>(*options_.states);
  using Call = void (StatesTask::*)(const TaskRequest&, TaskAnswer, CallFacts);
  constexpr std::pair<const char*, Call> kCalls[] = {
      {"states:startExecution", &StatesTask::start_execution},
      {"aws-sdk:sfn:startExecution", &StatesTask::sdk_start_execution},
      {"aws-sdk:sfn:describeExecution", &StatesTask::sdk_describe_execution},
      {"aws-sdk:sfn:sendTaskSuccess", &StatesTask::sdk_send_task_success},
      {"aws-sdk:sfn:sendTaskFailure", &StatesTask::sdk_send_task_failure},
      {"aws-sdk:sfn:sendTaskHeartbeat", &StatesTask::sdk_send_task_heartbeat},
  };
  for (const auto& [resource, call] : kCalls) {
    add_handler(resource, [states = states_.get(), call](const TaskRequest& request,
                                                         TaskAnswer answer, CallFacts facts) {
      (states->*call)(request, answer, std::move(facts));
    });
  }
}

void IntegrationDispatcher::add_services() {
  if (options_.caller == nullptr || options_.models == nullptr || options_.service_loop == nullptr)
    return;
  services_ = std::make_unique<ServiceTask>(*options_.caller, *options_.models);
  jobs_ = std::make_unique<JobPoller>(*options_.caller, *options_.models, *options_.service_loop);
  service_handler_ = [services = services_.get()](
                         const TaskRequest& request, const TaskAnswer& answer,
                         const CallFacts& facts) { services->call(request, answer, facts); };
  job_handler_ = [jobs = jobs_.get()](const TaskRequest& request, const TaskAnswer& answer,
                                      const CallFacts& facts) {
    jobs->run(request, answer, facts);
  };
  if (options_.transport == nullptr) return;
  http_ = std::make_unique<HttpTask>(*options_.caller, *options_.transport);
  add_handler("http:invoke",
              [http = http_.get()](const TaskRequest& request, TaskAnswer answer,
                                   const CallFacts&) { http->call_http(request, answer); });
  add_handler("apigateway:invoke",
              [http = http_.get()](const TaskRequest& request, TaskAnswer answer,
                                   const CallFacts&) { http->call_api_gateway(request, answer); });
}

void IntegrationDispatcher::add_handler(const std::string& resource, Handler handler) {
  handlers_.insert_or_assign(resource, std::move(handler));
}

bool IntegrationDispatcher::is_available(const asl::TaskResource& resource) const {
  return resource.kind == asl::ResourceKind::Activity || find_handler(resource) != nullptr;
}

const IntegrationDispatcher::Handler* IntegrationDispatcher::find_handler(
    const asl::TaskResource& resource) const {
  if (resource.kind == asl::ResourceKind::LambdaFunction)
    return function_handler_ ? &function_handler_ : nullptr;
  const auto found = handlers_.find(handler_key(resource));
  return found == handlers_.end() ? find_service_handler(resource) : &found->second;
}

const IntegrationDispatcher::Handler* IntegrationDispatcher::find_service_handler(
    const asl::TaskResource& resource) const {
  const bool is_service = resource.kind == asl::ResourceKind::AwsSdk ||
                          (resource.kind == asl::ResourceKind::Integration &&
                           find_optimized_service(resource.service) != nullptr);
  if (!is_service || services_ == nullptr) return nullptr;
  return resource.pattern == asl::IntegrationPattern::RunJob ? &job_handler_ : &service_handler_;
}

void IntegrationDispatcher::dispatch(TaskRequest request, engine::TaskSink& sink) {
  TaskAnswer answer = TaskAnswer(request.execution, request.command.task, sink).with_gate(gate_);
  const asl::TaskResource& resource = request.task_state().resource;
  if (resource.kind == asl::ResourceKind::Activity) {
    schedule_activity(request, answer);
    return;
  }
  const Handler* handler = find_handler(resource);
  if (handler == nullptr) {
    answer.failed({.error = std::string(asl::error_name::kTaskFailed),
                   .cause = "The integration " + resource.arn +
                            (services_ == nullptr
                                 ? " is not available: no services are connected here, as they are "
                                   "under pawl serve."
                                 : " is not available: Pawl does not have it.")});
    return;
  }
  if (resource.pattern == asl::IntegrationPattern::WaitForTaskToken &&
      !options_.engine_knows_tokens) {
    tokens_.add(request.command.task_token, answer);
    answer = answer.with_token(tokens_);
  }
  answer.started();
  (*handler)(request, answer, draw_facts());
}

void IntegrationDispatcher::schedule_activity(const TaskRequest& request,
                                              const TaskAnswer& answer) {
  if (!options_.engine_knows_tokens) tokens_.add(request.command.task_token, answer);
  if (options_.activities == nullptr) return;
  options_.activities->schedule({.execution = request.execution,
                                 .task = request.command.task,
                                 .activity_arn = request.task_state().resource.arn,
                                 .task_token = request.command.task_token,
                                 .input = request.command.parameters.text()});
}

void IntegrationDispatcher::cancel(engine::ExecutionId execution, interpreter::TaskId task) {
  tokens_.close(execution, task);
  if (options_.activities != nullptr) options_.activities->cancel(execution, task);
  if (states_) states_->cancel(execution, task);
  if (jobs_) jobs_->cancel(execution, task);
}

CallFacts IntegrationDispatcher::draw_facts() {
  base::Random random(options_.entropy.next());
  const base::Timestamp now = options_.clock.now();
  std::string request_id = base::make_uuid(random);
  return {.request_id = std::move(request_id), .trace_id = make_trace_id(now, random), .date = now};
}

}  // namespace pawl::integration
