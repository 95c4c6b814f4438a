// SPDX-License-Identifier: Apache-2.0
#include "services/s3/actions/configuration_actions.h"

#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/s3/bucket_policy.h"
#include "services/s3/configuration_checks.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {

using aws::ActionResult;
using aws::ApiResult;
using aws::Output;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

/// A configuration of which a bucket has one.
struct ConfigurationKind {
  std::string_view kind;
  std::string_view put;  ///< operations; "" if there is none
  std::string_view get;
  std::string_view erase;
  std::string_view member;  ///< of the input
  bool is_wrapped;          ///< the output has it as that member, else its members
  ConfigurationCheck check;
  int put_status;
  std::string_view absent;  ///< what is answered if there is none, as JSON; "": an error
  std::string_view absent_code;
  std::string_view absent_message;
};

/// A configuration of which a bucket has many, with ids.
struct ListedKind {
  std::string_view kind;
  std::string_view name;  ///< of the operations: PutBucket…Configuration
  std::string_view list_member;
};

namespace {

constexpr size_t kPageMax = 100;

constexpr ConfigurationKind kKinds[] = {
    {"cors", "PutBucketCors", "GetBucketCors", "DeleteBucketCors", "CORSConfiguration", false,
     check_cors, 200, "", "NoSuchCORSConfiguration", "The CORS configuration does not exist"},
    {"tagging", "PutBucketTagging", "GetBucketTagging", "DeleteBucketTagging", "Tagging", false,
     check_tagging, 204, "", "NoSuchTagSet", "The TagSet does not exist"},
    {"encryption", "PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption",
     "ServerSideEncryptionConfiguration", true, check_encryption, 200,
     R"({"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"},)"
     R"("BucketKeyEnabled":false}]})",
     "", ""},
    {"lifecycle", "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration",
     "DeleteBucketLifecycle", "LifecycleConfiguration", false, check_lifecycle_put, 200, "",
     "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"},
    {"public-access-block", "PutPublicAccessBlock", "GetPublicAccessBlock",
     "DeletePublicAccessBlock", "PublicAccessBlockConfiguration", true, check_public_access, 200,
     "", "NoSuchPublicAccessBlockConfiguration",
     "The public access block configuration was not found"},
    {"ownership-controls", "PutBucketOwnershipControls", "GetBucketOwnershipControls",
     "DeleteBucketOwnershipControls", "OwnershipControls", true, check_ownership_controls, 200, "",
     "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"},
    {"website", "PutBucketWebsite", "GetBucketWebsite", "DeleteBucketWebsite",
     "WebsiteConfiguration", false, check_website, 200, "", "NoSuchWebsiteConfiguration",
     "The specified bucket does not have a website configuration"},
    {"logging", "PutBucketLogging", "GetBucketLogging", "", "BucketLoggingStatus", false,
     check_logging, 200, "{}", "", ""},
    {"accelerate", "PutBucketAccelerateConfiguration", "GetBucketAccelerateConfiguration", "",
     "AccelerateConfiguration", false, check_acceleration, 200, "{}", "", ""},
    {"request-payment", "PutBucketRequestPayment", "GetBucketRequestPayment", "",
     "RequestPaymentConfiguration", false, check_request_payment, 200, R"({"Payer":"BucketOwner"})",
     "", ""},
    {"replication", "PutBucketReplication", "GetBucketReplication", "DeleteBucketReplication",
     "ReplicationConfiguration", true, check_replication, 200, "",
     "ReplicationConfigurationNotFoundError", "The replication configuration was not found"},
    {"object-lock", "PutObjectLockConfiguration", "GetObjectLockConfiguration", "",
     "ObjectLockConfiguration", true, check_object_lock, 200, "",
     "ObjectLockConfigurationNotFoundError",
     "Object Lock configuration does not exist for this bucket"},
};

constexpr ListedKind kListedKinds[] = {
    {"analytics", "Analytics", "AnalyticsConfigurationList"},
    {"intelligent-tiering", "IntelligentTiering", "IntelligentTieringConfigurationList"},
    {"inventory", "Inventory", "InventoryConfigurationList"},
    {"metrics", "Metrics", "MetricsConfigurationList"},
};

std::string operation_of(const ListedKind& kind, std::string_view verb, bool plural = false) {
  return std::string(verb) + "Bucket" + std::string(kind.name) + "Configuration" +
         (plural ? "s" : "");
}

aws::ApiError absent(const ConfigurationKind& kind, const Bucket& bucket) {
  return error(kind.absent_code, kind.absent_message, 404, {{"BucketName", bucket.name}});
}

aws::ApiError no_such_configuration() {
  return error("NoSuchConfiguration", "The specified configuration does not exist.", 404);
}

ApiResult<Value> parsed(std::string_view text) { return answered(json::parse(text)); }

Output with_status(int status) {
  Output output;
  if (status != 200) output.status = status;
  return output;
}

}  // namespace

