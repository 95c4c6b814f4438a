// SPDX-License-Identifier: Apache-2.0
// Layers: what names one, what is stored of a version, and which ones a function may have.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/lambda/function_reference.h"
#include "services/lambda/resource_store.h"

namespace pawl::lambda {

/// "Layers per function: five layers" (Developer Guide, "Lambda quotas").
inline constexpr size_t kLayersMax = 5;

struct LayerReference {
  ResourceScope scope;
  std::string name;
  uint64_t version = 0;  ///< 0: none given

  std::string layer_arn() const;
  std::string arn() const;  ///< with the version
  /// Under which its package stands; no function can have this name.
  FunctionKey package_key() const { return {scope.account, scope.region, "layer:" + name}; }
};

/// NAME, or the ARN of a layer or a version; `text` has passed the model's pattern. What it leaves
/// open is the caller's account and region.
LayerReference parse_layer_reference(std::string_view text, const aws::Request& request);

/// What a version's package is, and what a function shows of it.
struct FunctionLayer {
  std::string arn;
  std::string code;  ///< id of the package
  FunctionKey package_key;
  int64_t bytes = 0;
};

/// The layers of API Layers, in their order, checked as CreateFunction does. Errors:
/// InvalidParameterValueException.
aws::ApiResult<std::vector<FunctionLayer>> find_layers(const ResourceStore& resources,
                                                       const json::Value& arns,
                                                       const aws::Request& request);

}  // namespace pawl::lambda
