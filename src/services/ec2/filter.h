// SPDX-License-Identifier: Apache-2.0
// Filters of Describe operations: "vpc-id", "tag:Name", "route.destination-cidr-block",
// "ip-permission.cidr": a filter's name is the way to a member of the shape that is described,
// written with hyphens and dots.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/model/shape.h"
#include "json/value.h"

namespace pawl::ec2 {

/// For one request. `shape` is that of one item of the answer.
class Filters {
 public:
  /// The input's Filters or Filter. Errors: InvalidParameterValue "The filter 'x' is invalid".
  static aws::ApiResult<Filters> of(const json::Value& input, const aws::Shape& shape);

  /// Every filter has a value (with * and ?) that one of the record's members has.
  bool pass(const json::Value& record) const;

 private:
  struct Filter {
    std::string name;                 ///< as made of the members' names
    std::vector<std::string> values;  ///< one is enough
  };
  std::vector<Filter> filters_;
};

}  // namespace pawl::ec2
