// SPDX-License-Identifier: Apache-2.0
// Parameters under /aws/service that AWS publishes and that deployment tools look up: image ids,
// regions. The images are none that could be started: their ids are made of their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pawl::ssm {

struct PublicParameter {
  std::string value;
  std::string data_type = "text";  ///< or "aws:ec2:image"
};

std::optional<PublicParameter> find_public_parameter(std::string_view name,
                                                     std::string_view region);
/// Names under a path, in order.
std::vector<std::string> public_parameters_below(std::string_view path);

}  // namespace pawl::ssm
