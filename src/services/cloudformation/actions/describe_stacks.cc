// SPDX-License-Identifier: Apache-2.0
// API DescribeStacks, ListStacks, ListExports, ListImports.
#include <algorithm>
#include <utility>

#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr size_t kStacksMax = 100;
constexpr size_t kExportsMax = 100;
/// API ListStacks: deleted stacks are kept for 90 days.
constexpr int64_t kDeletedKeptMs = int64_t{90} * 24 * 3'600 * 1'000;

Value summary_value(const StackRecord& stack) {
  ObjectBuilder out;
  out.set("StackId", Value(stack.id)).set("StackName", Value(stack.name));
  set_text(out, "TemplateDescription", stack.current.description);
  out.set("CreationTime", time_of(stack.created_ms));
  if (stack.updated_ms != 0) out.set("LastUpdatedTime", time_of(stack.updated_ms));
  if (stack.deleted_ms != 0) out.set("DeletionTime", time_of(stack.deleted_ms));
  out.set("StackStatus", Value(stack.status));
  set_text(out, "StackStatusReason", stack.reason);
  set_text(out, "ParentId", stack.parent_id);
  set_text(out, "RootId", stack.root_id);
  out.set("DriftInformation", drift_value(stack));
  return std::move(out).build();
}

}  // namespace

aws::ActionResult CloudFormationService::describe_stacks(const Request& request) {
  const std::string name = json::text_member(request.input, "StackName");
  std::vector<Value> shown;
  ObjectBuilder out;
  if (!name.empty()) {
    const FoundStack found =
        PAWL_TRY(require_stack(request, name, "Stack with id % does not exist"));
    shown.push_back(stack_value(found.stack));
  } else {
    auto stacks = PAWL_TRY(store_->stacks(owner_of(request)));
    std::erase_if(stacks, [](const StackRecord& stack) { return stack.is_deleted(); });
    const Page page = PAWL_TRY(page_of(request.input, stacks.size(), kStacksMax));
    for (size_t i = page.begin; i < page.end; ++i) shown.push_back(stack_value(stacks[i]));
    set_text(out, "NextToken", page.next);
  }
  out.set("Stacks", Value::array(std::move(shown)));
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_stacks(const Request& request) {
  const std::vector<std::string> filter = json::texts_member(request.input, "StackStatusFilter");
  auto stacks = PAWL_TRY(store_->stacks(owner_of(request)));
  store::Batch forgotten;
  for (const StackRecord& stack : stacks) {
    if (stack.is_deleted() && stack.deleted_ms + kDeletedKeptMs < now_ms()) {
      store_->erase_stack(forgotten, {owner_of(request), stack.uuid});
    }
  }
  if (!forgotten.empty()) {
    PAWL_TRY_VOID(store_->commit(forgotten));
    stacks = PAWL_TRY(store_->stacks(owner_of(request)));
  }
  std::erase_if(stacks, [&filter](const StackRecord& stack) {
    return !filter.empty() && std::find(filter.begin(), filter.end(), stack.status) == filter.end();
  });
  const Page page = PAWL_TRY(page_of(request.input, stacks.size(), kStacksMax));
  std::vector<Value> shown;
  for (size_t i = page.begin; i < page.end; ++i) shown.push_back(summary_value(stacks[i]));
  ObjectBuilder out;
  out.set("StackSummaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_exports(const Request& request) {
  const std::string after = json::text_member(request.input, "NextToken");
  auto exports = PAWL_TRY(store_->exports(owner_of(request), after, kExportsMax + 1));
  ObjectBuilder out;
  if (exports.size() > kExportsMax) {
    exports.pop_back();
    out.set("NextToken", Value(exports.back().name));
  }
  std::vector<Value> shown;
  for (const auto& each : exports) {
    shown.push_back(object_of({{"ExportingStackId", Value(each.stack_id)},
                               {"Name", Value(each.name)},
                               {"Value", Value(each.value)}}));
  }
  out.set("Exports", Value::array(std::move(shown)));
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::list_imports(const Request& request) {
  const std::string name = json::text_member(request.input, "ExportName");
  const auto importers = PAWL_TRY(store_->importers(owner_of(request), name));
  if (importers.empty()) {
    return validation_error("Export '" + name + "' is not imported by any stack.");
  }
  return object_of({{"Imports", json::texts_value(importers)}});
}

}  // namespace pawl::cloudformation
