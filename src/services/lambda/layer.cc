// SPDX-License-Identifier: Apache-2.0
#include "services/lambda/layer.h"

#include "aws/arn.h"
#include "json/members.h"
#include "services/lambda/invocation_checks.h"

namespace pawl::lambda {

using aws::ApiResult;
using json::Value;

std::string LayerReference::layer_arn() const {
  return "arn:" + std::string(aws::partition_of(scope.region)) + ":lambda:" + scope.region + ":" +
         scope.account + ":layer:" + name;
}

std::string LayerReference::arn() const { return layer_arn() + ":" + std::to_string(version); }

LayerReference parse_layer_reference(std::string_view text, const aws::Request& request) {
  LayerReference found{{request.account_id(), request.region}, std::string(text), 0};
  const std::optional<aws::Arn> arn = aws::Arn::parse(text);
  if (!arn) return found;
  found.scope = {arn->account_id, arn->region};
  const std::vector<std::string_view> parts = arn->resource_parts();
  found.name = parts.size() > 1 ? parts[1] : "";
  const std::optional<int64_t> version = parts.size() > 2 ? version_number(parts[2]) : std::nullopt;
  found.version = static_cast<uint64_t>(version.value_or(0));
  return found;
}

ApiResult<std::vector<FunctionLayer>> find_layers(const ResourceStore& resources, const Value& arns,
                                                  const aws::Request& request) {
  if (arns.size() > kLayersMax) return invalid_parameter("Cannot reference more than 5 layers.");
  std::vector<LayerReference> named;
  for (const Value& arn : arns.items()) {
    named.push_back(parse_layer_reference(arn.as_string(), request));
  }
  for (const LayerReference& layer : named) {
    if (layer.scope.region != request.region) {
      return invalid_parameter(
          "Layers are not in the same region as the function. Layers are expected to be in "
          "region " +
          request.region + ".");
    }
  }
  std::vector<FunctionLayer> layers;
  for (const LayerReference& layer : named) {
    const std::optional<Value> record = PAWL_TRY(
        resources.find(layer.scope, ResourceKind::LayerVersion, layer.name, layer.version));
    if (!record) return invalid_parameter("Layer version " + layer.arn() + " does not exist.");
    layers.push_back({layer.arn(), text_member(*record, "code"), layer.package_key(),
                      integer_member(*record, "CodeSize")});
  }
  for (size_t i = 0; i < named.size(); ++i) {
    for (size_t j = i + 1; j < named.size(); ++j) {
      if (named[i].layer_arn() != named[j].layer_arn()) continue;
      return invalid_parameter(
          "Two different versions of the same layer are not allowed to be referenced in the same "
          "function. " +
          named[i].arn() + " and " + named[j].arn() + " are versions of the same layer.");
    }
  }
  return layers;
}

}  // namespace pawl::lambda
