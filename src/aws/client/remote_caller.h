// SPDX-License-Identifier: Apache-2.0
// RemoteCaller: calls to services that live elsewhere: encoded by the model, signed with SigV4,
// sent, decoded, repeated as the AWS SDKs do. Where elsewhere is tells an EndpointResolver.
#pragma once

#include <functional>
#include <memory>

#include "aws/client/credential_source.h"
#include "aws/model/model_catalog.h"
#include "aws/service/caller.h"
#include "aws/service/service_loop.h"

namespace pawl::aws {

/// Thread-safe. What is given must outlive the loop's last task.
class RemoteCaller final : public Caller {
 public:
  struct Options {
    ModelCatalog& models;
    ServiceLoop& loop;
    HttpTransport& transport;
    const EndpointResolver& endpoints;
    CredentialSource& credentials;
    /// 64 random bits: for waits, idempotency tokens and session names. On the loop's thread.
    std::function<uint64_t()> entropy;
  };

  explicit RemoteCaller(Options options);
  ~RemoteCaller() override;

  /// Throttling, failures of the service and of the network are met by up to two more attempts
  /// (retry.h). A role is assumed at the STS that the resolver names, or at AWS's if the service
  /// itself is AWS's. Errors of its own, with status 0: SdkClientException if no answer came, the
  /// input cannot be encoded or there are no credentials; NotImplemented (501) if no model has that
  /// operation.
  void call(Call call, Receiver receiver) override;

 private:
  class Shared;
  class Attempts;
  std::shared_ptr<Shared> shared_;
};

}  // namespace pawl::aws
