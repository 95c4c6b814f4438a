// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/types/resource_reading.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "json/members.h"
#include "json/parse.h"
#include "services/cloudformation/types/handler_steps.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;
using Answer = ApiResult<Value>;
/// A property and the answer's member that has it.
using Names = std::initializer_list<std::pair<std::string_view, std::string_view>>;

Value with(std::string_view name, Value value) { return Value::object({{name, std::move(value)}}); }

/// Null where the answer says nothing, or nothing but "".
void copy(const Value& answer, Names names, ObjectBuilder& out) {
  for (const auto& [property, member] : names) {
    const Value* const found = answer.find(member);
    const bool is_set = found != nullptr && !(found->is_string() && found->as_string().empty());
    out.set(property, is_set ? *found : Value());
  }
}

/// JSON in a text, as the template has it.
void copy_document(const Value& answer, std::string_view property, std::string_view member,
                   ObjectBuilder& out) {
  const auto document = json::parse(json::text_member(answer, member));
  out.set(property, document ? *document : Value());
}

/// A list of keys and values, or a map; CloudFormation's own left out, and what only the stack
/// has, not the resource's template.
Value own_tags(const ResourceRequest& request, const Value* tags, bool as_map = false) {
  const Tags declared = read_tags(request.properties.find("Tags"));
  Tags own = read_tags(tags);
  std::erase_if(own, [&](const auto& tag) {
    if (tag.first.starts_with("aws:")) return true;
    for (const auto& [key, value] : request.stack_tags) {
      if (key == tag.first && value == tag.second && !declared.contains(key)) return true;
    }
    return false;
  });
  if (own.empty()) return Value();
  return as_map ? tag_map(own) : tag_list(own);
}

Answer read_queue(StackCalls& calls, const ResourceRequest& request) {
  const Value url = with("QueueUrl", Value(request.physical_id));
  const Value answer = PAWL_TRY(calls.call(
      "sqs", "GetQueueAttributes", url.with_member("AttributeNames", json::texts_value({"All"}))));
  const Value tags = PAWL_TRY(calls.call("sqs", "ListQueueTags", url));
  const Value attributes = json::object_member(answer, "Attributes");
  ObjectBuilder out;
  out.set("QueueName", Value(request.physical_id.substr(request.physical_id.rfind('/') + 1)));
  copy(attributes,
       {{"ContentBasedDeduplication", "ContentBasedDeduplication"},
        {"DeduplicationScope", "DeduplicationScope"},
        {"DelaySeconds", "DelaySeconds"},
        {"FifoQueue", "FifoQueue"},
        {"FifoThroughputLimit", "FifoThroughputLimit"},
        {"KmsDataKeyReusePeriodSeconds", "KmsDataKeyReusePeriodSeconds"},
        {"KmsMasterKeyId", "KmsMasterKeyId"},
        {"MaximumMessageSize", "MaximumMessageSize"},
        {"MessageRetentionPeriod", "MessageRetentionPeriod"},
        {"ReceiveMessageWaitTimeSeconds", "ReceiveMessageWaitTimeSeconds"},
        {"SqsManagedSseEnabled", "SqsManagedSseEnabled"},
        {"VisibilityTimeout", "VisibilityTimeout"}},
       out);
  copy_document(attributes, "RedrivePolicy", "RedrivePolicy", out);
  copy_document(attributes, "RedriveAllowPolicy", "RedriveAllowPolicy", out);
  out.set("Tags", own_tags(request, tags.find("Tags")));
  return std::move(out).build();
}

Answer read_topic(StackCalls& calls, const ResourceRequest& request) {
  const std::string& arn = request.physical_id;
  const Value answer =
      PAWL_TRY(calls.call("sns", "GetTopicAttributes", with("TopicArn", Value(arn))));
  const Value tags =
      PAWL_TRY(calls.call("sns", "ListTagsForResource", with("ResourceArn", Value(arn))));
  ObjectBuilder out;
  out.set("TopicName", Value(arn.substr(arn.rfind(':') + 1)));
  copy(json::object_member(answer, "Attributes"),
       {{"DisplayName", "DisplayName"},
        {"KmsMasterKeyId", "KmsMasterKeyId"},
        {"FifoTopic", "FifoTopic"},
        {"ContentBasedDeduplication", "ContentBasedDeduplication"},
        {"SignatureVersion", "SignatureVersion"},
        {"TracingConfig", "TracingConfig"}},
       out);
  out.set("Tags", own_tags(request, tags.find("Tags")));
  return std::move(out).build();
}

