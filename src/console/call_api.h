// SPDX-License-Identifier: Apache-2.0
// CallApi: `call`: any operation of any service, as the AWS CLI would call it: {"service",
// "operation", "region", "input"} in, the operation's output out.
#pragma once

#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "console/api_table.h"

namespace pawl::console {

/// Services go by the names of their models and endpoints ("stepfunctions", "states"), members by
/// those of the API reference; blobs are base64 text, timestamps seconds since 1970 (or ISO 8601).
/// Payloads that stream are given up to kStreamedBytesMax. Calls are made in the name of whoever
/// asks, and authorized as everywhere. Errors: what the operation answers; ValidationException for
/// names that no model has; NotImplemented (501) for what has a model and is not here.
class CallApi {
 public:
  static constexpr uint64_t kStreamedBytesMax = uint64_t{8} << 20;

  CallApi(aws::Caller& caller, aws::ModelCatalog& models) : caller_(caller), models_(models) {}

  /// Must outlive the table.
  void add_to(ApiTable& table);

 private:
  void call(ApiRequest request, net::HttpReply reply) const;
  /// `operation` is what is called.
  aws::ApiResult<aws::Call> read(const ApiRequest& request,
                                 const aws::OperationModel*& operation) const;
  aws::ApiResult<const aws::OperationModel*> find(const std::string& service,
                                                  const std::string& operation) const;

  aws::Caller& caller_;
  aws::ModelCatalog& models_;
};

}  // namespace pawl::console
