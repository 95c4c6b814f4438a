// SPDX-License-Identifier: Apache-2.0
// RecordingCalls: StackCalls for tests of resource types: keeps what it is asked, holds each input
// against the operation's model and answers what the test says.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/validation.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/cloudformation/types/resource_type.h"
#include "services/cloudformation/types/shape_input.h"

namespace pawl::cloudformation {

/// One thread.
class RecordingCalls final : public StackCalls {
 public:
  using Answer = std::function<aws::ApiResult<json::Value>(const json::Value& input)>;

  /// What "service.Operation" answers from now on; without an answer it is {}.
  void answer(const std::string& call, std::string_view text) {
    const json::Value value = *json::parse(text);
    answers_[call] = [value](const json::Value&) { return value; };
  }
  void answer(const std::string& call, aws::ApiError error) {
    answers_[call] = [error](const json::Value&) -> aws::ApiResult<json::Value> { return error; };
  }
  void answer(const std::string& call, Answer function) { answers_[call] = std::move(function); }

  aws::ApiResult<json::Value> call(std::string_view service, std::string_view operation,
                                   json::Value input) override {
    const std::string name = std::string(service) + "." + std::string(operation);
    calls.push_back(name + " " + json::write(input));
    if (const aws::ServiceModel* model = aws::installed_model(service)) {
      const aws::OperationModel* modelled = model->find_operation(operation);
      if (modelled == nullptr) return aws::unknown_operation();
      if (modelled->input != nullptr) {
        check_members(*modelled->input, input, name);
        auto valid = aws::validate(input, *modelled->input);
        if (!valid) return valid.error();
      }
    }
    const auto found = answers_.find(name);
    if (found == answers_.end()) return json::Value::object();
    return found->second(input);
  }

  aws::ApiResult<json::Value> call_in(std::string_view, std::string_view service,
                                      std::string_view operation, json::Value input) override {
    return call(service, operation, std::move(input));
  }

  json::Value shape(std::string_view service, std::string_view operation,
                    const json::Value& properties) override {
    const aws::ServiceModel* model = aws::installed_model(service);
    if (model == nullptr) return properties;
    return shape_input(*model->find_operation(operation)->input, properties);
  }

  /// "service.Operation {input}" in the order of the calls, since the last take().
  std::vector<std::string> take() { return std::exchange(calls, {}); }

  std::vector<std::string> calls;
  /// Members that a model does not know: a handler's mistake.
  std::vector<std::string> unknown_members;

 private:
  void check_members(const aws::Shape& shape, const json::Value& value, const std::string& path) {
    if (shape.type == aws::ShapeType::List && value.is_array()) {
      for (const json::Value& each : value.items())
        check_members(*shape.item.shape, each, path + "[]");
    }
    if (shape.type == aws::ShapeType::Map && value.is_object()) {
      for (const json::Member& each : value.members())
        check_members(*shape.value.shape, each.value, path + "." + std::string(each.name()));
    }
    if (shape.type != aws::ShapeType::Structure || !value.is_object()) return;
    for (const json::Member& each : value.members()) {
      const std::string member_path = path + "." + std::string(each.name());
      const aws::Member* member = shape.find(each.name());
      if (member == nullptr) {
        unknown_members.push_back(member_path);
      } else {
        check_members(*member->shape, each.value, member_path);
      }
    }
  }

  std::map<std::string, Answer> answers_;
};

/// A request as the operation of the stack "stack" makes it: resource "Thing".
inline ResourceRequest request_for_test(std::string_view properties,
                                        std::string_view previous = "{}") {
  static const formation::Environment kEnvironment = {
      .url_suffix = "localhost:4566",
      .stack_name = "stack",
      .stack_id = "arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1"};
  return {.environment = kEnvironment,
          .logical_id = "Thing",
          .properties = *json::parse(properties),
          .previous = *json::parse(previous),
          .stack_tags = {{"team", "x"}, {"aws:cloudformation:stack-name", "stack"}},
          .token = "token"};
}

/// create(), again until it is done, as an operation does.
inline aws::ApiResult<Progress> create_whole(const ResourceType& type, StackCalls& calls,
                                             ResourceRequest& request) {
  aws::ApiResult<Progress> progress = type.create(calls, request);
  for (int i = 0; i < 10 && progress && !progress->is_done; ++i) {
    if (!progress->physical_id.empty()) request.physical_id = progress->physical_id;
    request.memory = progress->memory;
    progress = type.create(calls, request);
  }
  return progress;
}

}  // namespace pawl::cloudformation
