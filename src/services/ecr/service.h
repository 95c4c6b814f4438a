// SPDX-License-Identifier: Apache-2.0
// EcrService: Amazon ECR (API reference 2015-09-21) over the Registry. Which operations there are
// says bind(); what docker and others speak is distribution_site.h.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "services/ecr/distribution_site.h"
#include "services/ecr/image_source.h"
#include "services/ecr/registry.h"

namespace pawl::ecr {

/// Actions may run on any thread at once. Those that read or write files run on worker threads.
/// Differences from AWS: docs/differences.md, "ECR".
class EcrService final : public aws::Service {
 public:
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller* caller = nullptr;  ///< of EventBridge events; null: none
    std::function<void(std::function<void()>)> after_sync;
    std::string data_folder;                    ///< blobs stand in its ecr/; "": in a temporary one
    std::function<std::string()> endpoint_url;  ///< "http://127.0.0.1:4566"
    bool is_open_to_callers = true;
  };
  static base::Result<std::unique_ptr<EcrService>> open(Options options);

  void bind(aws::ActionTable& table) override;
  void run() { registry_->run(); }
  aws::HttpSite& site() { return site_; }
  /// For who runs images; outlives the service if it must, but not the store.
  std::unique_ptr<container::ImageSource> make_image_source() const;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  EcrService(std::shared_ptr<Registry> registry, Options options);

  // actions/repositories.cc
  ActionResult create_repository(const Request& request);
  ActionResult delete_repository(const Request& request);
  ActionResult describe_repositories(const Request& request);
  ActionResult put_image_tag_mutability(const Request& request);
  ActionResult put_image_scanning_configuration(const Request& request);
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags_for_resource(const Request& request);
  // actions/images.cc
  ActionResult put_image(const Request& request);
  ActionResult batch_get_image(const Request& request);
  ActionResult batch_delete_image(const Request& request);
  ActionResult describe_images(const Request& request);
  ActionResult list_images(const Request& request);
  // actions/layers.cc
  ActionResult batch_check_layer_availability(const Request& request);
  ActionResult get_download_url_for_layer(const Request& request);
  ActionResult initiate_layer_upload(const Request& request);
  void upload_layer_part(Request request, aws::Reply reply);
  void complete_layer_upload(Request request, aws::Reply reply);
  // actions/policies.cc
  ActionResult set_repository_policy(const Request& request);
  ActionResult get_repository_policy(const Request& request);
  ActionResult delete_repository_policy(const Request& request);
  ActionResult put_lifecycle_policy(const Request& request);
  ActionResult get_lifecycle_policy(const Request& request);
  ActionResult delete_lifecycle_policy(const Request& request);
  ActionResult start_lifecycle_policy_preview(const Request& request);
  ActionResult get_lifecycle_policy_preview(const Request& request);
  // actions/registry_actions.cc
  ActionResult get_authorization_token(const Request& request);
  ActionResult describe_registry(const Request& request);
  ActionResult put_registry_policy(const Request& request);
  ActionResult get_registry_policy(const Request& request);
  ActionResult delete_registry_policy(const Request& request);
  ActionResult put_registry_scanning_configuration(const Request& request);
  ActionResult get_registry_scanning_configuration(const Request& request);
  ActionResult batch_get_repository_scanning_configuration(const Request& request);
  ActionResult describe_pull_through_cache_rules(const Request& request);

  aws::ApiResult<RepositoryName> repository_of_arn(const Request& request) const;
  void send_event(const ImageAction& action) const;

  const std::shared_ptr<Registry> registry_;
  const Options options_;
  DistributionSite site_;
};

/// The repository that the input names, in the caller's region and the registry of registryId.
RepositoryName name_of(const aws::Request& request);
/// API "Repository".
json::Value repository_json(const RepositoryName& name, const Repository& repository);
/// Seconds, as timestamps are in outputs.
json::Value seconds(base::Timestamp time);
/// The page that nextToken and maxResults ask for.
struct Page {
  std::string after;  ///< the last key of the page before; "": the first page
  size_t size = 100;
};
aws::ApiResult<Page> page_of(const json::Value& input, size_t usual_size);
json::Value next_token(std::string_view last_key);

}  // namespace pawl::ecr
