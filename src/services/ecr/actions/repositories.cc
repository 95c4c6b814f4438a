// SPDX-License-Identifier: Apache-2.0
// API CreateRepository, DeleteRepository, DescribeRepositories, PutImageTagMutability,
// PutImageScanningConfiguration, TagResource, UntagResource, ListTagsForResource.
#include "aws/arn.h"
#include "container/image_reference.h"
#include "json/write.h"
#include "services/ecr/errors.h"
#include "services/ecr/service.h"

namespace pawl::ecr {

using aws::ActionResult;
using aws::ApiError;
using aws::ApiResult;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr size_t kTagsMax = 50;

bool scans_on_push(const Value& input) {
  const Value* scanning = input.find("imageScanningConfiguration");
  const Value* flag = scanning != nullptr ? scanning->find("scanOnPush") : nullptr;
  return flag != nullptr && flag->is_boolean() && flag->as_boolean();
}

/// Keys that begin with "aws:" are given by services only, for whom they call.
ApiResult<void> add_tags(const aws::Request& request, std::map<std::string, std::string>& tags) {
  const bool is_service = !request.principal.via_service.empty();
  const Value* list = request.input.find("tags");
  if (list == nullptr) return {};
  for (const Value& each : list->items()) {
    const std::string key = text_member(each, "Key");
    if (key.empty() || (key.starts_with("aws:") && !is_service)) {
      return ApiError("InvalidTagParameterException",
                      "A tag's key must not be empty, nor begin with 'aws:'.");
    }
    tags[key] = text_member(each, "Value");
  }
  if (tags.size() <= kTagsMax) return {};
  return ApiError("TooManyTagsException", "A repository may have 50 tags.");
}

void set_mutability(const Value& input, Repository& repository) {
  const std::string mutability = text_member(input, "imageTagMutability");
  if (!mutability.empty()) repository.tag_mutability = mutability;
  const Value* filters = input.find("imageTagMutabilityExclusionFilters");
  repository.exclusion_filters = filters != nullptr ? json::write(*filters) : std::string();
}

Value with_repository(const RepositoryName& name, const Repository& repository) {
  ObjectBuilder out;
  out.set("repository", repository_json(name, repository));
  return std::move(out).build();
}

}  // namespace

ActionResult EcrService::create_repository(const Request& request) {
  const RepositoryName name = name_of(request);
  if (!container::is_repository_name(name.name)) {
    return invalid_parameter(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular "
        "expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''");
  }
  Repository repository;
  repository.created_at = registry_->now();
  repository.scans_on_push = scans_on_push(request.input);
  set_mutability(request.input, repository);
  const Value* encryption = request.input.find("encryptionConfiguration");
  repository.encryption =
      encryption != nullptr ? json::write(*encryption) : R"({"encryptionType":"AES256"})";
  PAWL_TRY_VOID(add_tags(request, repository.tags));
  PAWL_TRY_VOID(registry_->create(name, repository, [&](const Repository& made) {
    request.keep_answer(with_repository(name, made));
  }));
  return aws::Output(with_repository(name, repository));
}

ActionResult EcrService::delete_repository(const Request& request) {
  const RepositoryName name = name_of(request);
  const Value* force = request.input.find("force");
  const bool is_forced = force != nullptr && force->is_boolean() && force->as_boolean();
  const Repository gone =
      PAWL_TRY(registry_->remove(name, is_forced, [&](const Repository& repository) {
        request.keep_answer(with_repository(name, repository));
      }));
  return aws::Output(with_repository(name, gone));
}

ActionResult EcrService::describe_repositories(const Request& request) {
  const RepositoryName any = name_of(request);
  std::vector<Value> list;
  ObjectBuilder out;
  const std::vector<std::string> names = texts_member(request.input, "repositoryNames");
  for (const std::string& each : names) {
    const RepositoryName name{any.account, any.region, each};
    list.push_back(repository_json(name, PAWL_TRY(registry_->require(name))));
  }
  if (names.empty()) {
    const Page page = PAWL_TRY(page_of(request.input, 100));
    std::string last;
    bool has_more = false;
    PAWL_TRY_VOID(registry_->records().visit_repositories(
        any.scope(), page.after, [&](const RepositoryName& name, const Repository& repository) {
          has_more = list.size() == page.size;
          if (has_more) return false;
          list.push_back(repository_json(name, repository));
          last = name.name;
          return true;
        }));
    if (has_more) out.set("nextToken", next_token(last));
  }
  out.set("repositories", Value::array(std::move(list)));
  return aws::Output(std::move(out).build());
}

ActionResult EcrService::put_image_tag_mutability(const Request& request) {
  const RepositoryName name = name_of(request);
  const auto answer = [&](const Repository& repository) {
    const Value shown = repository_json(name, repository);
    ObjectBuilder out;
    out.set("registryId", Value(name.account)).set("repositoryName", Value(name.name));
    for (const char* member : {"imageTagMutability", "imageTagMutabilityExclusionFilters"}) {
      if (const Value* value = shown.find(member)) out.set(member, *value);
    }
    return std::move(out).build();
  };
  const Repository changed = PAWL_TRY(registry_->change(
      name,
      [&](Repository& repository) -> ApiResult<void> {
        set_mutability(request.input, repository);
        return {};
      },
      [&](const Repository& repository) { request.keep_answer(answer(repository)); }));
  return aws::Output(answer(changed));
}

ActionResult EcrService::put_image_scanning_configuration(const Request& request) {
  const RepositoryName name = name_of(request);
  const Repository changed =
      PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
        repository.scans_on_push = scans_on_push(request.input);
        return {};
      }));
  ObjectBuilder scanning;
  scanning.set("scanOnPush", Value(changed.scans_on_push));
  ObjectBuilder out;
  out.set("registryId", Value(name.account))
      .set("repositoryName", Value(name.name))
      .set("imageScanningConfiguration", std::move(scanning).build());
  return aws::Output(std::move(out).build());
}

// ---- tags ----

ApiResult<RepositoryName> EcrService::repository_of_arn(const Request& request) const {
  constexpr std::string_view kKind = "repository/";
  const std::string text = text_member(request.input, "resourceArn");
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn || arn->service != "ecr" || !arn->resource.starts_with(kKind)) {
    return invalid_parameter(
        "Invalid parameter at 'resourceArn' failed to satisfy constraint: "
        "'Invalid ARN'");
  }
  return RepositoryName{arn->account_id, arn->region, arn->resource.substr(kKind.size())};
}

ActionResult EcrService::tag_resource(const Request& request) {
  const RepositoryName name = PAWL_TRY(repository_of_arn(request));
  PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
    return add_tags(request, repository.tags);
  }));
  return aws::Output();
}

ActionResult EcrService::untag_resource(const Request& request) {
  const RepositoryName name = PAWL_TRY(repository_of_arn(request));
  PAWL_TRY(registry_->change(name, [&](Repository& repository) -> ApiResult<void> {
    for (const std::string& key : texts_member(request.input, "tagKeys"))
      repository.tags.erase(key);
    return {};
  }));
  return aws::Output();
}

ActionResult EcrService::list_tags_for_resource(const Request& request) {
  const RepositoryName name = PAWL_TRY(repository_of_arn(request));
  std::vector<Value> list;
  for (const auto& [key, value] : PAWL_TRY(registry_->require(name)).tags) {
    ObjectBuilder one;
    one.set("Key", Value(key)).set("Value", Value(value));
    list.push_back(std::move(one).build());
  }
  ObjectBuilder out;
  out.set("tags", Value::array(std::move(list)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ecr
