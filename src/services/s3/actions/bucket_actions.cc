// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/bucket_actions.h"

#include <algorithm>

#include "base/bytes.h"
#include "json/write.h"
#include "services/s3/acl.h"
#include "services/s3/actions/action_binding.h"
#include "services/s3/bucket_name.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/request_context.h"
#include "services/s3/tags.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kFirstRegion = "us-east-1";
constexpr int64_t kPageBuckets = 10'000;

/// API CreateBucket: the region of a new bucket; us-east-1 has no constraint of its own.
ApiResult<std::string> region_of(const Request& request, const std::string& constraint,
                                 bool has_tags) {
  const auto illegal = [](const std::string& name) {
    return error("IllegalLocationConstraintException",
                 "The " + name +
                     " location constraint is incompatible for the region specific endpoint this "
                     "request was sent to.",
                 400);
  };
  if (constraint.empty()) {
    if (request.region == kFirstRegion) return request.region;
    return illegal("unspecified");
  }
  const std::string region = constraint == "EU" ? "eu-west-1" : constraint;
  if (request.region != kFirstRegion) {
    if (region == request.region) return region;
    return illegal(constraint);
  }
  // NOTE: recorded: with tags us-east-1 is taken.
  if (region == kFirstRegion && has_tags) return region;
  if (region == kFirstRegion || !is_region(region)) {
    return error("InvalidLocationConstraint", "The specified location-constraint is not valid", 400,
                 {{"LocationConstraint", constraint}});
  }
  return region;
}

ApiResult<void> check_ownership(const Input& input) {
  if (!input.has("ObjectOwnership")) return {};
  const std::string ownership = input.text("ObjectOwnership");
  if (ownership == "BucketOwnerEnforced" || ownership == "BucketOwnerPreferred" ||
      ownership == "ObjectWriter") {
    return {};
  }
  return invalid_argument("Invalid x-amz-object-ownership header: " + ownership,
                          "x-amz-object-ownership");
}

std::string one_rule(std::string_view member, std::string_view value) {
  ObjectBuilder rule;
  rule.set(member, Value(value));
  ObjectBuilder rules;
  rules.set("Rules", Value::array({std::move(rule).build()}));
  return json::write(std::move(rules).build());
}

std::string blocked_public_access() {
  ObjectBuilder block;
  for (const std::string_view name :
       {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    block.set(name, Value(true));
  }
  return json::write(std::move(block).build());
}

Value created_answer(const Bucket& bucket) {
  ObjectBuilder out;
  out.set("Location",
          Value(bucket.region == kFirstRegion ? "/" + bucket.name
                                              : "http://" + bucket.name + ".s3.amazonaws.com/"))
      .set("BucketArn", Value("arn:aws:s3:::" + bucket.name));
  return std::move(out).build();
}

}  // namespace

void BucketActions::bind(aws::ActionTable& table) {
  ActionBinding on(table, *this, storage_.loop());
  on.write("CreateBucket", &BucketActions::create_bucket);
  on.write("DeleteBucket", &BucketActions::delete_bucket);
  on.read("HeadBucket", &BucketActions::head_bucket);
  on.read("ListBuckets", &BucketActions::list_buckets);
  on.read("GetBucketLocation", &BucketActions::get_bucket_location);
  on.read("GetBucketVersioning", &BucketActions::get_bucket_versioning);
  on.write("PutBucketVersioning", &BucketActions::put_bucket_versioning);
}

ActionResult BucketActions::create_bucket(const Request& request) {
  const Input input(request.input);
  Bucket bucket;
  bucket.name = input.text("Bucket");
  bucket.account = request.account_id();
  bucket.created = storage_.now();
  bucket.object_lock = input.is_true("ObjectLockEnabledForBucket");
  if (bucket.object_lock) bucket.versioning = Versioning::Enabled;
  if (!is_bucket_name(bucket.name)) {
    return error("InvalidBucketName", "The specified bucket is not valid.", 400,
                 {{"BucketName", bucket.name}});
  }
  const Value* given = input.find("CreateBucketConfiguration");
  const Value none = Value::object();
  const Input configuration(given == nullptr ? none : *given);
  const Pairs tags = PAWL_TRY(read_tags(configuration.items("Tags"), TagOwner::NewBucket));
  const std::string constraint = configuration.text("LocationConstraint");
  bucket.region = PAWL_TRY(region_of(request, constraint, !tags.empty()));
  if (bucket.region != kFirstRegion) bucket.location = constraint;
  PAWL_TRY_VOID(check_ownership(input));
  const Value acl = PAWL_TRY(read_acl(request.input, bucket.account, false));
  const std::string ownership =
      input.has("ObjectOwnership") ? input.text("ObjectOwnership") : "BucketOwnerEnforced";
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    const MetadataStore& metadata = storage_.metadata();
    if (const auto old = PAWL_TRY(metadata.find_bucket(bucket.name))) {
      if (old->account != bucket.account) {
        return error(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by "
            "all users of the system. Please select a different name and try again.",
            409, {{"BucketName", bucket.name}});
      }
      // API CreateBucket: in us-east-1 the same request again is a success.
      if (old->region == kFirstRegion && bucket.region == kFirstRegion && tags.empty()) return {};
      return error("BucketAlreadyOwnedByYou",
                   "Your previous request to create the named bucket succeeded and you already own "
                   "it.",
                   409, {{"BucketName", bucket.name}});
    }
    metadata.put(batch, bucket);
    const auto configure = [&](std::string_view kind, const std::string& text) {
      metadata.put_configuration(batch, bucket.name, kind, "", text);
    };
    configure("ownership-controls", one_rule("ObjectOwnership", ownership));
    configure("public-access-block", blocked_public_access());
    if (!acl.is_null()) configure("acl", json::write(acl));
    if (!tags.empty()) {
      ObjectBuilder tagging;
      tagging.set("TagSet", tag_list(tags));
      configure("tagging", json::write(std::move(tagging).build()));
    }
    if (bucket.object_lock) configure("object-lock", R"({"ObjectLockEnabled":"Enabled"})");
    return {};
  }));
  return created_answer(bucket);
}

