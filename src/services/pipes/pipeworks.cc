// SPDX-License-Identifier: Apache-2.0
#include "services/pipes/pipeworks.h"

#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/members.h"
#include "json/parse.h"

namespace pawl::pipes {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

}  // namespace

Pipeworks::~Pipeworks() {
  for (const auto& [name, flow] : flows_) flow->stop();
}

std::function<void()> Pipeworks::guarded(std::function<void()> task) {
  return [alive = std::weak_ptr<int>(alive_), task = std::move(task)] {
    if (const auto held = alive.lock()) task();
  };
}

void Pipeworks::run() {
  ports_.delivery.loop.post(guarded([this] {
    is_running_ = true;
    std::vector<Pipe> left;
    pipes_.visit_all([&left](Pipe pipe) {
      if (pipe.current == "RUNNING" || pipe.is_changing()) left.push_back(std::move(pipe));
    });
    for (const Pipe& pipe : left) {
      if (pipe.current == "RUNNING") {
        start(pipe);
      } else {
        carry_out(pipe.name);
      }
    }
  }));
}

void Pipeworks::changed(const PipeName& name) {
  ports_.delivery.loop.post(guarded([this, name] {
    if (is_running_) carry_out(name);
  }));
}

void Pipeworks::carry_out(const PipeName& name) {
  const ApiResult<std::optional<Pipe>> found = pipes_.find(name);
  if (!found || !*found || !(*found)->is_changing()) return;
  const Pipe& pipe = **found;
  stop(name);
  if (pipe.current == "DELETING") {
    const std::lock_guard lock(pipes_.mutex());
    store::Batch batch;
    pipes_.erase(batch, name);
    static_cast<void>(pipes_.commit(batch));
    return;
  }
  if (pipe.desired == "STOPPED") return settle(name, pipe.current, true, "");
  look_at_source(pipe);
}

/// A pipe does not run without a source.
void Pipeworks::look_at_source(const Pipe& pipe) {
  const base::Result<Value> settings = json::parse(pipe.settings);
  const auto source = aws::Arn::parse(settings ? text_member(*settings, "Source") : "");
  if (!source) return settle(pipe.name, pipe.current, false, "The source is not valid.");
  aws::Call call;
  ObjectBuilder input;
  if (source->service == "sqs") {
    call.service = "sqs";
    call.operation = "GetQueueUrl";
    input.set("QueueName", Value(source->resource))
        .set("QueueOwnerAWSAccountId", Value(source->account_id));
  } else {
    call.service = "dynamodbstreams";
    call.operation = "DescribeStream";
    input.set("StreamArn", Value(source->text()));
  }
  call.input = std::move(input).build();
  call.region = source->region;
  call.principal = aws::service_principal(pipe.name.account, "pipes.amazonaws.com");
  ports_.delivery.caller.call(
      std::move(call), [this, name = pipe.name, was = pipe.current,
                        alive = std::weak_ptr<int>(alive_)](const ApiResult<Value>& answer) {
        const auto held = alive.lock();
        if (!held) return;
        settle(name, was, answer.has_value(),
               answer ? "" : answer.error().message.value_or(answer.error().code));
      });
}

void Pipeworks::settle(const PipeName& name, const std::string& was, bool is_good,
                       std::string reason) {
  Pipe pipe;
  {
    const std::lock_guard lock(pipes_.mutex());
    const ApiResult<std::optional<Pipe>> found = pipes_.find(name);
    // Another request may have come in between.
    if (!found || !*found || (*found)->current != was) return;
    pipe = **found;
    pipe.state_reason = std::move(reason);
    if (is_good) {
      pipe.current = pipe.desired;
    } else {
      pipe.current = was == "CREATING"   ? "CREATE_FAILED"
                     : was == "UPDATING" ? "UPDATE_FAILED"
                                         : "START_FAILED";
    }
    store::Batch batch;
    pipes_.put(batch, pipe);
    if (!pipes_.commit(batch)) return;
  }
  if (pipe.current == "RUNNING") start(pipe);
}

void Pipeworks::start(const Pipe& pipe) {
  stop(pipe.name);
  flows_[pipe.name] = Flow::start(ports_, pipes_, pipe);
}

void Pipeworks::stop(const PipeName& name) {
  const auto flow = flows_.extract(name);
  if (flow) flow.mapped()->stop();
}

}  // namespace pawl::pipes
