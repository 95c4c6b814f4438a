// SPDX-License-Identifier: Apache-2.0
// API CreateStackSet, DescribeStackSet, ListStackSets, UpdateStackSet, DeleteStackSet.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/operations/stack_set_runner.h"
#include "services/cloudformation/service.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiError;
using json::ObjectBuilder;
using json::Value;

constexpr size_t kSetsShown = 100;

ApiError no_set(const std::string& name) {
  return {"StackSetNotFoundException", "StackSet " + name + " not found", 404};
}

/// What the parameters of a set are: kept as they were given; each instance's stack checks them.
std::vector<ParameterRecord> given_records(const Value& input, std::string_view member) {
  std::vector<ParameterRecord> records;
  for (const Value& each : json::items_member(input, member)) {
    records.push_back({.key = json::text_member(each, "ParameterKey"),
                       .value = json::text_member(each, "ParameterValue")});
  }
  return records;
}

ObjectBuilder set_value(const StackSetRecord& set) {
  ObjectBuilder out;
  out.set("StackSetName", Value(set.name)).set("StackSetId", Value(set.id()));
  set_text(out, "Description", set.description);
  out.set("Status", Value(set.status)).set("PermissionModel", Value(set.permission_model));
  return out;
}

}  // namespace

CloudFormationService::Result<StackSetRecord> CloudFormationService::require_set(
    const Request& request) const {
  const std::string name = json::text_member(request.input, "StackSetName");
  auto set = PAWL_TRY(stack_sets_.find(owner_of(request), name));
  if (!set) return no_set(name);
  return *std::move(set);
}

aws::ActionResult CloudFormationService::create_stack_set(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackSetName");
  const std::string model = json::text_member(input, "PermissionModel");
  if (model == "SERVICE_MANAGED" ||
      json::flag_member(json::object_member(input, "AutoDeployment"), "Enabled")) {
    return validation_error(
        "PermissionModel SERVICE_MANAGED and AutoDeployment need AWS Organizations, which Pawl "
        "does not have");
  }
  if (PAWL_TRY(stack_sets_.find(owner_of(request), name))) {
    return ApiError("NameAlreadyExistsException", "StackSet " + name + " already exists", 409);
  }
  BlockingCalls calls = calls_for(request);
  const auto text = PAWL_TRY(template_text(calls, input));
  if (!text) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  StackSetRecord set{.uuid = draw_uuid(),
                     .name = name,
                     .description = json::text_member(input, "Description"),
                     .template_text = *text,
                     .administration_role = json::text_member(input, "AdministrationRoleARN"),
                     .execution_role = json::text_member(input, "ExecutionRoleName"),
                     .asked = asked_configuration(input),
                     .actor = ActorRecord::of(request.principal)};
  if (set.administration_role.empty()) {
    set.administration_role = "arn:aws:iam::" + request.account_id() +
                              ":role/AWSCloudFormationStackSetAdministrationRole";
  }
  if (set.execution_role.empty()) set.execution_role = "AWSCloudFormationStackSetExecutionRole";
  set.asked.parameters = given_records(input, "Parameters");
  // What is no template is refused now, not in each region.
  PAWL_TRY_VOID(prepare_template(preparation_ports(request, calls),
                                 {.text = *text,
                                  .given = given_parameters(input),
                                  .capabilities = set.asked.capabilities,
                                  .environment = {.account_id = request.account_id(),
                                                  .region = request.region,
                                                  .url_suffix = url_suffix()}}));
  PAWL_TRY_VOID(stack_sets_.put(owner_of(request), set));
  return object_of({{"StackSetId", Value(set.id())}});
}

