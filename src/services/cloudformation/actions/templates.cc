// SPDX-License-Identifier: Apache-2.0
// API GetTemplate, GetTemplateSummary, ValidateTemplate, EstimateTemplateCost.
#include <algorithm>
#include <utility>

#include "aws/arn.h"
#include "formation/summary.h"
#include "formation/template_text.h"
#include "formation/transforms.h"
#include "json/members.h"
#include "services/cloudformation/actions/answers.h"
#include "services/cloudformation/service.h"
#include "services/cloudformation/types/resource_schema.h"

namespace pawl::cloudformation {
namespace {

using json::ObjectBuilder;
using json::Value;

/// Which properties tell resources of a type apart, for import.
Value identifier_summaries(const Value& document) {
  struct Summary {
    std::string type;
    std::vector<std::string> logical_ids;
  };
  std::vector<Summary> summaries;
  const Value resources = json::object_member(document, "Resources");
  for (const auto& member : resources.members()) {
    const std::string type = json::text_member(member.value, "Type");
    const auto found = std::find_if(summaries.begin(), summaries.end(),
                                    [&type](const Summary& each) { return each.type == type; });
    Summary& summary =
        found != summaries.end() ? *found : summaries.emplace_back(Summary{type, {}});
    summary.logical_ids.emplace_back(member.name());
  }
  std::vector<Value> values;
  for (const Summary& summary : summaries) {
    const ResourceSchema* const schema = find_schema(summary.type);
    if (schema == nullptr || schema->primary_identifier.empty()) continue;
    values.push_back(
        object_of({{"ResourceType", Value(summary.type)},
                   {"LogicalResourceIds", json::texts_value(summary.logical_ids)},
                   {"ResourceIdentifiers", json::texts_value(schema->primary_identifier)}}));
  }
  return Value::array(std::move(values));
}

aws::ApiResult<Value> read(const std::string& text) {
  auto document = formation::read_template(text);
  if (!document) return validation_error(document.error().message);
  return *std::move(document);
}

}  // namespace

aws::ActionResult CloudFormationService::get_template(const Request& request) {
  const Value& input = request.input;
  const std::string name = json::text_member(input, "StackName");
  const std::string change_set_name = json::text_member(input, "ChangeSetName");
  const bool is_processed = json::text_member(input, "TemplateStage") == "Processed";
  StackStore::TemplateTexts texts;
  if (!change_set_name.empty()) {
    if (name.empty() && !aws::Arn::parse(change_set_name)) {
      return validation_error("StackName is a required parameter.");
    }
    const auto [key, change_set] = PAWL_TRY(require_change_set(request, name, change_set_name));
    texts = PAWL_TRY(store_->change_set_template(key, change_set.uuid));
  } else {
    if (name.empty()) return validation_error("StackName is a required parameter.");
    const FoundStack found =
        PAWL_TRY(require_stack(request, name, "Stack with id % does not exist"));
    // It has none yet, and clients (the CDK, before it executes) take the answer as that.
    if (found.stack.is_in_review()) return Value::object();
    texts = PAWL_TRY(store_->template_texts(found.key, found.stack.current.template_number));
  }
  ObjectBuilder out;
  // What was not transformed is given back as it was written.
  const auto document = read(texts.original);
  const bool has_stages = document && !formation::declared_transforms(*document).empty();
  out.set("TemplateBody", Value(is_processed && has_stages ? texts.processed : texts.original));
  std::vector<std::string> stages = {"Original"};
  if (!texts.processed.empty()) stages.push_back("Processed");
  out.set("StagesAvailable", json::texts_value(stages));
  return std::move(out).build();
}

aws::ActionResult CloudFormationService::get_template_summary(const Request& request) {
  const Value& input = request.input;
  BlockingCalls calls = calls_for(request);
  auto text = PAWL_TRY(template_text(calls, input));
  const std::string name = json::text_member(input, "StackName");
  if (!text) {
    if (name.empty()) {
      return validation_error(
          "Either TemplateBody, TemplateURL, StackName or StackSetName must be specified.");
    }
    const FoundStack found =
        PAWL_TRY(require_stack(request, name, "Stack with id % does not exist"));
    if (found.stack.is_in_review()) {
      return validation_error("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.");
    }
    text =
        PAWL_TRY(store_->template_texts(found.key, found.stack.current.template_number)).original;
  }
  const Value document = PAWL_TRY(read(*text));
  auto summary = formation::summary_answer(document);
  if (!summary) return validation_error(summary.error().message);
  return std::move(*summary).with_member("ResourceIdentifierSummaries",
                                         identifier_summaries(document));
}

aws::ActionResult CloudFormationService::validate_template(const Request& request) {
  BlockingCalls calls = calls_for(request);
  const auto text = PAWL_TRY(template_text(calls, request.input));
  if (!text) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  auto answer = formation::validate_answer(PAWL_TRY(read(*text)));
  if (!answer) return validation_error(answer.error().message);
  return *std::move(answer);
}

aws::ActionResult CloudFormationService::estimate_cost(const Request& request) {
  BlockingCalls calls = calls_for(request);
  const auto text = PAWL_TRY(template_text(calls, request.input));
  if (!text) {
    return validation_error("Either Template URL or Template Body must be specified.");
  }
  const auto answer = formation::validate_answer(PAWL_TRY(read(*text)));
  if (!answer) return validation_error(answer.error().message);
  // AWS answers the address of a calculator's page, on which the costs are reckoned.
  return object_of(
      {{"Url", Value("https://calculator.aws/#/estimate?key=cloudformation/" + draw_uuid())}});
}

}  // namespace pawl::cloudformation
