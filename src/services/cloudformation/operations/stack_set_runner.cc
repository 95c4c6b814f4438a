// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/operations/stack_set_runner.h"

#include <algorithm>
#include <utility>

#include "aws/service/input_members.h"
#include "json/members.h"

namespace pawl::cloudformation {
namespace {

using aws::from_store;
using json::ObjectBuilder;
using json::Value;
using records::Owner;

constexpr std::string_view kSet = "stack-set";
constexpr std::string_view kInstance = "stack-instance";
constexpr std::string_view kOperation = "stack-set-operation";
constexpr int64_t kPollMs = 200;

std::string instance_name(const std::string& set_uuid, const StackInstanceRecord& instance) {
  return set_uuid + "/" + instance.account + "/" + instance.region;
}

template <typename Record>
aws::ApiResult<std::vector<Record>> list_records(const records::RecordTable& table,
                                                 const Owner& owner, std::string_view kind,
                                                 const std::string& prefix) {
  std::vector<Record> found;
  for (const auto& each : PAWL_TRY(from_store(table.list(owner, kind, prefix)))) {
    found.push_back(FieldReader::read_record<Record>(each.value));
  }
  return found;
}

Value parameters_of(const StackSetRecord& set, const StackInstanceRecord& instance) {
  std::vector<Value> parameters;
  for (const ParameterRecord& parameter : set.asked.parameters) {
    const auto own =
        std::find_if(instance.overrides.begin(), instance.overrides.end(),
                     [&](const ParameterRecord& each) { return each.key == parameter.key; });
    ObjectBuilder value;
    value.set("ParameterKey", Value(parameter.key));
    value.set("ParameterValue",
              Value(own != instance.overrides.end() ? own->value : parameter.value));
    parameters.push_back(std::move(value).build());
  }
  return Value::array(std::move(parameters));
}

Value stack_input(const StackSetRecord& set, const StackInstanceRecord& instance,
                  const std::string& stack, const std::string& token) {
  std::vector<Value> tags;
  for (const auto& [key, value] : set.asked.tags) {
    ObjectBuilder tag;
    tag.set("Key", Value(key)).set("Value", Value(value));
    tags.push_back(std::move(tag).build());
  }
  ObjectBuilder input;
  input.set("StackName", Value(stack))
      .set("TemplateBody", Value(set.template_text))
      .set("Parameters", parameters_of(set, instance))
      .set("Capabilities", json::texts_value(set.asked.capabilities))
      .set("Tags", Value::array(std::move(tags)))
      .set("ClientRequestToken", Value(token));
  return std::move(input).build();
}

void fail(StackInstanceRecord& instance, StackSetResultRecord& result, const std::string& reason) {
  result.status = "FAILED";
  result.reason = reason;
  instance.detailed_status = "FAILED";
  instance.status = "OUTDATED";
  instance.reason = reason;
}

void succeed(StackInstanceRecord& instance, StackSetResultRecord& result) {
  result.status = "SUCCEEDED";
  result.reason.clear();
  instance.detailed_status = "SUCCEEDED";
  instance.status = "CURRENT";
  instance.reason.clear();
}

}  // namespace

StackSetRunner::Result<std::optional<StackSetRecord>> StackSetRunner::find(
    const Owner& owner, const std::string& name_or_id) const {
  const std::string name = name_or_id.substr(0, name_or_id.find(':'));
  const auto value = PAWL_TRY(from_store(ports_.store.table().get(owner, kSet, name)));
  if (!value) return std::optional<StackSetRecord>();
  auto set = FieldReader::read_record<StackSetRecord>(*value);
  if (name_or_id != name && set.id() != name_or_id) return std::optional<StackSetRecord>();
  return std::optional<StackSetRecord>(std::move(set));
}

StackSetRunner::Result<std::vector<StackSetRecord>> StackSetRunner::list(const Owner& owner) const {
  return list_records<StackSetRecord>(ports_.store.table(), owner, kSet, "");
}

StackSetRunner::Result<void> StackSetRunner::put(const Owner& owner,
                                                 const StackSetRecord& set) const {
  return from_store(
      ports_.store.table().put(owner, kSet, set.name, FieldWriter::write_record(set)));
}

StackSetRunner::Result<void> StackSetRunner::erase(const Owner& owner,
                                                   const StackSetRecord& set) const {
  store::Batch batch;
  ports_.store.table().erase(batch, owner, kSet, set.name);
  ports_.store.table().erase_all(batch, owner, kOperation, set.uuid + "/");
  return ports_.store.commit(batch);
}

StackSetRunner::Result<std::vector<StackInstanceRecord>> StackSetRunner::instances(
    const Owner& owner, const StackSetRecord& set) const {
  return list_records<StackInstanceRecord>(ports_.store.table(), owner, kInstance, set.uuid + "/");
}

StackSetRunner::Result<void> StackSetRunner::put_instance(
    const Owner& owner, const StackSetRecord& set, const StackInstanceRecord& instance) const {
  return from_store(ports_.store.table().put(owner, kInstance, instance_name(set.uuid, instance),
                                             FieldWriter::write_record(instance)));
}

StackSetRunner::Result<void> StackSetRunner::erase_instance(
    const Owner& owner, const StackSetRecord& set, const StackInstanceRecord& instance) const {
  return from_store(
      ports_.store.table().erase(owner, kInstance, instance_name(set.uuid, instance)));
}

StackSetRunner::Result<std::vector<StackSetOperationRecord>> StackSetRunner::operations(
    const Owner& owner, const StackSetRecord& set) const {
  auto found = PAWL_TRY(list_records<StackSetOperationRecord>(ports_.store.table(), owner,
                                                              kOperation, set.uuid + "/"));
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.created_ms > b.created_ms; });
  return found;
}

