// SPDX-License-Identifier: Apache-2.0
// Tables first, by service; then how they are read.
#include "services/iam/request_access.h"

#include <algorithm>
#include <array>
#include <set>

#include "aws/arn.h"
#include "services/iam/members.h"

namespace pawl::iam {

using aws::Request;
using json::Value;

namespace {

struct Renamed {
  std::string_view service;    ///< IAM's prefix
  std::string_view operation;  ///< the API's name
  std::string_view action;     ///< IAM's
};

// Where they differ.
constexpr std::array kRenamed = {
    Renamed{"lambda", "Invoke", "InvokeFunction"},
    Renamed{"lambda", "InvokeWithResponseStream", "InvokeFunction"},
    Renamed{"sqs", "SendMessageBatch", "SendMessage"},
    Renamed{"sqs", "DeleteMessageBatch", "DeleteMessage"},
    Renamed{"sqs", "ChangeMessageVisibilityBatch", "ChangeMessageVisibility"},
    Renamed{"sns", "PublishBatch", "Publish"},
    Renamed{"dynamodb", "TransactGetItems", "GetItem"},
    Renamed{"s3", "HeadObject", "GetObject"},
    Renamed{"s3", "SelectObjectContent", "GetObject"},
    Renamed{"s3", "HeadBucket", "ListBucket"},
    Renamed{"s3", "ListObjects", "ListBucket"},
    Renamed{"s3", "ListObjectsV2", "ListBucket"},
    Renamed{"s3", "ListObjectVersions", "ListBucketVersions"},
    Renamed{"s3", "ListBuckets", "ListAllMyBuckets"},
    Renamed{"s3", "ListMultipartUploads", "ListBucketMultipartUploads"},
    Renamed{"s3", "ListParts", "ListMultipartUploadParts"},
    Renamed{"s3", "CreateMultipartUpload", "PutObject"},
    Renamed{"s3", "UploadPart", "PutObject"},
    Renamed{"s3", "UploadPartCopy", "PutObject"},
    Renamed{"s3", "CompleteMultipartUpload", "PutObject"},
    Renamed{"s3", "CopyObject", "PutObject"},
    Renamed{"s3", "GetBucketCors", "GetBucketCORS"},
    Renamed{"s3", "PutBucketCors", "PutBucketCORS"},
    Renamed{"s3", "DeleteBucketCors", "PutBucketCORS"},
    Renamed{"s3", "GetBucketLifecycle", "GetLifecycleConfiguration"},
    Renamed{"s3", "PutBucketLifecycle", "PutLifecycleConfiguration"},
    Renamed{"s3", "GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"},
    Renamed{"s3", "PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"},
    Renamed{"s3", "DeleteBucketLifecycle", "PutLifecycleConfiguration"},
    Renamed{"s3", "GetBucketEncryption", "GetEncryptionConfiguration"},
    Renamed{"s3", "PutBucketEncryption", "PutEncryptionConfiguration"},
    Renamed{"s3", "DeleteBucketEncryption", "PutEncryptionConfiguration"},
    Renamed{"s3", "GetBucketNotificationConfiguration", "GetBucketNotification"},
    Renamed{"s3", "PutBucketNotificationConfiguration", "PutBucketNotification"},
    Renamed{"s3", "GetBucketReplication", "GetReplicationConfiguration"},
    Renamed{"s3", "PutBucketReplication", "PutReplicationConfiguration"},
    Renamed{"s3", "DeleteBucketReplication", "PutReplicationConfiguration"},
    Renamed{"s3", "GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"},
    Renamed{"s3", "PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"},
    Renamed{"s3", "GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
    Renamed{"s3", "PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
    Renamed{"s3", "DeletePublicAccessBlock", "PutBucketPublicAccessBlock"},
    Renamed{"s3", "DeleteBucketTagging", "PutBucketTagging"},
    Renamed{"s3", "DeleteBucketOwnershipControls", "PutBucketOwnershipControls"},
    Renamed{"s3", "GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
    Renamed{"s3", "PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
};

struct Form {
  std::string_view service;
  std::string_view operation;  ///< "": any
  std::string_view member;
  std::string_view resource;  ///< behind the account; "{}" is the member's value
};

// A value that is an ARN stands for itself. The first line that fits counts.
constexpr std::array kForms = {
    Form{"sqs", "", "QueueUrl", "{}"},
    Form{"sqs", "", "QueueName", "{}"},
    Form{"sns", "CreateTopic", "Name", "{}"},
    Form{"sns", "", "TopicArn", ""},
    Form{"sns", "", "TargetArn", ""},
    Form{"dynamodb", "", "TableName", "table/{}"},
    Form{"dynamodb", "ListTables", "", "table/*"},
    Form{"lambda", "", "FunctionName", "function:{}"},
    Form{"lambda", "", "LayerName", "layer:{}"},
    Form{"lambda", "", "UUID", "event-source-mapping:{}"},
    Form{"states", "CreateStateMachine", "name", "stateMachine:{}"},
    Form{"states", "CreateActivity", "name", "activity:{}"},
    Form{"states", "ListStateMachines", "", "stateMachine:*"},
    Form{"states", "ListActivities", "", "activity:*"},
    Form{"states", "", "stateMachineArn", ""},
    Form{"states", "", "stateMachineAliasArn", ""},
    Form{"states", "", "executionArn", ""},
    Form{"states", "", "activityArn", ""},
    Form{"states", "", "mapRunArn", ""},
    Form{"logs", "", "logGroupName", "log-group:{}"},
    Form{"logs", "", "logGroupIdentifier", "log-group:{}"},
    Form{"events", "PutRule", "Name", "rule/{}"},
    Form{"events", "", "Rule", "rule/{}"},
    Form{"events", "", "EventBusName", "event-bus/{}"},
    Form{"events", "CreateEventBus", "Name", "event-bus/{}"},
    Form{"events", "DeleteEventBus", "Name", "event-bus/{}"},
    Form{"events", "DescribeEventBus", "Name", "event-bus/{}"},
    Form{"events", "CreateConnection", "Name", "connection/{}"},
    Form{"events", "CreateApiDestination", "Name", "api-destination/{}"},
    Form{"events", "", "Name", "rule/{}"},
    Form{"pipes", "", "Name", "pipe/{}"},
    Form{"secretsmanager", "", "SecretId", "secret:{}-??????"},
    Form{"secretsmanager", "CreateSecret", "Name", "secret:{}-??????"},
    Form{"ssm", "", "Name", "parameter/{}"},
    Form{"ssm", "GetParametersByPath", "Path", "parameter/{}"},
    Form{"kms", "", "KeyId", "key/{}"},
    Form{"iam", "AddUserToGroup", "GroupName", "group/{}"},
    Form{"iam", "RemoveUserFromGroup", "GroupName", "group/{}"},
    Form{"iam", "", "UserName", "user/{}"},
    Form{"iam", "", "GroupName", "group/{}"},
    Form{"iam", "", "RoleName", "role/{}"},
    Form{"iam", "", "InstanceProfileName", "instance-profile/{}"},
    Form{"iam", "CreatePolicy", "PolicyName", "policy/{}"},
    Form{"iam", "", "PolicyArn", ""},
    Form{"sts", "", "RoleArn", ""},
    Form{"ecr", "", "repositoryName", "repository/{}"},
    Form{"ecs", "", "taskDefinition", "task-definition/{}"},
    Form{"batch", "", "jobDefinition", "job-definition/{}"},
    Form{"batch", "", "jobQueue", "job-queue/{}"},
    Form{"datasync", "", "TaskArn", ""},
};

/// IAM's prefix of a service's actions.
std::string prefix_of(const aws::ServiceModel& model) {
  const std::string& name = model.metadata().signing_name;
  return name == "monitoring" ? "cloudwatch" : name;
}

std::string arn_of(const Request& request, std::string_view service, std::string_view resource) {
  std::string arn = "arn:" + std::string(aws::partition_of(request.region)) + ":";
  arn.append(service).append(":");
  if (service != "iam" && service != "s3") arn.append(request.region);
  arn.append(":").append(service == "s3" ? std::string_view() : request.account_id()).append(":");
  return arn.append(resource);
}

std::string filled(std::string_view form, std::string_view value) {
  const size_t at = form.find("{}");
  if (at == std::string_view::npos) return std::string(form);
  return std::string(form.substr(0, at)) + std::string(value) + std::string(form.substr(at + 2));
}

/// A member's value as a resource, whatever form the service lets it have.
std::string resource_of(const Request& request, std::string_view service, const Form& form,
                        std::string value) {
  if (value.starts_with("arn:")) return value;
  if (form.resource.empty()) return value.empty() ? "*" : value;
  if (form.member == "QueueUrl") {
    // https://host/account/name
    const size_t slash = value.rfind('/');
    const std::string name = value.substr(slash + 1);
    const std::string before = slash == std::string::npos ? "" : value.substr(0, slash);
    std::string arn = arn_of(request, service, name);
    const std::string account = before.substr(before.rfind('/') + 1);
    if (account.size() == 12 && account != request.account_id())
      arn.replace(arn.find(request.account_id()), 12, account);
    return arn;
  }
  if (service == "ssm" && value.starts_with('/')) value.erase(0, 1);
  if (service == "kms" && value.starts_with("alias/")) return arn_of(request, service, value);
  if (service == "lambda" && form.member == "FunctionName") {
    // "name", "name:alias", "123456789012:function:name"
    const size_t function = value.find("function:");
    if (function != std::string::npos) value.erase(0, function + 9);
  }
  return arn_of(request, service, filled(form.resource, value));
}

std::string found_resource(const Request& request, const std::string& service) {
  for (const Form& form : kForms) {
    if (form.service != service ||
        (!form.operation.empty() && form.operation != request.operation->name))
      continue;
    if (form.member.empty()) return resource_of(request, service, form, " ");
    if (const auto value = find_text(request.input, form.member))
      return resource_of(request, service, form, *value);
  }
  for (const json::Member& each : request.input.members()) {
    const std::string name = lower_case(each.name());
    if (name.ends_with("arn") && !name.ends_with("rolearn") && each.value.is_string() &&
        each.value.as_string().starts_with("arn:"))
      return std::string(each.value.as_string());
  }
  return "*";
}

std::string_view action_name(std::string_view service, std::string_view operation) {
  for (const Renamed& each : kRenamed) {
    if (each.service == service && each.operation == operation) return each.action;
  }
  return operation;
}

/// The bucket, or the object in it; a copy also reads its source.
std::vector<Access> s3_access(const Request& request) {
  const Value& input = request.input;
  const std::string& operation = request.operation->name;
  std::string action = "s3:" + std::string(action_name("s3", operation));
  const std::string bucket = text_member(input, "Bucket");
  if (bucket.empty()) return {{action, "*"}};
  const std::string bucket_arn = bucket.starts_with("arn:") ? bucket : "arn:aws:s3:::" + bucket;
  std::vector<Access> needed;
  if (operation == "DeleteObjects") {
    if (const Value* deleted = input.find("Delete")) {
      for (const Value& each : items_member(*deleted, "Objects")) {
        needed.push_back(
            {find_text(each, "VersionId") ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
             bucket_arn + "/" + text_member(each, "Key")});
      }
    }
    return needed;
  }
  const auto key = find_text(input, "Key");
  if (!key) return {{action, bucket_arn}};
  const bool has_versions = operation == "GetObject" || operation == "HeadObject" ||
                            operation == "DeleteObject" || operation == "GetObjectTagging" ||
                            operation == "PutObjectTagging" || operation == "DeleteObjectTagging" ||
                            operation == "GetObjectAcl";
  if (has_versions && find_text(input, "VersionId")) {
    const size_t object = action.find("Object") + 6;
    action.insert(object, "Version");
  }
  needed.push_back({action, bucket_arn + "/" + *key});
  if (const auto source = find_text(input, "CopySource")) {
    std::string path = source->starts_with('/') ? source->substr(1) : *source;
    path = path.substr(0, path.find('?'));
    needed.push_back({"s3:GetObject", path.starts_with("arn:") ? path : "arn:aws:s3:::" + path});
  }
  return needed;
}

/// Names of tables that an operation on many of them is about, with its action on each.
std::vector<Access> dynamodb_access(const Request& request) {
  const Value& input = request.input;
  const std::string& operation = request.operation->name;
  std::vector<Access> needed;
  const auto add = [&](const std::string& action, const std::string& table) {
    needed.push_back({"dynamodb:" + action, table.starts_with("arn:")
                                                ? table
                                                : arn_of(request, "dynamodb", "table/" + table)});
  };
  if (operation == "BatchGetItem" || operation == "BatchWriteItem") {
    if (const Value* tables = input.find("RequestItems")) {
      for (const json::Member& each : tables->members()) add(operation, std::string(each.name()));
    }
  } else if (operation == "TransactWriteItems" || operation == "TransactGetItems") {
    for (const Value& item : items_member(input, "TransactItems")) {
      for (const json::Member& each : item.members()) {
        const std::string name(each.name());
        const std::string action = name == "ConditionCheck" ? "ConditionCheckItem" : name + "Item";
        add(action, text_member(each.value, "TableName"));
      }
    }
  } else if (const auto index = find_text(input, "IndexName")) {
    add(operation, text_member(input, "TableName") + "/index/" + *index);
  }
  return needed;
}

/// Verbs on paths (API Gateway Developer Guide, "How Amazon API Gateway works with IAM").
Access gateway_access(const Request& request) {
  const std::string arn = "arn:" + std::string(aws::partition_of(request.region)) +
                          ":apigateway:" + request.region + "::";
  std::string path = request.operation->uri.text();
  for (const json::Member& each : request.input.members()) {
    if (!each.value.is_string()) continue;
    const std::string hole = "{" + std::string(each.name()) + "}";
    const size_t at = path.find(hole);
    if (at != std::string::npos) path.replace(at, hole.size(), each.value.as_string());
  }
  return {"apigateway:" + request.operation->http_method, arn + path};
}

std::vector<Access> batch_access(const Request& request) {
  std::vector<Access> needed;
  for (const Form& form : kForms) {
    const auto value = find_text(request.input, form.member);
    if (form.service != "batch" || !value) continue;
    needed.push_back({"batch:SubmitJob", resource_of(request, "batch", form, *value)});
  }
  return needed;
}

/// Entries go to buses, each to its own.
std::vector<Access> event_access(const Request& request) {
  std::set<std::string> buses;
  for (const Value& entry : items_member(request.input, "Entries")) {
    const std::string bus = find_text(entry, "EventBusName").value_or("default");
    buses.insert(bus.starts_with("arn:") ? bus : arn_of(request, "events", "event-bus/" + bus));
  }
  std::vector<Access> needed;
  for (const std::string& bus : buses) needed.push_back({"events:PutEvents", bus});
  return needed;
}

/// IAM User Guide, "Grant a user permissions to pass a role to an AWS service": whoever makes or
/// changes something that will work under a role.
void add_passed_roles(const Request& request, const std::string& service,
                      std::vector<Access>& needed) {
  const std::string& operation = request.operation->name;
  const bool hands_over = operation.starts_with("Create") || operation.starts_with("Update") ||
                          operation.starts_with("Put") || operation.starts_with("Register");
  if (!hands_over || service == "iam") return;
  std::set<std::string> roles;
  const auto add = [&roles](const Value& input) {
    for (const char* member :
         {"roleArn", "RoleArn", "Role", "taskRoleArn", "executionRoleArn", "serviceRole"}) {
      const std::string role = text_member(input, member);
      if (role.starts_with("arn:") && role.find(":role/") != std::string::npos) roles.insert(role);
    }
  };
  add(request.input);
  if (const Value* target = request.input.find("Target"); target != nullptr) add(*target);
  for (const Value& target : items_member(request.input, "Targets")) add(target);
  for (const std::string& role : roles)
    needed.push_back({"iam:PassRole", role, service + ".amazonaws.com"});
}

}  // namespace

std::vector<Access> needed_access(const Request& request) {
  const std::string service = prefix_of(*request.operation->service);
  const std::string& operation = request.operation->name;
  std::vector<Access> needed;
  if (service == "s3") needed = s3_access(request);
  if (service == "dynamodb") needed = dynamodb_access(request);
  if (service == "apigateway") needed = {gateway_access(request)};
  if (service == "batch" && operation == "SubmitJob") needed = batch_access(request);
  if (service == "events" && operation == "PutEvents") needed = event_access(request);
  if (needed.empty()) {
    needed.push_back({service + ":" + std::string(action_name(service, operation)),
                      found_resource(request, service)});
  }
  add_passed_roles(request, service, needed);
  return needed;
}

}  // namespace pawl::iam
