// SPDX-License-Identifier: Apache-2.0
// AWS::S3::Bucket, BucketPolicy.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_S3.html
#include <algorithm>

#include "json/members.h"
#include "services/cloudformation/types/handler_errors.h"
#include "services/cloudformation/types/policy_text.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/s3_configurations.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kBucket = "AWS::S3::Bucket";
constexpr std::string_view kFirstRegion = "us-east-1";
constexpr size_t kNameLengthMax = 63;

ApiResult<Value> call(StackCalls& calls, std::string_view operation, Value input) {
  return calls.call("s3", operation, std::move(input));
}

Value named(const std::string& bucket) { return Value::object({{"Bucket", Value(bucket)}}); }

ApiResult<void> check(const ResourceRequest& request) {
  return refuse_properties(kBucket, request.properties,
                           {"AbacStatus", "BucketNamePrefix", "BucketNamespace",
                            "MetadataConfiguration", "MetadataTableConfiguration"});
}

std::string bucket_name(const ResourceRequest& request) {
  std::string given = json::text_member(request.properties, "BucketName");
  if (!given.empty()) return given;
  std::string name = request.generated_name(kNameLengthMax);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

/// The older regions have a hyphen before their name in the host of a website.
std::string website_host(const formation::Environment& environment) {
  constexpr std::string_view kHyphen[] = {"us-east-1",      "us-west-1",      "us-west-2",
                                          "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
                                          "eu-west-1",      "sa-east-1",      "us-gov-west-1"};
  const bool is_old =
      std::find(std::begin(kHyphen), std::end(kHyphen), environment.region) != std::end(kHyphen);
  return "s3-website" + std::string(is_old ? "-" : ".") + environment.region + "." +
         environment.url_suffix;
}

Progress made(const ResourceRequest& request, const std::string& name) {
  const formation::Environment& environment = request.environment;
  const std::string& suffix = environment.url_suffix;
  return Progress::done(
      name, Value::object(
                {{"Arn", Value("arn:" + environment.partition + ":s3:::" + name)},
                 {"DomainName", Value(name + ".s3." + suffix)},
                 {"DualStackDomainName",
                  Value(name + ".s3.dualstack." + environment.region + "." + suffix)},
                 {"RegionalDomainName", Value(name + ".s3." + environment.region + "." + suffix)},
                 {"WebsiteURL", Value("http://" + name + "." + website_host(environment))}}));
}

Value create_input(const ResourceRequest& request, const std::string& name) {
  Value input = named(name);
  if (request.environment.region != kFirstRegion) {
    input = input.with_member(
        "CreateBucketConfiguration",
        Value::object({{"LocationConstraint", Value(request.environment.region)}}));
  }
  if (json::flag_member(request.properties, "ObjectLockEnabled"))
    input = input.with_member("ObjectLockEnabledForBucket", Value(true));
  const Value controls = json::object_member(request.properties, "OwnershipControls");
  const auto rules = json::items_member(controls, "Rules");
  if (!rules.empty()) {
    input = input.with_member("ObjectOwnership",
                              Value(json::text_member(rules.front(), "ObjectOwnership")));
  }
  const std::string acl = s3::canned_acl(request.properties);
  return acl.empty() ? input : input.with_member("ACL", Value(acl));
}

ApiResult<void> update_tags(StackCalls& calls, const ResourceRequest& request) {
  const Tags wanted = desired_tags(kBucket, request);
  const Value present = PAWL_TRY(
      unless(call(calls, "GetBucketTagging", named(request.physical_id)), {"NoSuchTagSet"}));
  if (read_tags(present.find("TagSet")) == wanted) return {};
  if (wanted.empty()) {
    PAWL_TRY_VOID(call(calls, "DeleteBucketTagging", named(request.physical_id)));
    return {};
  }
  PAWL_TRY_VOID(call(calls, "PutBucketTagging",
                     named(request.physical_id)
                         .with_member("Tagging", Value::object({{"TagSet", tag_list(wanted)}}))));
  return {};
}

// In two steps, so that a bucket whose configuration fails is known, and removed.
ApiResult<Progress> create_bucket(StackCalls& calls, const ResourceRequest& request) {
  if (request.physical_id.empty()) {
    PAWL_TRY_VOID(check(request));
    const std::string name = bucket_name(request);
    // In us-east-1 S3 answers for one's own bucket as for a new one.
    if (!request.is_repeated && call(calls, "HeadBucket", named(name)))
      return already_exists(kBucket, name);
    auto created = call(calls, "CreateBucket", create_input(request, name));
    const bool is_own = request.is_repeated && failed_with(created, {"BucketAlreadyOwnedByYou"});
    if (!is_own) PAWL_TRY_VOID(std::move(created));
    return Progress::again(0, name);
  }
  PAWL_TRY_VOID(s3::update_configurations(calls, request, true));
  PAWL_TRY_VOID(update_tags(calls, request));
  return made(request, request.physical_id);
}

ApiResult<Progress> update_bucket(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(check(request));
  PAWL_TRY_VOID(s3::update_configurations(calls, request, false));
  PAWL_TRY_VOID(update_tags(calls, request));
  return made(request, request.physical_id);
}

ApiResult<Progress> remove_bucket(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless(call(calls, "DeleteBucket", named(request.physical_id)), {"NoSuchBucket"}));
  return Progress::done(request.physical_id);
}

ApiResult<Progress> put_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string bucket = json::text_member(request.properties, "Bucket");
  const Value* document = json::member_of(request.properties, "PolicyDocument");
  const std::string policy = document == nullptr ? "" : policy_text(request.environment, *document);
  PAWL_TRY_VOID(call(calls, "PutBucketPolicy", named(bucket).with_member("Policy", Value(policy))));
  return Progress::done(bucket);
}

ApiResult<Progress> create_policy(StackCalls& calls, const ResourceRequest& request) {
  const std::string bucket = json::text_member(request.properties, "Bucket");
  if (!request.is_repeated && call(calls, "GetBucketPolicy", named(bucket))) {
    return aws::ApiError("AlreadyExists",
                         "The bucket policy already exists on bucket " + bucket + ".");
  }
  return put_policy(calls, request);
}

ApiResult<Progress> remove_policy(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(unless(call(calls, "DeleteBucketPolicy", named(request.physical_id)),
                       {"NoSuchBucket", "NoSuchBucketPolicy"}));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> s3_types() {
  static constexpr ResourceType kTypes[] = {
      {kBucket, create_bucket, update_bucket, remove_bucket},
      {"AWS::S3::BucketPolicy", create_policy, put_policy, remove_policy},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
