// SPDX-License-Identifier: Apache-2.0
// PatchOperations of the Update operations of REST APIs ("patchOperations", RFC 6902 with AWS's
// turns): paths into a record whose types the model's output tells; values come as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::apigateway {

struct PatchOperation {
  std::string op;  ///< "add", "remove", "replace", "copy", "move", "test"
  std::string path;
  std::string value;
  std::string from;
  bool has_value = false;

  /// Parts of the path, unescaped ("~1" is "/").
  std::vector<std::string> tokens() const;
};

/// Of an input's patchOperations.
std::vector<PatchOperation> read_patches(const json::Value& input);

/// The record after the operation. BadRequestException for a path that the shape does not have, or
/// a value that is not of its type.
aws::ApiResult<json::Value> apply_patch(const json::Value& record, const PatchOperation& operation,
                                        const aws::Shape& shape);
/// All of them.
aws::ApiResult<json::Value> apply_patches(json::Value record,
                                          const std::vector<PatchOperation>& operations,
                                          const aws::Shape& shape);

aws::ApiError rest_bad_request(std::string message);
aws::ApiError invalid_patch_path(const PatchOperation& operation);

}  // namespace pawl::apigateway