aws::ActionResult CloudFormationService::describe_stack_set(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  ObjectBuilder out = set_value(set);
  out.set("TemplateBody", Value(set.template_text))
      .set("Parameters", parameters_value(set.asked.parameters))
      .set("Capabilities", json::texts_value(set.asked.capabilities))
      .set("Tags", tags_value(set.asked.tags))
      .set("StackSetARN", Value(aws::Arn{.partition = "aws",
                                         .service = "cloudformation",
                                         .region = request.region,
                                         .account_id = request.account_id(),
                                         .resource = "stackset/" + set.id()}
                                    .text()))
      .set("AdministrationRoleARN", Value(set.administration_role))
      .set("ExecutionRoleName", Value(set.execution_role))
      .set("StackSetDriftDetectionDetails", object_of({{"DriftStatus", Value("NOT_CHECKED")},
                                                       {"DriftDetectionStatus", Value("COMPLETED")},
                                                       {"TotalStackInstancesCount", Value(0)},
                                                       {"DriftedStackInstancesCount", Value(0)},
                                                       {"InSyncStackInstancesCount", Value(0)},
                                                       {"InProgressStackInstancesCount", Value(0)},
                                                       {"FailedStackInstancesCount", Value(0)}}))
      .set("OrganizationalUnitIds", Value::array())
      .set("ManagedExecution", object_of({{"Active", Value(false)}}));
  std::vector<std::string> regions;
  for (const auto& instance : PAWL_TRY(stack_sets_.instances(owner_of(request), set))) {
    if (std::find(regions.begin(), regions.end(), instance.region) == regions.end()) {
      regions.push_back(instance.region);
    }
  }
  out.set("Regions", json::texts_value(regions));
  return object_of({{"StackSet", std::move(out).build()}});
}

aws::ActionResult CloudFormationService::list_stack_sets(const Request& request) {
  const auto sets = PAWL_TRY(stack_sets_.list(owner_of(request)));
  const Page page = PAWL_TRY(page_of(request.input, sets.size(), kSetsShown));
  std::vector<Value> shown;
  if (json::text_member(request.input, "Status") != "DELETED") {
    for (size_t i = page.begin; i < page.end; ++i) {
      ObjectBuilder summary = set_value(sets[i]);
      summary.set("DriftStatus", Value("NOT_CHECKED"));
      shown.push_back(std::move(summary).build());
    }
  }
  ObjectBuilder out;
  out.set("Summaries", Value::array(std::move(shown)));
  set_text(out, "NextToken", page.next);
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::update_stack_set(const Request& request) {
  const Value& input = request.input;
  StackSetRecord set = PAWL_TRY(require_set(request));
  BlockingCalls calls = calls_for(request);
  if (const auto text = PAWL_TRY(template_text(calls, input))) {
    set.template_text = *text;
  } else if (!json::flag_member(input, "UsePreviousTemplate")) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  set.description = json::text_member(input, "Description");
  set.asked.capabilities = json::texts_member(input, "Capabilities");
  if (json::has_member(input, "Tags")) set.asked.tags = tags_of(input);
  std::vector<ParameterRecord> parameters = given_records(input, "Parameters");
  for (const Value& each : json::items_member(input, "Parameters")) {
    if (!json::flag_member(each, "UsePreviousValue")) continue;
    for (ParameterRecord& record : parameters) {
      for (const ParameterRecord& known : set.asked.parameters) {
        if (record.key == json::text_member(each, "ParameterKey") && known.key == record.key) {
          record.value = known.value;
        }
      }
    }
  }
  set.asked.parameters = std::move(parameters);
  set.actor = ActorRecord::of(request.principal);
  const auto instances = PAWL_TRY(stack_sets_.instances(owner_of(request), set));
  const auto id = PAWL_TRY(begin_set_operation(request, set, "UPDATE", instances));
  return object_of({{"OperationId", Value(id)}});
}

aws::ActionResult CloudFormationService::delete_stack_set(const Request& request) {
  const StackSetRecord set = PAWL_TRY(require_set(request));
  if (!PAWL_TRY(stack_sets_.instances(owner_of(request), set)).empty()) {
    return ApiError("StackSetNotEmptyException", "StackSet is not empty", 409);
  }
  PAWL_TRY_VOID(stack_sets_.erase(owner_of(request), set));
  return Value::object();
}

}  // namespace pawl::cloudformation