/// Null if a bucket has none of what is asked for.
Answer of_bucket(StackCalls& calls, const Value& bucket, std::string_view operation) {
  auto answer = calls.call("s3", operation, bucket);
  if (answer) return answer;
  const std::string& code = answer.error().code;
  if (code.starts_with("NoSuch") && code != "NoSuchBucket") return Value();
  return answer;
}

Answer read_bucket(StackCalls& calls, const ResourceRequest& request) {
  const Value bucket = with("Bucket", Value(request.physical_id));
  const Value versioning = PAWL_TRY(calls.call("s3", "GetBucketVersioning", bucket));
  const Value tags = PAWL_TRY(of_bucket(calls, bucket, "GetBucketTagging"));
  const Value access = PAWL_TRY(of_bucket(calls, bucket, "GetPublicAccessBlock"));
  ObjectBuilder out;
  out.set("BucketName", Value(request.physical_id));
  const std::string status = json::text_member(versioning, "Status");
  out.set("VersioningConfiguration", status.empty() ? Value() : with("Status", Value(status)));
  const Value block = json::object_member(access, "PublicAccessBlockConfiguration");
  out.set("PublicAccessBlockConfiguration", block.size() == 0 ? Value() : block);
  out.set("Tags", own_tags(request, tags.find("TagSet")));
  return std::move(out).build();
}

Answer read_table(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(
      calls.call("dynamodb", "DescribeTable", with("TableName", Value(request.physical_id))));
  const Value table = json::object_member(answer, "Table");
  const Value arn = with("ResourceArn", Value(json::text_member(table, "TableArn")));
  const Value tags = PAWL_TRY(calls.call("dynamodb", "ListTagsOfResource", arn));
  ObjectBuilder out;
  copy(table,
       {{"TableName", "TableName"},
        {"AttributeDefinitions", "AttributeDefinitions"},
        {"KeySchema", "KeySchema"},
        {"DeletionProtectionEnabled", "DeletionProtectionEnabled"}},
       out);
  const std::string mode =
      json::text_member(json::object_member(table, "BillingModeSummary"), "BillingMode");
  out.set("BillingMode", Value(mode.empty() ? "PROVISIONED" : mode));
  ObjectBuilder throughput;
  copy(json::object_member(table, "ProvisionedThroughput"),
       {{"ReadCapacityUnits", "ReadCapacityUnits"}, {"WriteCapacityUnits", "WriteCapacityUnits"}},
       throughput);
  out.set("ProvisionedThroughput", std::move(throughput).build());
  const std::string view =
      json::text_member(json::object_member(table, "StreamSpecification"), "StreamViewType");
  out.set("StreamSpecification", view.empty() ? Value() : with("StreamViewType", Value(view)));
  out.set("Tags", own_tags(request, tags.find("Tags")));
  return std::move(out).build();
}

Answer read_function(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(
      calls.call("lambda", "GetFunction", with("FunctionName", Value(request.physical_id))));
  const Value configuration = json::object_member(answer, "Configuration");
  ObjectBuilder out;
  copy(configuration,
       {{"FunctionName", "FunctionName"},
        {"Architectures", "Architectures"},
        {"Description", "Description"},
        {"Handler", "Handler"},
        {"KmsKeyArn", "KMSKeyArn"},
        {"MemorySize", "MemorySize"},
        {"PackageType", "PackageType"},
        {"Role", "Role"},
        {"Runtime", "Runtime"},
        {"Timeout", "Timeout"},
        {"EphemeralStorage", "EphemeralStorage"},
        {"TracingConfig", "TracingConfig"}},
       out);
  const Value variables =
      json::object_member(json::object_member(configuration, "Environment"), "Variables");
  out.set("Environment", variables.size() == 0 ? Value() : with("Variables", variables));
  std::vector<Value> layers;
  for (const Value& layer : json::items_member(configuration, "Layers")) {
    layers.emplace_back(json::text_member(layer, "Arn"));
  }
  out.set("Layers", layers.empty() ? Value() : Value::array(std::move(layers)));
  out.set("Tags", own_tags(request, answer.find("Tags")));
  return std::move(out).build();
}

