// SPDX-License-Identifier: Apache-2.0
// ServiceClient: operations of AWS's APIs on a running server, by their models, for the commands
// that need more than one call. Blocks; one thread. Plain HTTP, as http_call.h.
#pragma once

#include <memory>
#include <string>

#include "app/http_call.h"
#include "aws/api_error.h"
#include "aws/model/model_catalog.h"
#include "aws/signing/sign.h"

namespace pawl::app {

/// What `pawl deploy` asks of AWS's services; a test gives another one.
class ServiceCalls {
 public:
  virtual ~ServiceCalls() = default;
  /// The output of one operation: blobs are base64 text, timestamps numbers. `service` is the name
  /// of a model: "cloudformation". Errors: the service's; without status if it did not answer.
  virtual aws::ApiResult<json::Value> call(const std::string& service, const std::string& operation,
                                           const json::Value& input) = 0;
};

class ServiceClient final : public ServiceCalls {
 public:
  /// Credentials come from AWS_ACCESS_KEY_ID and its like; "test" if they are not set.
  ServiceClient(Endpoint endpoint, std::string region);

  aws::ApiResult<json::Value> call(const std::string& service, const std::string& operation,
                                   const json::Value& input) override;

 private:
  Endpoint endpoint_;
  std::string region_;
  aws::Credentials credentials_;
  aws::ModelCatalog models_;
};

/// --region, or AWS_REGION, or AWS_DEFAULT_REGION, or us-east-1.
std::string chosen_region(const std::string& given);

}  // namespace pawl::app