StackSetRunner::Result<void> StackSetRunner::begin(const Owner& owner, const StackSetRecord& set,
                                                   const StackSetOperationRecord& operation) {
  PAWL_TRY_VOID(from_store(ports_.store.table().put(
      owner, kOperation, set.uuid + "/" + operation.id, FieldWriter::write_record(operation))));
  go_on(owner, set.uuid, operation.id);
  return {};
}

StackSetRunner::Result<void> StackSetRunner::go_on_all() {
  std::vector<std::pair<Owner, std::string>> left;
  PAWL_TRY_VOID(from_store(ports_.store.table().visit_all(
      kOperation, [&left](const Owner& owner, const std::string& name, const Value& value) {
        if (json::text_member(value, "Status") == "RUNNING") left.emplace_back(owner, name);
        return true;
      })));
  for (const auto& [owner, name] : left) {
    const size_t slash = name.find('/');
    go_on(owner, name.substr(0, slash), name.substr(slash + 1));
  }
  return {};
}

void StackSetRunner::go_on(const Owner& owner, const std::string& set_uuid, const std::string& id) {
  ports_.executor.run([this, owner, set_uuid, id] {
    const auto waits = advance(owner, set_uuid, id);
    if (!waits || !*waits || ports_.gate->is_closed()) return;
    ports_.loop.run_at({ports_.loop.now().ms + kPollMs},
                       [this, gate = ports_.gate, owner, set_uuid, id] {
                         if (!gate->is_closed()) go_on(owner, set_uuid, id);
                       });
  });
}