Answer read_machine(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(calls.call("stepfunctions", "DescribeStateMachine",
                                           with("stateMachineArn", Value(request.physical_id))));
  const Value tags = PAWL_TRY(calls.call("stepfunctions", "ListTagsForResource",
                                         with("resourceArn", Value(request.physical_id))));
  ObjectBuilder out;
  copy(answer, {{"StateMachineName", "name"}, {"StateMachineType", "type"}, {"RoleArn", "roleArn"}},
       out);
  out.set("Tags", own_tags(request, tags.find("tags")));
  return std::move(out).build();
}

Answer read_role(StackCalls& calls, const ResourceRequest& request) {
  const Value name = with("RoleName", Value(request.physical_id));
  const Value answer = PAWL_TRY(calls.call("iam", "GetRole", name));
  const Value attached = PAWL_TRY(calls.call("iam", "ListAttachedRolePolicies", name));
  const Value role = json::object_member(answer, "Role");
  ObjectBuilder out;
  copy(role,
       {{"RoleName", "RoleName"},
        {"Path", "Path"},
        {"Description", "Description"},
        {"MaxSessionDuration", "MaxSessionDuration"}},
       out);
  std::vector<Value> policies;
  for (const Value& each : json::items_member(attached, "AttachedPolicies")) {
    policies.emplace_back(json::text_member(each, "PolicyArn"));
  }
  out.set("ManagedPolicyArns", policies.empty() ? Value() : Value::array(std::move(policies)));
  out.set("Tags", own_tags(request, role.find("Tags")));
  return std::move(out).build();
}

Answer read_log_group(StackCalls& calls, const ResourceRequest& request) {
  const Value answer = PAWL_TRY(calls.call("logs", "DescribeLogGroups",
                                           with("logGroupNamePrefix", Value(request.physical_id))));
  for (const Value& group : json::items_member(answer, "logGroups")) {
    if (json::text_member(group, "logGroupName") != request.physical_id) continue;
    ObjectBuilder out;
    copy(group,
         {{"LogGroupName", "logGroupName"},
          {"RetentionInDays", "retentionInDays"},
          {"KmsKeyId", "kmsKeyId"}},
         out);
    return std::move(out).build();
  }
  return aws::ApiError("ResourceNotFoundException", "The specified log group does not exist.");
}

Answer read_parameter(StackCalls& calls, const ResourceRequest& request) {
  const Value answer =
      PAWL_TRY(calls.call("ssm", "GetParameter", with("Name", Value(request.physical_id))));
  ObjectBuilder out;
  copy(json::object_member(answer, "Parameter"),
       {{"Name", "Name"}, {"Type", "Type"}, {"Value", "Value"}, {"DataType", "DataType"}}, out);
  return std::move(out).build();
}

struct Row {
  std::string_view type;
  ResourceReader reader;
};

constexpr Row kReaders[] = {
    {"AWS::DynamoDB::Table", read_table},
    {"AWS::IAM::Role", read_role},
    {"AWS::Lambda::Function", read_function},
    {"AWS::Logs::LogGroup", read_log_group},
    {"AWS::S3::Bucket", read_bucket},
    {"AWS::SNS::Topic", read_topic},
    {"AWS::SQS::Queue", read_queue},
    {"AWS::SSM::Parameter", read_parameter},
    {"AWS::StepFunctions::StateMachine", read_machine},
};

}  // namespace

ResourceReader find_reader(std::string_view type) {
  for (const Row& row : kReaders) {
    if (row.type == type) return row.reader;
  }
  return nullptr;
}

bool is_gone(const aws::ApiError& error) {
  return is_absent(error) || error.code.find("NonExistent") != std::string::npos;
}

}  // namespace pawl::cloudformation
