// SPDX-License-Identifier: Apache-2.0
// All of Impl runs on the services' loop.
#include "integration/job_poller.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "integration/job_table.h"
#include "integration/service_call.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

constexpr int64_t kFirstDelayMs = 1'000;
constexpr int64_t kDelayMsMax = 30'000;
/// So often in a row may the service not say how a job stands.
constexpr int kFailuresMax = 10;

using JobKey = std::tuple<engine::ExecutionId, interpreter::FrameId, uint32_t>;

Value parsed(const std::string& text) {
  base::Result<Value> value = json::parse(text);
  return value ? *std::move(value) : Value::object();
}

std::string text_in(const Value& object, std::string_view member) {
  const Value* value = object.find(member);
  return value == nullptr ? std::string() : json::write(*value);
}

struct Job {
  JobKey key;
  TaskAnswer answer;
  CallFacts facts;
  CalledOperation started;
  const JobKind* kind = nullptr;
  aws::Call call;                   ///< the one that starts it; later without input
  std::string describe_input = {};  ///< JSON; "" until it has started
  std::string stop_input = {};      ///< JSON
  std::string added_text = "{}";    ///< members of the result that the description lacks
  std::string last_result = "{}";
  int64_t delay_ms = kFirstDelayMs;
  int failures = 0;
  aws::ServiceLoop::TimerId timer = 0;
  bool is_over = false;  ///< nobody waits any more

  bool has_started() const { return !describe_input.empty(); }
};

/// It may answer the next time.
bool is_passing(const ApiError& error) {
  return error.status == 0 || error.status == 429 || error.status >= 500 ||
         error.code.find("Throttl") != std::string::npos ||
         error.code.find("TooManyRequests") != std::string::npos;
}

const aws::Shape* shape_at(const aws::Shape* shape, std::string_view path) {
  while (!path.empty() && shape != nullptr) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (shape->type == aws::ShapeType::List) {
      shape = shape->item.shape;
    } else {
      const aws::Member* member = shape->find(name);
      shape = member == nullptr ? nullptr : member->shape;
    }
  }
  return shape;
}

bool all_containers_succeeded(const Value& task) {
  const Value* containers = task.find("containers");
  if (containers == nullptr || !containers->is_array()) return true;
  const auto& items = containers->items();
  return std::all_of(items.begin(), items.end(), [](const Value& container) {
    const Value* code = container.find("exitCode");
    return code != nullptr && code->is_number() && code->as_double() == 0;
  });
}

size_t count_bindings(std::string_view bindings) {
  return bindings.empty()
             ? 0
             : static_cast<size_t>(std::count(bindings.begin(), bindings.end(), ';')) + 1;
}

}  // namespace

