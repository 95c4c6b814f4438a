// SPDX-License-Identifier: Apache-2.0
#include "services/ecr/errors.h"

namespace pawl::ecr {
namespace {

std::string in_repository(const RepositoryName& name) {
  return "within the repository with name '" + name.name + "' in the registry with id '" +
         name.account + "'";
}

std::string quoted_or_null(std::string_view text) {
  return "'" + (text.empty() ? std::string("null") : std::string(text)) + "'";
}

}  // namespace

aws::ApiError server_exception(std::string_view message) {
  return aws::ApiError("ServerException", std::string(message), 500, aws::Fault::Receiver);
}

aws::ApiError invalid_parameter(std::string_view message) {
  return aws::ApiError("InvalidParameterException", std::string(message));
}

aws::ApiError repository_not_found(const RepositoryName& name) {
  return aws::ApiError("RepositoryNotFoundException",
                       "The repository with name '" + name.name +
                           "' does not exist in the registry with id '" + name.account + "'");
}

aws::ApiError image_not_found(const RepositoryName& name, std::string_view digest,
                              std::string_view tag) {
  return aws::ApiError("ImageNotFoundException",
                       "The image with imageId {imageDigest:" + quoted_or_null(digest) +
                           ", imageTag:" + quoted_or_null(tag) + "} does not exist " +
                           in_repository(name));
}

aws::ApiError layers_not_found(const RepositoryName& name, std::string_view digests) {
  return aws::ApiError("LayersNotFoundException",
                       "The following layers do not exist or are not associated with the "
                       "repository '" +
                           name.name + "' in the registry with id '" + name.account +
                           "': " + std::string(digests));
}

aws::ApiError upload_not_found(const RepositoryName& name, std::string_view id) {
  return aws::ApiError("UploadNotFoundException", "An upload with id '" + std::string(id) +
                                                      "' does not exist " + in_repository(name));
}

}  // namespace pawl::ecr
