// SPDX-License-Identifier: Apache-2.0
#include "console/time_travel_api.h"

#include <chrono>
#include <utility>

#include "console/moment_json.h"
#include "engine/execution_moment.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/states/execution_members.h"
#include "services/states/resource_arn.h"

namespace pawl::console {
namespace {

using aws::ApiResult;
using json::Value;

constexpr size_t kWaitingMax = 64;
/// All expressions of one moment together; the slider wants an answer, whatever they compute.
constexpr std::chrono::milliseconds kEvaluationMax{1'500};

aws::ApiError failed(const base::Error& error, std::string_view arn) {
  if (error.kind == base::ErrorKind::NotFound) return states::execution_does_not_exist(arn);
  return aws::internal_failure(error.message);
}

}  // namespace

TimeTravelApi::TimeTravelApi(store::Store& store, const engine::ExecutionStore& executions)
    : store_(store), executions_(executions) {}

void TimeTravelApi::add_to(ApiTable& table) {
  table.on("execution/at", [this](ApiRequest request, net::HttpReply reply) {
    if (waiting_.fetch_add(1) >= kWaitingMax) {
      --waiting_;
      return reply.send(error_answer(aws::throttling("Too many moments are being looked at.")));
    }
    // std::function wants what can be copied.
    const auto asked = std::make_shared<ApiRequest>(std::move(request));
    const auto shared = std::make_shared<net::HttpReply>(std::move(reply));
    work_.post([this, asked, shared] {
      if (!shared->is_client_gone()) shared->send(answer(*asked));
      *asked = {};  // its values belong to this thread now
      --waiting_;
    });
  });
}

ApiResult<TimeTravelApi::Machines*> TimeTravelApi::machines() {
  const std::lock_guard lock(mutex_);
  if (machines_.store == nullptr) {
    auto opened = states::MachineStore::open(store_);
    if (!opened) return aws::internal_failure(opened.error().message);
    machines_.store = *std::move(opened);
    machines_.registry = std::make_unique<states::MachineRegistry>(*machines_.store);
    machines_.revisions = std::make_unique<states::EngineRevisions>(*machines_.registry);
  }
  return &machines_;
}

net::HttpResponse TimeTravelApi::answer(const ApiRequest& request) {
  auto text = text_at(request);
  return text ? json_answer(*std::move(text)) : error_answer(text.error());
}

ApiResult<Value> TimeTravelApi::at(const ApiRequest& request) {
  const std::string text = PAWL_TRY(text_at(request));
  return json::parse(text).value_or(Value());
}

/// As text: the values are shared with what is gone when this returns.
ApiResult<std::string> TimeTravelApi::text_at(const ApiRequest& request) {
  const std::string arn = PAWL_TRY(text_of(request.body, "executionArn"));
  const int64_t event = PAWL_TRY(number_of(request.body, "event", 0, INT64_MIN, INT64_MAX));
  MomentView view;
  view.line = PAWL_TRY(text_or_empty(request.body, "line"));
  const std::string whole = PAWL_TRY(text_or_empty(request.body, "whole"));
  view.whole = !whole.empty();
  PAWL_TRY_VOID(request.may("states:GetExecutionHistory", arn));

  PAWL_TRY_VOID(states::parse_states_arn(arn, {"execution", "express"}));
  const auto name = engine::parse_execution_arn(arn);
  if (!name) return states::execution_does_not_exist(arn);
  const auto id = executions_.find(name->scope, name->name);
  if (!id) return failed(id.error(), arn);
  if (!*id) return states::execution_does_not_exist(arn);
  const auto last = executions_.last_event_id(**id);
  if (!last) return failed(last.error(), arn);
  if (event < 1 || event > *last)
    return aws::validation_exception("\"event\" must be an event of the execution: 1 to " +
                                     std::to_string(*last));
  Machines& machines = *PAWL_TRY(this->machines());
  auto moment = engine::execution_at(executions_, *machines.revisions, **id, event);
  if (!moment) return failed(moment.error(), arn);
  const auto revision = PAWL_TRY(machines.registry->revision(moment->record.revision));
  const auto end = std::chrono::steady_clock::now() + kEvaluationMax;
  view.go_on = [end] { return std::chrono::steady_clock::now() < end; };
  const Value shown = moment_as_json(*moment, revision->definition, view);
  if (!view.whole) return json::write(shown);
  return json::write(PAWL_TRY(whole_value(shown, whole)));
}

}  // namespace pawl::console
