// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/service.h"

#include <utility>

#include "base/bytes.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/ecr/errors.h"

namespace pawl::ecr {

using json::ObjectBuilder;
using json::Value;

base::Result<std::unique_ptr<EcrService>> EcrService::open(Options options) {
  // The registry is told whom to tell when there is one.
  auto told = std::make_shared<EcrService*>(nullptr);
  const std::shared_ptr<Registry> registry = PAWL_TRY(Registry::open(
      {.store = options.store,
       .loop = options.loop,
       .after_sync = options.after_sync,
       .folder = options.data_folder.empty() ? std::string() : options.data_folder + "/ecr",
       .on_action = [told](const ImageAction& action) {
         if (*told != nullptr) (*told)->send_event(action);
       }}));
  std::unique_ptr<EcrService> service(new EcrService(registry, std::move(options)));
  *told = service.get();
  return service;
}

namespace {

/// "127.0.0.1:4566" of "http://127.0.0.1:4566".
std::string address_of(const std::string& url) {
  const size_t scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

}  // namespace

EcrService::EcrService(std::shared_ptr<Registry> registry, Options options)
    : registry_(std::move(registry)),
      options_(std::move(options)),
      site_(registry_, options_.is_open_to_callers) {}

std::unique_ptr<container::ImageSource> EcrService::make_image_source() const {
  return std::make_unique<EcrImageSource>(
      registry_, [url = options_.endpoint_url] { return address_of(url()); });
}

void EcrService::bind(aws::ActionTable& table) {
  using S = EcrService;
  table.on("BatchCheckLayerAvailability", &S::batch_check_layer_availability);
  table.on_write("BatchDeleteImage", &S::batch_delete_image);
  table.on("BatchGetImage", &S::batch_get_image);
  table.on("BatchGetRepositoryScanningConfiguration",
           &S::batch_get_repository_scanning_configuration);
  table.on_async("CompleteLayerUpload", &S::complete_layer_upload);
  table.on_write("CreateRepository", &S::create_repository);
  table.on_write("DeleteLifecyclePolicy", &S::delete_lifecycle_policy);
  table.on_write("DeleteRegistryPolicy", &S::delete_registry_policy);
  table.on_write("DeleteRepository", &S::delete_repository);
  table.on_write("DeleteRepositoryPolicy", &S::delete_repository_policy);
  table.on("DescribeImages", &S::describe_images);
  table.on("DescribePullThroughCacheRules", &S::describe_pull_through_cache_rules);
  table.on("DescribeRegistry", &S::describe_registry);
  table.on("DescribeRepositories", &S::describe_repositories);
  table.on_write("GetAuthorizationToken", &S::get_authorization_token);
  table.on("GetDownloadUrlForLayer", &S::get_download_url_for_layer);
  table.on("GetLifecyclePolicy", &S::get_lifecycle_policy);
  table.on("GetLifecyclePolicyPreview", &S::get_lifecycle_policy_preview);
  table.on("GetRegistryPolicy", &S::get_registry_policy);
  table.on("GetRegistryScanningConfiguration", &S::get_registry_scanning_configuration);
  table.on("GetRepositoryPolicy", &S::get_repository_policy);
  table.on_write("InitiateLayerUpload", &S::initiate_layer_upload);
  table.on("ListImages", &S::list_images);
  table.on("ListTagsForResource", &S::list_tags_for_resource);
  table.on_write("PutImage", &S::put_image);
  table.on_write("PutImageScanningConfiguration", &S::put_image_scanning_configuration);
  table.on_write("PutImageTagMutability", &S::put_image_tag_mutability);
  table.on_write("PutLifecyclePolicy", &S::put_lifecycle_policy);
  table.on_write("PutRegistryPolicy", &S::put_registry_policy);
  table.on_write("PutRegistryScanningConfiguration", &S::put_registry_scanning_configuration);
  table.on_write("SetRepositoryPolicy", &S::set_repository_policy);
  table.on_write("StartLifecyclePolicyPreview", &S::start_lifecycle_policy_preview);
  table.on_write("TagResource", &S::tag_resource);
  table.on_write("UntagResource", &S::untag_resource);
  table.on_async("UploadLayerPart", &S::upload_layer_part);
}

/// ECR User Guide, "Amazon ECR events and EventBridge".
void EcrService::send_event(const ImageAction& action) const {
  if (options_.caller == nullptr) return;
  ObjectBuilder detail;
  detail.set("result", Value("SUCCESS"))
      .set("repository-name", Value(action.repository.name))
      .set("image-digest", Value(action.digest))
      .set("action-type", Value(action.type))
      .set("image-tag", Value(action.tag))
      .set("manifest-media-type", Value(action.media_type));
  ObjectBuilder entry;
  entry.set("Source", Value("aws.ecr"))
      .set("DetailType", Value("ECR Image Action"))
      .set("Resources", Value::array())
      .set("Detail", Value(json::write(std::move(detail).build())));
  std::vector<Value> entries = {std::move(entry).build()};
  ObjectBuilder input;
  input.set("Entries", Value::array(std::move(entries)));
  aws::Call call{.service = "events", .operation = "PutEvents"};
  call.input = std::move(input).build();
  call.region = action.repository.region;
  call.principal = aws::service_principal(action.repository.account, "ecr.amazonaws.com");
  // Nobody waits for it, and a rule that missed one event has nobody to tell.
  options_.caller->call(std::move(call), [](const aws::ApiResult<Value>&) {});
}

RepositoryName name_of(const aws::Request& request) {
  const std::string registry = text_member(request.input, "registryId");
  return {registry.empty() ? request.account_id() : registry, request.region,
          text_member(request.input, "repositoryName")};
}

Value seconds(base::Timestamp time) { return Value(static_cast<double>(time.ms) / 1000.0); }

Value repository_json(const RepositoryName& name, const Repository& repository) {
  ObjectBuilder scanning;
  scanning.set("scanOnPush", Value(repository.scans_on_push));
  ObjectBuilder out;
  out.set("repositoryArn", Value(name.arn()))
      .set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set("repositoryUri", Value(name.uri()))
      .set("createdAt", seconds(repository.created_at))
      .set("imageTagMutability", Value(repository.tag_mutability))
      .set("imageScanningConfiguration", std::move(scanning).build());
  if (!repository.exclusion_filters.empty()) {
    if (auto filters = json::parse(repository.exclusion_filters)) {
      out.set("imageTagMutabilityExclusionFilters", std::move(*filters));
    }
  }
  if (auto encryption = json::parse(repository.encryption)) {
    out.set("encryptionConfiguration", std::move(*encryption));
  }
  return std::move(out).build();
}

aws::ApiResult<Page> page_of(const Value& input, size_t usual_size) {
  Page out;
  out.size =
      static_cast<size_t>(integer_member(input, "maxResults", static_cast<int64_t>(usual_size)));
  const std::string token = text_member(input, "nextToken");
  if (token.empty()) return out;
  std::optional<std::string> after = base::base64_decode(token);
  if (!after || after->empty()) {
    return invalid_parameter(
        "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid token'");
  }
  out.after = std::move(*after);
  return out;
}

Value next_token(std::string_view last_key) { return Value(base::base64_encode(last_key)); }

}  // namespace pawl::ecr