void ConfigurationActions::on_read(aws::ActionTable& table, std::string_view operation,
                                   Handler handler) {
  table.on_async(operation, [handler = std::move(handler)](Request request, aws::Reply reply) {
    reply(handler(request));
  });
}

void ConfigurationActions::on_write(aws::ActionTable& table, std::string_view operation,
                                    Handler handler) {
  table.on_async(operation, [handler = std::move(handler)](Request request, aws::Reply reply) {
    ActionResult result = handler(request);
    if (result) result->after_sync = true;
    reply(std::move(result));
  });
}

void ConfigurationActions::bind(aws::ActionTable& table) {
  for (const ConfigurationKind& kind : kKinds) {
    on_write(table, kind.put, [this, &kind](const Request& r) { return put(kind, r); });
    on_read(table, kind.get, [this, &kind](const Request& r) { return get(kind, r); });
    if (kind.erase.empty()) continue;
    on_write(table, kind.erase, [this, &kind](const Request& r) { return erase(kind, r); });
  }
  for (const ListedKind& kind : kListedKinds) {
    on_write(table, operation_of(kind, "Put"),
             [this, &kind](const Request& r) { return put_listed(kind, r); });
    on_read(table, operation_of(kind, "Get"),
            [this, &kind](const Request& r) { return get_listed(kind, r); });
    on_write(table, operation_of(kind, "Delete"),
             [this, &kind](const Request& r) { return erase_listed(kind, r); });
    on_read(table, operation_of(kind, "List", true),
            [this, &kind](const Request& r) { return list(kind, r); });
  }
  on_write(table, "PutBucketPolicy", [this](const Request& r) { return put_policy(r); });
  on_read(table, "GetBucketPolicy", [this](const Request& r) { return get_policy(r); });
  on_read(table, "GetBucketPolicyStatus",
          [this](const Request& r) { return get_policy_status(r); });
  on_write(table, "DeleteBucketPolicy", [this](const Request& r) { return erase_policy(r); });
}

ActionResult ConfigurationActions::put(const ConfigurationKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const Value* given = Input(request.input).find(kind.member);
  if (given == nullptr || !given->is_object()) return malformed_xml();
  const Value kept = PAWL_TRY(kind.check({storage_, bucket, request}, *given));
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    const MetadataStore& metadata = storage_.metadata();
    Bucket now = PAWL_TRY(storage_.bucket(bucket.name));
    if (kept.is_null()) {
      metadata.erase_configuration(batch, bucket.name, kind.kind);
    } else {
      metadata.put_configuration(batch, bucket.name, kind.kind, "", json::write(kept));
    }
    if (kind.kind == "object-lock" && !now.object_lock) {
      now.object_lock = true;
      metadata.put(batch, now);
    }
    return {};
  }));
  Output output = with_status(kind.put_status);
  if (const Value* size = kept.find("TransitionDefaultMinimumObjectSize")) {
    ObjectBuilder out;
    out.set("TransitionDefaultMinimumObjectSize", *size);
    output.value = std::move(out).build();
  }
  return output;
}

ActionResult ConfigurationActions::get(const ConfigurationKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto text = PAWL_TRY(storage_.metadata().configuration(bucket.name, kind.kind));
  if (!text && kind.absent.empty()) return absent(kind, bucket);
  Value value = PAWL_TRY(parsed(text ? *text : kind.absent));
  if (!kind.is_wrapped) return value;
  ObjectBuilder out;
  out.set(kind.member, std::move(value));
  return std::move(out).build();
}

ActionResult ConfigurationActions::erase(const ConfigurationKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    storage_.metadata().erase_configuration(batch, bucket.name, kind.kind);
    return {};
  }));
  return Value::object();
}

ActionResult ConfigurationActions::put_listed(const ListedKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const Value* given = Input(request.input).find(std::string(kind.name) + "Configuration");
  if (given == nullptr || !given->is_object()) return malformed_xml();
  const Value kept = PAWL_TRY(check_with_id({storage_, bucket, request}, *given));
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    PAWL_TRY(storage_.bucket(bucket.name));
    storage_.metadata().put_configuration(batch, bucket.name, kind.kind,
                                          Input(request.input).text("Id"), json::write(kept));
    return {};
  }));
  return with_status(204);
}

