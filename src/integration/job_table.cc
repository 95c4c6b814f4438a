// SPDX-License-Identifier: Apache-2.0
#include "integration/job_table.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace pawl::integration {
namespace {

using json::ObjectBuilder;
using json::Value;

constexpr JobKind kJobs[] = {
    {.service = "athena",
     .action = "startQueryExecution",
     .describe_operation = "GetQueryExecution",
     .describe_input = "QueryExecutionId=out:QueryExecutionId",
     .status = "QueryExecution/Status/State",
     .successes = "SUCCEEDED",
     .failures = "FAILED CANCELLED",
     .stop_operation = "StopQueryExecution",
     .stop_input = "QueryExecutionId=out:QueryExecutionId"},
    {.service = "batch",
     .action = "submitJob",
     .describe_operation = "DescribeJobs",
     .describe_input = "jobs[]=out:jobId",
     .result = "jobs/0",
     .status = "jobs/0/status",
     .successes = "SUCCEEDED",
     .failures = "FAILED",
     .stop_operation = "TerminateJob",
     .stop_input = "jobId=out:jobId;reason=text:The task in Step Functions was aborted"},
    {.service = "bedrock",
     .action = "createModelCustomizationJob",
     .describe_operation = "GetModelCustomizationJob",
     .describe_input = "jobIdentifier=out:jobArn",
     .status = "status",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopModelCustomizationJob",
     .stop_input = "jobIdentifier=out:jobArn"},
    {.service = "codebuild",
     .action = "startBuild",
     .describe_operation = "BatchGetBuilds",
     .describe_input = "ids[]=out:build/id",
     .result = "builds/0",
     .result_member = "Build",
     .status = "builds/0/buildStatus",
     .successes = "SUCCEEDED",
     .failures = "FAILED FAULT TIMED_OUT STOPPED",
     .stop_operation = "StopBuild",
     .stop_input = "id=out:build/id"},
    {.service = "codebuild",
     .action = "startBuildBatch",
     .describe_operation = "BatchGetBuildBatches",
     .describe_input = "ids[]=out:buildBatch/id",
     .result = "buildBatches/0",
     .result_member = "BuildBatch",
     .status = "buildBatches/0/buildBatchStatus",
     .successes = "SUCCEEDED",
     .failures = "FAILED FAULT TIMED_OUT STOPPED",
     .stop_operation = "StopBuildBatch",
     .stop_input = "id=out:buildBatch/id"},
    {.service = "databrew",
     .action = "startJobRun",
     .describe_operation = "DescribeJobRun",
     .describe_input = "Name=in:Name;RunId=out:RunId",
     .status = "State",
     .successes = "SUCCEEDED",
     .failures = "FAILED STOPPED TIMEOUT",
     .stop_operation = "StopJobRun",
     .stop_input = "Name=in:Name;RunId=out:RunId"},
    {.service = "ecs",
     .action = "runTask",
     .describe_operation = "DescribeTasks",
     .describe_input = "cluster=out:tasks/0/clusterArn;tasks[]=out:tasks/0/taskArn",
     .result = "tasks/0",
     .status = "tasks/0/lastStatus",
     .successes = "STOPPED",
     .failures = "DELETED",
     .stop_operation = "StopTask",
     .stop_input = "cluster=out:tasks/0/clusterArn;task=out:tasks/0/taskArn;"
                   "reason=text:The task in Step Functions was aborted",
     .check = JobCheck::EcsExitCodes},
    {.service = "eks",
     .action = "createCluster",
     .describe_operation = "DescribeCluster",
     .describe_input = "name=in:name",
     .status = "cluster/status",
     .successes = "ACTIVE",
     .failures = "FAILED"},
    {.service = "eks",
     .action = "deleteCluster",
     .describe_operation = "DescribeCluster",
     .describe_input = "name=in:name",
     .status = "cluster/status",
     .successes = "",
     .failures = "FAILED",
     .gone_error = "ResourceNotFoundException"},
    {.service = "eks",
     .action = "createFargateProfile",
     .describe_operation = "DescribeFargateProfile",
     .describe_input = "clusterName=in:clusterName;fargateProfileName=in:fargateProfileName",
     .status = "fargateProfile/status",
     .successes = "ACTIVE",
     .failures = "CREATE_FAILED"},
    {.service = "eks",
     .action = "deleteFargateProfile",
     .describe_operation = "DescribeFargateProfile",
     .describe_input = "clusterName=in:clusterName;fargateProfileName=in:fargateProfileName",
     .status = "fargateProfile/status",
     .successes = "",
     .failures = "DELETE_FAILED",
     .gone_error = "ResourceNotFoundException"},
    {.service = "eks",
     .action = "createNodegroup",
     .describe_operation = "DescribeNodegroup",
     .describe_input = "clusterName=in:clusterName;nodegroupName=in:nodegroupName",
     .status = "nodegroup/status",
     .successes = "ACTIVE",
     .failures = "CREATE_FAILED DEGRADED"},
    {.service = "eks",
     .action = "deleteNodegroup",
     .describe_operation = "DescribeNodegroup",
     .describe_input = "clusterName=in:clusterName;nodegroupName=in:nodegroupName",
     .status = "nodegroup/status",
     .successes = "",
     .failures = "DELETE_FAILED",
     .gone_error = "ResourceNotFoundException"},
    {.service = "elasticmapreduce",
     .action = "createCluster",
     .describe_operation = "DescribeCluster",
     .describe_input = "ClusterId=out:JobFlowId",
     .added = "ClusterId=out:JobFlowId",
     .status = "Cluster/Status/State",
     .successes = "WAITING TERMINATED",
     .failures = "TERMINATED_WITH_ERRORS",
     .stop_operation = "TerminateJobFlows",
     .stop_input = "JobFlowIds[]=out:JobFlowId"},
    {.service = "elasticmapreduce",
     .action = "addStep",
     .describe_operation = "DescribeStep",
     .describe_input = "ClusterId=in:JobFlowId;StepId=out:StepIds/0",
     .status = "Step/Status/State",
     .successes = "COMPLETED",
     .failures = "FAILED CANCELLED INTERRUPTED",
     .stop_operation = "CancelSteps",
     .stop_input = "ClusterId=in:JobFlowId;StepIds[]=out:StepIds/0"},
    {.service = "elasticmapreduce",
     .action = "terminateCluster",
     .describe_operation = "DescribeCluster",
     .describe_input = "ClusterId=in:JobFlowIds/0",
     .status = "Cluster/Status/State",
     .successes = "TERMINATED TERMINATED_WITH_ERRORS",
     .failures = ""},
    {.service = "emr-containers",
     .action = "startJobRun",
     .describe_operation = "DescribeJobRun",
     .describe_input = "id=out:id;virtualClusterId=in:virtualClusterId",
     .status = "jobRun/state",
     .successes = "COMPLETED",
     .failures = "FAILED CANCELLED",
     .stop_operation = "CancelJobRun",
     .stop_input = "id=out:id;virtualClusterId=in:virtualClusterId"},
    {.service = "emr-containers",
     .action = "deleteVirtualCluster",
     .describe_operation = "DescribeVirtualCluster",
     .describe_input = "id=in:id",
     .status = "virtualCluster/state",
     .successes = "TERMINATED",
     .failures = "ARRESTED",
     .gone_error = "ResourceNotFoundException"},
    {.service = "emr-serverless",
     .action = "createApplication",
     .describe_operation = "GetApplication",
     .describe_input = "applicationId=out:applicationId",
     .status = "application/state",
     .successes = "CREATED STARTING STARTED",
     .failures = "TERMINATED"},
    {.service = "emr-serverless",
     .action = "startApplication",
     .describe_operation = "GetApplication",
     .describe_input = "applicationId=in:applicationId",
     .status = "application/state",
     .successes = "STARTED",
     .failures = "STOPPING STOPPED TERMINATED"},
    {.service = "emr-serverless",
     .action = "stopApplication",
     .describe_operation = "GetApplication",
     .describe_input = "applicationId=in:applicationId",
     .status = "application/state",
     .successes = "STOPPED",
     .failures = "TERMINATED"},
    {.service = "emr-serverless",
     .action = "deleteApplication",
     .describe_operation = "GetApplication",
     .describe_input = "applicationId=in:applicationId",
     .status = "application/state",
     .successes = "TERMINATED",
     .failures = "",
     .gone_error = "ResourceNotFoundException"},
    {.service = "emr-serverless",
     .action = "startJobRun",
     .describe_operation = "GetJobRun",
     .describe_input = "applicationId=out:applicationId;jobRunId=out:jobRunId",
     .status = "jobRun/state",
     .successes = "SUCCESS",
     .failures = "FAILED CANCELLED",
     .stop_operation = "CancelJobRun",
     .stop_input = "applicationId=out:applicationId;jobRunId=out:jobRunId"},
    {.service = "emr-serverless",
     .action = "cancelJobRun",
     .describe_operation = "GetJobRun",
     .describe_input = "applicationId=in:applicationId;jobRunId=in:jobRunId",
     .status = "jobRun/state",
     .successes = "CANCELLED",
     .failures = "SUCCESS FAILED"},
    {.service = "glue",
     .action = "startJobRun",
     .describe_operation = "GetJobRun",
     .describe_input = "JobName=in:JobName;RunId=out:JobRunId",
     .result = "JobRun",
     .status = "JobRun/JobRunState",
     .successes = "SUCCEEDED",
     .failures = "FAILED TIMEOUT STOPPED ERROR EXPIRED",
     .stop_operation = "BatchStopJobRun",
     .stop_input = "JobName=in:JobName;JobRunIds[]=out:JobRunId"},
    {.service = "mediaconvert",
     .action = "createJob",
     .describe_operation = "GetJob",
     .describe_input = "Id=out:Job/Id",
     .status = "Job/Status",
     .successes = "COMPLETE",
     .failures = "ERROR CANCELED",
     .stop_operation = "CancelJob",
     .stop_input = "Id=out:Job/Id"},
    {.service = "sagemaker",
     .action = "createHyperParameterTuningJob",
     .describe_operation = "DescribeHyperParameterTuningJob",
     .describe_input = "HyperParameterTuningJobName=in:HyperParameterTuningJobName",
     .status = "HyperParameterTuningJobStatus",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopHyperParameterTuningJob",
     .stop_input = "HyperParameterTuningJobName=in:HyperParameterTuningJobName"},
    {.service = "sagemaker",
     .action = "createLabelingJob",
     .describe_operation = "DescribeLabelingJob",
     .describe_input = "LabelingJobName=in:LabelingJobName",
     .status = "LabelingJobStatus",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopLabelingJob",
     .stop_input = "LabelingJobName=in:LabelingJobName"},
    {.service = "sagemaker",
     .action = "createProcessingJob",
     .describe_operation = "DescribeProcessingJob",
     .describe_input = "ProcessingJobName=in:ProcessingJobName",
     .status = "ProcessingJobStatus",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopProcessingJob",
     .stop_input = "ProcessingJobName=in:ProcessingJobName"},
    {.service = "sagemaker",
     .action = "createTrainingJob",
     .describe_operation = "DescribeTrainingJob",
     .describe_input = "TrainingJobName=in:TrainingJobName",
     .status = "TrainingJobStatus",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopTrainingJob",
     .stop_input = "TrainingJobName=in:TrainingJobName"},
    {.service = "sagemaker",
     .action = "createTransformJob",
     .describe_operation = "DescribeTransformJob",
     .describe_input = "TransformJobName=in:TransformJobName",
     .status = "TransformJobStatus",
     .successes = "Completed",
     .failures = "Failed Stopped",
     .stop_operation = "StopTransformJob",
     .stop_input = "TransformJobName=in:TransformJobName"},
};

/// The text up to `separator`, which is taken away with it.
std::string_view take(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

}  // namespace

const JobKind* find_job_kind(std::string_view service, std::string_view action) {
  const auto* found = std::find_if(std::begin(kJobs), std::end(kJobs), [&](const JobKind& each) {
    return each.service == service && each.action == action;
  });
  return found == std::end(kJobs) ? nullptr : found;
}

std::span<const JobKind> job_kinds() { return kJobs; }

bool is_one_of(std::string_view text, std::string_view words) {
  while (!words.empty()) {
    if (take(words, ' ') == text) return true;
  }
  return false;
}

const Value* value_at(const Value& value, std::string_view path) {
  const Value* at = &value;
  while (!path.empty() && at != nullptr) {
    const std::string_view name = take(path, '/');
    if (!at->is_array()) {
      at = at->find(name);
      continue;
    }
    size_t index = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
    at = read.ec == std::errc() && index < at->size() ? &at->items()[index] : nullptr;
  }
  return at;
}

Value bind_members(std::string_view bindings, const Value& input, const Value& output) {
  ObjectBuilder object;
  while (!bindings.empty()) {
    std::string_view source = take(bindings, ';');
    std::string_view target = take(source, '=');
    const std::string_view from = take(source, ':');
    const bool is_list = target.ends_with("[]");
    if (is_list) target.remove_suffix(2);
    const Value text(source);
    const Value* value = from == "text" ? &text : value_at(from == "in" ? input : output, source);
    if (value == nullptr || value->is_null()) continue;
    object.set(target, is_list ? Value::array({*value}) : *value);
  }
  return std::move(object).build();
}

}  // namespace pawl::integration