StackSetRunner::Result<bool> StackSetRunner::advance(const Owner& owner,
                                                     const std::string& set_uuid,
                                                     const std::string& id) {
  const auto value =
      PAWL_TRY(from_store(ports_.store.table().get(owner, kOperation, set_uuid + "/" + id)));
  if (!value) return false;
  auto operation = FieldReader::read_record<StackSetOperationRecord>(*value);
  const auto sets = PAWL_TRY(list(owner));
  const auto set = std::find_if(sets.begin(), sets.end(),
                                [&](const StackSetRecord& each) { return each.uuid == set_uuid; });
  if (set == sets.end() || operation.status != "RUNNING") return false;
  auto all = PAWL_TRY(instances(owner, *set));
  bool is_over = true;
  bool has_failed = false;
  for (StackSetResultRecord& result : operation.results) {
    const auto instance = std::find_if(all.begin(), all.end(), [&](const auto& each) {
      return each.account == result.account && each.region == result.region;
    });
    if (instance == all.end()) {
      result.status = "SUCCEEDED";
      continue;
    }
    if (result.status == "PENDING" || result.status == "RUNNING") {
      PAWL_TRY_VOID(step(*set, operation, *instance, result));
      if (ports_.gate->is_closed()) return false;
      const bool is_gone = operation.action == "DELETE" && result.status == "SUCCEEDED";
      PAWL_TRY_VOID(is_gone ? erase_instance(owner, *set, *instance)
                            : put_instance(owner, *set, *instance));
    }
    is_over = is_over && result.status != "PENDING" && result.status != "RUNNING";
    has_failed = has_failed || result.status == "FAILED";
  }
  if (is_over) {
    operation.status = has_failed ? "FAILED" : "SUCCEEDED";
    operation.ended_ms = ports_.loop.now().ms;
  }
  PAWL_TRY_VOID(from_store(ports_.store.table().put(owner, kOperation, set_uuid + "/" + id,
                                                    FieldWriter::write_record(operation))));
  return !is_over;
}

StackSetRunner::Result<void> StackSetRunner::step(const StackSetRecord& set,
                                                  const StackSetOperationRecord& operation,
                                                  StackInstanceRecord& instance,
                                                  StackSetResultRecord& result) {
  if (result.status == "PENDING") return start(set, operation, instance, result);
  const std::string uuid = instance.stack_id.substr(instance.stack_id.rfind('/') + 1);
  const auto stack = PAWL_TRY(ports_.store.stack({{instance.account, instance.region}, uuid}));
  if (stack && stack->is_in_progress()) return {};
  const std::string status = stack ? stack->status : "DELETE_COMPLETE";
  const std::string wanted = operation.action + "_COMPLETE";
  if (status == wanted || (operation.action == "UPDATE" && status == "CREATE_COMPLETE")) {
    succeed(instance, result);
  } else {
    fail(instance, result,
         stack && !stack->reason.empty() ? stack->reason : "The stack is in " + status);
  }
  return {};
}

StackSetRunner::Result<void> StackSetRunner::start(const StackSetRecord& set,
                                                   const StackSetOperationRecord& operation,
                                                   StackInstanceRecord& instance,
                                                   StackSetResultRecord& result) {
  BlockingCalls calls(ports_.caller, ports_.models, ports_.gate,
                      {.principal = set.actor.principal(), .region = instance.region});
  instance.operation_id = operation.id;
  instance.detailed_status = "RUNNING";
  const std::string token = operation.id + "-" + instance.region;
  const bool has_stack = !instance.stack_id.empty();
  if (operation.action == "DELETE") {
    if (operation.retains_stacks || !has_stack) {
      succeed(instance, result);
      return {};
    }
    ObjectBuilder input;
    input.set("StackName", Value(instance.stack_id));
    const auto answer = calls.call("cloudformation", "DeleteStack", std::move(input).build());
    result.status = "RUNNING";
    if (!answer) fail(instance, result, answer.error().message.value_or(answer.error().code));
    return {};
  }
  const std::string stack = has_stack ? instance.stack_id : "StackSet-" + set.name + "-" + set.uuid;
  const auto answer = calls.call("cloudformation", has_stack ? "UpdateStack" : "CreateStack",
                                 stack_input(set, instance, stack, token));
  if (answer) {
    instance.stack_id = json::text_member(*answer, "StackId");
    result.status = "RUNNING";
    return {};
  }
  const std::string message = answer.error().message.value_or(answer.error().code);
  if (message == "No updates are to be performed.") {
    succeed(instance, result);
  } else {
    fail(instance, result, message);
  }
  return {};
}

}  // namespace pawl::cloudformation