ActionResult ConfigurationActions::get_listed(const ListedKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto text = PAWL_TRY(
      storage_.metadata().configuration(bucket.name, kind.kind, Input(request.input).text("Id")));
  if (!text) return no_such_configuration();
  ObjectBuilder out;
  out.set(std::string(kind.name) + "Configuration", PAWL_TRY(parsed(*text)));
  return std::move(out).build();
}

ActionResult ConfigurationActions::erase_listed(const ListedKind& kind, const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const std::string id = Input(request.input).text("Id");
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    const MetadataStore& metadata = storage_.metadata();
    if (!PAWL_TRY(metadata.configuration(bucket.name, kind.kind, id))) {
      return no_such_configuration();
    }
    metadata.erase_configuration(batch, bucket.name, kind.kind, id);
    return {};
  }));
  return Value::object();
}

ActionResult ConfigurationActions::list(const ListedKind& kind, const Request& request) {
  const Input input(request.input);
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  std::string after;
  if (input.has("ContinuationToken")) {
    const auto token = base::base64_decode(input.text("ContinuationToken"));
    if (!token) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token");
    }
    after = *token;
  }
  Pairs found =
      PAWL_TRY(storage_.metadata().configurations(bucket.name, kind.kind, after, kPageMax + 1));
  const bool is_truncated = found.size() > kPageMax;
  if (is_truncated) found.pop_back();
  std::vector<Value> configurations;
  for (const auto& [id, text] : found) configurations.push_back(PAWL_TRY(parsed(text)));
  ObjectBuilder out;
  out.set("IsTruncated", Value(is_truncated));
  if (input.has("ContinuationToken")) {
    out.set("ContinuationToken", Value(input.text("ContinuationToken")));
  }
  if (is_truncated) {
    out.set("NextContinuationToken", Value(base::base64_encode(found.back().first)));
  }
  if (!configurations.empty()) {
    out.set(kind.list_member, Value::array(std::move(configurations)));
  }
  return std::move(out).build();
}

ActionResult ConfigurationActions::put_policy(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const std::string policy = Input(request.input).text("Policy");
  PAWL_TRY_VOID(check_policy(policy, bucket.name));
  const auto block =
      PAWL_TRY(storage_.metadata().configuration(bucket.name, "public-access-block"));
  if (block && is_public_policy(policy) &&
      Input(PAWL_TRY(parsed(*block))).is_true("BlockPublicPolicy")) {
    return access_denied("User: " + request.principal.arn +
                         " is not authorized to perform: s3:PutBucketPolicy on resource: "
                         "\"arn:aws:s3:::" +
                         bucket.name +
                         "\" because public policies are prevented by the BlockPublicPolicy "
                         "setting in S3 Block Public Access.");
  }
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    PAWL_TRY(storage_.bucket(bucket.name));
    storage_.metadata().put_configuration(batch, bucket.name, "policy", "", policy);
    return {};
  }));
  return with_status(204);
}

ActionResult ConfigurationActions::get_policy(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto policy = PAWL_TRY(storage_.metadata().configuration(bucket.name, "policy"));
  if (!policy) {
    return error("NoSuchBucketPolicy", "The bucket policy does not exist", 404,
                 {{"BucketName", bucket.name}});
  }
  ObjectBuilder out;
  out.set("Policy", Value(*policy));
  return std::move(out).build();
}

ActionResult ConfigurationActions::get_policy_status(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  const auto policy = PAWL_TRY(storage_.metadata().configuration(bucket.name, "policy"));
  if (!policy) {
    return error("NoSuchBucketPolicy", "The bucket policy does not exist", 404,
                 {{"BucketName", bucket.name}});
  }
  ObjectBuilder status;
  status.set("IsPublic", Value(is_public_policy(*policy)));
  ObjectBuilder out;
  out.set("PolicyStatus", std::move(status).build());
  return std::move(out).build();
}

ActionResult ConfigurationActions::erase_policy(const Request& request) {
  const Bucket bucket = PAWL_TRY(open_bucket(storage_, request, Access::Own));
  PAWL_TRY_VOID(storage_.commit([&](store::Batch& batch) -> ApiResult<void> {
    storage_.metadata().erase_configuration(batch, bucket.name, "policy");
    return {};
  }));
  return Value::object();
}

}  // namespace pawl::s3
