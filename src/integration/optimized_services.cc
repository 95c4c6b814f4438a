// SPDX-License-Identifier: Apache-2.0
// NOTE: prefixes and names of dynamodb, sns, sqs are recorded; the others follow the SDKs' classes.
#include "integration/optimized_services.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "aws/http_message.h"

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr OptimizedService kServices[] = {
    {"athena", "athena", "Athena", "AmazonAthena"},
    {"batch", "batch", "Batch", "AWSBatch"},
    {"bedrock", "bedrock", "Bedrock", ""},
    {"codebuild", "codebuild", "CodeBuild", "AWSCodeBuild"},
    {"databrew", "databrew", "DataBrew", "AWSGlueDataBrew"},
    {"dynamodb", "dynamodb", "DynamoDB", "AmazonDynamoDBv2"},
    {"ecs", "ecs", "ECS", "AmazonECS"},
    {"eks", "eks", "EKS", "AmazonEKS"},
    {"elasticmapreduce", "emr", "ElasticMapReduce", "AmazonElasticMapReduce"},
    {"emr-containers", "emr-containers", "EMRContainers", "AmazonEMRContainers"},
    {"emr-serverless", "emr-serverless", "EmrServerless", ""},
    {"events", "events", "EventBridge", "AmazonEventBridge"},
    {"glue", "glue", "Glue", "AWSGlue"},
    {"mediaconvert", "mediaconvert", "MediaConvert", ""},
    {"sagemaker", "sagemaker", "SageMaker", "AmazonSageMaker"},
    {"sns", "sns", "SNS", "AmazonSNS"},
    {"sqs", "sqs", "SQS", "AmazonSQS"},
};

/// bedrock:invokeModel is the runtime's.
constexpr OptimizedService kBedrockRuntime = {"bedrock", "bedrock-runtime", "BedrockRuntime", ""};

constexpr OptimizedAction kActions[] = {
    // Developer Guide "Create and manage Amazon EMR clusters with Step Functions".
    {"elasticmapreduce", "createCluster", "RunJobFlow", "", "JobFlowId>ClusterId"},
    {"elasticmapreduce", "addStep", "AddJobFlowSteps", "ClusterId>JobFlowId;Step>Steps[]",
     "StepIds[]>StepId"},
    {"elasticmapreduce", "cancelStep", "CancelSteps", "StepId>StepIds[]",
     "CancelStepsInfoList[]>CancelStepsInfo"},
    {"elasticmapreduce", "terminateCluster", "TerminateJobFlows", "ClusterId>JobFlowIds[]", ""},
    {"elasticmapreduce", "setClusterTerminationProtection", "SetTerminationProtection",
     "ClusterId>JobFlowIds[]", ""},
};

struct Rename {
  std::string_view from;
  std::string_view to;
  bool from_list = false;
  bool to_list = false;
};

std::vector<Rename> parse_renames(std::string_view text) {
  std::vector<Rename> renames;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t arrow = one.find('>');
    Rename rename{one.substr(0, arrow), one.substr(arrow + 1)};
    const auto take_list = [](std::string_view& name) {
      const bool is_list = name.ends_with("[]");
      if (is_list) name.remove_suffix(2);
      return is_list;
    };
    rename.from_list = take_list(rename.from);
    rename.to_list = take_list(rename.to);
    renames.push_back(rename);
  }
  return renames;
}

}  // namespace

const OptimizedService* find_optimized_service(std::string_view service) {
  const auto* found = std::find_if(std::begin(kServices), std::end(kServices),
                                   [&](const auto& each) { return each.service == service; });
  return found == std::end(kServices) ? nullptr : found;
}

const OptimizedAction* find_optimized_action(std::string_view service, std::string_view action) {
  const auto* found = std::find_if(std::begin(kActions), std::end(kActions), [&](const auto& each) {
    return each.service == service && each.action == action;
  });
  return found == std::end(kActions) ? nullptr : found;
}

base::Result<const aws::OperationModel*> find_optimized_operation(const OptimizedService& service,
                                                                  std::string_view action,
                                                                  aws::ModelCatalog& models) {
  const bool is_runtime = service.service == "bedrock" && action == "invokeModel";
  const OptimizedService& home = is_runtime ? kBedrockRuntime : service;
  const aws::ServiceModel* model = PAWL_TRY(models.find(home.model));
  const OptimizedAction* other = find_optimized_action(service.service, action);
  const std::string_view name = other != nullptr ? other->operation : action;
  const auto& operations = model->operations();
  const auto found = std::find_if(operations.begin(), operations.end(), [&](const auto& each) {
    return aws::equals_ignoring_case(each.name, name);
  });
  if (found == operations.end()) {
    return base::Error(base::ErrorKind::NotFound,
                       "the model of " + std::string(home.model) + " has no " + std::string(name));
  }
  return &*found;
}

Value rename_members(const Value& object, std::string_view text) {
  const std::vector<Rename> renames = parse_renames(text);
  if (renames.empty() || !object.is_object()) return object;
  ObjectBuilder out;
  for (const json::Member& member : object.members()) {
    const auto found = std::find_if(renames.begin(), renames.end(), [&](const Rename& each) {
      return aws::equals_ignoring_case(each.from, member.name());
    });
    if (found == renames.end()) {
      out.set(member.key, member.value);
      continue;
    }
    Value value = member.value;
    if (found->from_list && value.is_array())
      value = value.size() == 0 ? Value() : Value(value.items().front());
    out.set(found->to, found->to_list ? Value::array({value}) : value);
  }
  return std::move(out).build();
}

}  // namespace pawl::integration
