// SPDX-License-Identifier: Apache-2.0
// RestRouter: which operation of a REST service a request means, by method, path, fixed query
// parameters and required bindings. Several operations of S3 share a method and a path.
#pragma once

#include <string_view>
#include <vector>

#include "aws/http_message.h"
#include "aws/model/service_model.h"

namespace pawl::aws {

class RestRouter {
 public:
  explicit RestRouter(const ServiceModel& model);

  struct Match {
    const OperationModel* operation = nullptr;  ///< null: none
    /// How much of the request the operation names: literal segments and parameters.
    size_t specificity = 0;
  };

  /// The most specific operation of that method and path. O(operations of the method).
  Match match(const HttpRequest& request) const;

 private:
  struct Candidate {
    const OperationModel* operation;
    /// Wire names of required members in query and headers.
    std::vector<std::string_view> required_parameters;
    std::vector<std::string_view> required_headers;
  };
  std::vector<Candidate> candidates_;
};

}  // namespace pawl::aws
