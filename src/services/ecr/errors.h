// SPDX-License-Identifier: Apache-2.0
// ECR's errors in its own words.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aws/api_error.h"
#include "base/error.h"
#include "services/ecr/records.h"

namespace pawl::ecr {

aws::ApiError server_exception(std::string_view message);
aws::ApiError invalid_parameter(std::string_view message);
aws::ApiError repository_not_found(const RepositoryName& name);
/// The image that a digest ("" or) and a tag name.
aws::ApiError image_not_found(const RepositoryName& name, std::string_view digest,
                              std::string_view tag);
aws::ApiError layers_not_found(const RepositoryName& name, std::string_view digests);
aws::ApiError upload_not_found(const RepositoryName& name, std::string_view id);

/// A failure of the store or the disk as ServerException.
template <typename T>
aws::ApiResult<T> of_store(base::Result<T> result) {
  if (!result) return server_exception(result.error().message);
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

}  // namespace pawl::ecr