ActionResult BucketActions::delete_bucket(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  std::vector<Content> dropped;
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    const MetadataStore& metadata = storage_.metadata();
    auto versions = metadata.versions(bucket.name, "");
    if (PAWL_TRY(versions.next())) {
      return error("BucketNotEmpty",
                   bucket.versioning == Versioning::Never
                       ? "The bucket you tried to delete is not empty"
                       : "The bucket you tried to delete is not empty. You must delete all "
                         "versions in the bucket.",
                   409, {{"BucketName", bucket.name}});
    }
    auto uploads = metadata.uploads(bucket.name, "");
    while (const auto upload = PAWL_TRY(uploads.next())) {
      for (const Part& part : PAWL_TRY(metadata.parts(*upload, 0, SIZE_MAX))) {
        storage_.drop(batch, part.content, dropped);
      }
      metadata.erase_parts(batch, *upload);
    }
    metadata.erase_bucket(batch, bucket.name);
    return {};
  }));
  storage_.discard_after_sync(std::move(dropped));
  return Value::object();
}

ActionResult BucketActions::head_bucket(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Read));
  ObjectBuilder out;
  out.set("BucketRegion", Value(bucket.region))
      .set("BucketArn", Value("arn:aws:s3:::" + bucket.name))
      .set("AccessPointAlias", Value(false));
  return std::move(out).build();
}

ActionResult BucketActions::list_buckets(const Request& request) {
  const Input input(request.input);
  const std::string region = input.text("BucketRegion");
  if (!region.empty() && !is_region(region)) {
    return invalid_argument("Argument value " + region + " is not a valid AWS Region",
                            "bucket-region");
  }
  const std::string prefix = input.text("Prefix");
  const auto count_max = static_cast<size_t>(
      std::clamp<int64_t>(input.integer("MaxBuckets").value_or(kPageBuckets), 1, kPageBuckets));
  std::string after;
  if (input.has("ContinuationToken")) {
    const auto decoded = base::base64_decode(input.text("ContinuationToken"));
    if (!decoded || decoded->empty()) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token");
    }
    after = *decoded;
  }
  // "BucketRegion: If the request contains at least one valid parameter, it is included."
  const bool is_paged = input.has("MaxBuckets") || input.has("Prefix") ||
                        input.has("BucketRegion") || input.has("ContinuationToken");
  std::vector<Value> buckets;
  std::string last;
  bool is_truncated = false;
  for (const Bucket& bucket : PAWL_TRY(storage_.metadata().buckets(after, SIZE_MAX))) {
    if (bucket.account != request.account_id() || !bucket.name.starts_with(prefix) ||
        (!region.empty() && bucket.region != region)) {
      continue;
    }
    if (buckets.size() == count_max) {
      is_truncated = true;
      break;
    }
    ObjectBuilder one;
    one.set("Name", Value(bucket.name)).set("CreationDate", seconds_of(bucket.created));
    if (is_paged) one.set("BucketRegion", Value(bucket.region));
    one.set("BucketArn", Value("arn:aws:s3:::" + bucket.name));
    buckets.push_back(std::move(one).build());
    last = bucket.name;
  }
  ObjectBuilder out;
  out.set("Buckets", Value::array(std::move(buckets))).set("Owner", owner_of(request.account_id()));
  if (is_truncated) out.set("ContinuationToken", Value(base::base64_encode(last)));
  if (input.has("Prefix")) out.set("Prefix", Value(prefix));
  return std::move(out).build();
}

ActionResult BucketActions::get_bucket_location(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  ObjectBuilder out;
  if (!bucket.location.empty()) out.set("LocationConstraint", Value(bucket.location));
  return std::move(out).build();
}

ActionResult BucketActions::get_bucket_versioning(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  ObjectBuilder out;
  if (bucket.versioning == Versioning::Never) return std::move(out).build();
  out.set("Status", Value(bucket.versioning == Versioning::Enabled ? "Enabled" : "Suspended"));
  if (bucket.mfa_delete) out.set("MFADelete", Value("Enabled"));
  return std::move(out).build();
}

ActionResult BucketActions::put_bucket_versioning(const Request& request) {
  const Bucket asked = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const Value* configuration = Input(request.input).find("VersioningConfiguration");
  const std::string status = configuration == nullptr ? "" : Input(*configuration).text("Status");
  if (status.empty()) {
    return error("IllegalVersioningConfigurationException",
                 "The Versioning element must be specified", 400);
  }
  if (status != "Enabled" && status != "Suspended") return malformed_xml();
  const std::string mfa = Input(*configuration).text("MFADelete");
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    Bucket bucket = PAWL_TRY(storage_.bucket(asked.name));
    if (status == "Suspended" && bucket.object_lock) {
      return error("InvalidBucketState",
                   "An Object Lock configuration is present on this bucket, so the versioning "
                   "state cannot be changed.",
                   409);
    }
    bucket.versioning = status == "Enabled" ? Versioning::Enabled : Versioning::Suspended;
    if (!mfa.empty()) bucket.mfa_delete = mfa == "Enabled";
    storage_.metadata().put(batch, bucket);
    return {};
  }));
  return Value::object();
}

}  // namespace pawl::s3