class JobPoller::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(aws::Caller& caller, aws::ServiceLoop& loop) : caller_(caller), loop_(loop) {}

  void post(std::function<void(Impl&)> work) {
    loop_.post([self = weak_from_this(), work = std::move(work)] {
      if (const auto impl = self.lock()) work(*impl);
    });
  }

  void begin(const std::shared_ptr<Job>& job) {
    jobs_.insert_or_assign(job->key, job);
    if (job->has_started()) return look(job);
    aws::Call call = std::move(job->call);
    job->call = {.service = call.service,
                 .operation = {},
                 .input = Value::object(),
                 .region = call.region,
                 .principal = call.principal,
                 .idempotency_token = {},
                 .completion_key = {},
                 .completed = {},
                 .request_id = {},
                 .role_arn = call.role_arn};
    const std::string input = json::write(call.input);
    caller_.call(std::move(call), answered([job, input](Impl& impl, const auto& output) {
                   impl.started(job, input, output);
                 }));
  }

  void cancel(const JobKey& key) {
    const auto found = jobs_.find(key);
    if (found == jobs_.end()) return;
    const std::shared_ptr<Job> job = std::move(found->second);
    jobs_.erase(found);
    job->is_over = true;
    if (job->timer != 0) loop_.cancel(job->timer);
    if (job->has_started()) stop(*job);
  }

 private:
  using Output = ApiResult<Value>;

  /// A receiver that does nothing once this is gone.
  template <typename Then>
  aws::Caller::Receiver answered(Then then) {
    return [self = weak_from_this(), then = std::move(then)](const Output& output) {
      if (const auto impl = self.lock()) then(*impl, output);
    };
  }

  void started(const std::shared_ptr<Job>& job, const std::string& input_text,
               const Output& output) {
    if (!output) {
      if (!job->is_over) fail(job, service_failure(job->started, output.error(), job->facts));
      return;
    }
    const Value input = parsed(input_text);
    const Value describe = bind_members(job->kind->describe_input, input, *output);
    const Value stop_input = bind_members(job->kind->stop_input, input, *output);
    const Value result = service_result(job->started, *output, job->facts);
    if (describe.size() < count_bindings(job->kind->describe_input)) {
      // The service took the call, but began nothing that could be waited for.
      if (!job->is_over) fail(job, task_failed(json::write(result)));
      return;
    }
    job->describe_input = json::write(describe);
    job->stop_input = json::write(stop_input);
    if (job->is_over) return stop(*job);
    const Value added = bind_members(job->kind->added, input, *output);
    job->added_text = json::write(added);
    ObjectBuilder known;
    known.set("describe", describe).set("stop", stop_input).set("added", added);
    job->answer.submitted(text_payload(result), json::write(std::move(known).build()));
    look_later(job);
  }

  void look_later(const std::shared_ptr<Job>& job) {
    job->timer = loop_.run_at({loop_.now().ms + job->delay_ms}, [self = weak_from_this(), job] {
      job->timer = 0;
      if (const auto impl = self.lock()) impl->look(job);
    });
    job->delay_ms = std::min(job->delay_ms * 3 / 2, kDelayMsMax);
  }

  void look(const std::shared_ptr<Job>& job) {
    if (job->is_over) return;
    aws::Call call = job->call;
    call.operation = job->kind->describe_operation;
    call.input = parsed(job->describe_input);
    caller_.call(std::move(call), answered([job](Impl& impl, const Output& output) {
                   impl.described(job, output);
                 }));
  }

  void described(const std::shared_ptr<Job>& job, const Output& output) {
    if (job->is_over) return;
    if (!output) return not_described(job, output.error());
    job->failures = 0;
    const Value* found = value_at(*output, job->kind->status);
    const std::string status =
        found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
    job->last_result = result_text(*job, *output);
    if (is_one_of(status, job->kind->failures)) return fail(job, task_failed(job->last_result));
    if (!is_one_of(status, job->kind->successes)) return look_later(job);
    const Value* inner = value_at(*output, job->kind->result);
    const bool failed = job->kind->check == JobCheck::EcsExitCodes && inner != nullptr &&
                        !all_containers_succeeded(*inner);
    if (failed) return fail(job, task_failed(job->last_result));
    succeed(job);
  }

  void not_described(const std::shared_ptr<Job>& job, const ApiError& error) {
    if (!job->kind->gone_error.empty() && error.code == job->kind->gone_error) return succeed(job);
    if (is_passing(error) && ++job->failures < kFailuresMax) return look_later(job);
    fail(job, service_failure(job->started, error, job->facts));
  }

  /// The description as the task's result.
  static std::string result_text(const Job& job, const Value& description) {
    const aws::OperationModel* operation =
        job.started.operation->service->find_operation(job.kind->describe_operation);
    const Value* inner = value_at(description, job.kind->result);
    const aws::Shape* shape =
        operation == nullptr ? nullptr : shape_at(operation->output, job.kind->result);
    if (inner == nullptr || shape == nullptr) return "{}";
    Value result = from_api_output(*inner, *shape, job.started.dialect);
    if (!job.kind->result_member.empty()) {
      ObjectBuilder object;
      object.set(job.kind->result_member, result);
      result = std::move(object).build();
    }
    const Value added = parsed(job.added_text);
    for (const json::Member& member : added.members())
      result = result.with_member(member.name(), member.value);
    return json::write(result);
  }

  static asl::ExecutionError task_failed(std::string cause) {
    return {.error = std::string(asl::error_name::kTaskFailed), .cause = std::move(cause)};
  }

  void succeed(const std::shared_ptr<Job>& job) {
    end(*job);
    job->answer.succeeded(json::Payload::from_trusted_text(job->last_result, false));
  }

  void fail(const std::shared_ptr<Job>& job, asl::ExecutionError error) {
    end(*job);
    job->answer.failed(std::move(error));
  }

  void end(Job& job) {
    job.is_over = true;
    const auto found = jobs_.find(job.key);
    if (found != jobs_.end() && found->second.get() == &job) jobs_.erase(found);
  }

  /// What comes of it interests nobody.
  void stop(const Job& job) {
    if (job.kind->stop_operation.empty()) return;
    aws::Call call = job.call;
    call.operation = job.kind->stop_operation;
    call.input = parsed(job.stop_input);
    caller_.call(std::move(call), [](const Output&) {});
  }

  aws::Caller& caller_;
  aws::ServiceLoop& loop_;
  std::map<JobKey, std::shared_ptr<Job>> jobs_;
};

JobPoller::JobPoller(aws::Caller& caller, aws::ModelCatalog& models, aws::ServiceLoop& loop)
    : impl_(std::make_shared<Impl>(caller, loop)), models_(models) {}

JobPoller::~JobPoller() = default;

void JobPoller::run(const engine::TaskRequest& request, const TaskAnswer& answer,
                    const CallFacts& facts) {
  const asl::TaskResource& resource = request.task_state().resource;
  const JobKind* kind = find_job_kind(resource.service, resource.action);
  const base::Result<CalledOperation> called = find_called_operation(resource, models_);
  if (kind == nullptr || !called) {
    answer.failed({.error = std::string(asl::error_name::kTaskFailed),
                   .cause = "Pawl cannot wait for the job of the integration " + resource.arn +
                            (called ? "." : ": " + called.error().message + ".")});
    return;
  }
  const interpreter::TaskId task = request.command.task;
  const auto job = std::make_shared<Job>(Job{.key = {request.execution, task.frame, task.sequence},
                                             .answer = answer,
                                             .facts = facts,
                                             .started = *called,
                                             .kind = kind,
                                             .call = make_call(request)});
  if (request.continuation.empty()) {
    auto call = make_service_call(*called, request, facts);
    if (!call) return answer.failed(std::move(call).error());
    job->call = *std::move(call);
  } else {
    const Value known = parsed(request.continuation);
    job->call.service = called->operation->service->metadata().service_name;
    job->call.idempotency_token.clear();
    job->describe_input = text_in(known, "describe");
    job->stop_input = text_in(known, "stop");
    job->added_text = text_in(known, "added");
  }
  impl_->post([job](Impl& impl) { impl.begin(job); });
}

void JobPoller::cancel(engine::ExecutionId execution, interpreter::TaskId task) {
  impl_->post(
      [key = JobKey{execution, task.frame, task.sequence}](Impl& impl) { impl.cancel(key); });
}

}  // namespace pawl::integration
