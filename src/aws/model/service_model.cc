// SPDX-License-Identifier: Apache-2.0
// Look-ups of a compiled model.
#include "aws/model/service_model.h"

#include <algorithm>

namespace pawl::aws {

std::string_view protocol_name(Protocol protocol) {
  constexpr std::string_view kNames[] = {"json",  "rest-json", "rest-xml",
                                         "query", "ec2",       "smithy-rpc-v2-cbor"};
  return kNames[static_cast<size_t>(protocol)];
}

const Shape* OperationModel::find_error(std::string_view code) const {
  for (const Shape* shape : errors) {
    if (shape->name == code || (shape->error && shape->error->code == code)) return shape;
  }
  return nullptr;
}

const OperationModel* ServiceModel::find_operation(std::string_view name) const {
  const auto found = operation_index_.find(name);
  return found == operation_index_.end() ? nullptr : found->second;
}

const Shape* ServiceModel::find_shape(std::string_view name) const {
  const auto found = shape_index_.find(name);
  return found == shape_index_.end() ? nullptr : found->second;
}

const Shape* ServiceModel::find_error(std::string_view code) const {
  const auto found = error_index_.find(code);
  return found == error_index_.end() ? nullptr : found->second;
}

bool ServiceModel::speaks(Protocol protocol) const {
  return std::find(metadata_.protocols.begin(), metadata_.protocols.end(), protocol) !=
         metadata_.protocols.end();
}

}  // namespace pawl::aws
