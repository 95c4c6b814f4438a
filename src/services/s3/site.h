// SPDX-License-Identifier: Apache-2.0
// S3Site: what S3 answers that is no operation of its API: forms posted by browsers (API Reference,
// "POST Object") and the preflight requests of CORS.
#pragma once

#include <memory>
#include <string>

#include "aws/service/http_site.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

/// Thread-safe. Must not outlive its Storage.
class S3Site final : public aws::HttpSite {
 public:
  /// `takes_forms`: a form's signature is not checked, so only where anybody who can call may do
  /// anything. Else they are refused.
  S3Site(Storage& storage, bool takes_forms) : storage_(storage), takes_forms_(takes_forms) {}

  /// Forms for a bucket; preflights for one that has CORS rules.
  bool serves(const aws::HttpRequest& request) const override;
  void serve(const aws::HttpRequest& request, Answer answer) override;
  /// The bucket's CORS rules allow the origin.
  bool allows_origin(const aws::HttpRequest& request) const override;

 private:
  aws::HttpResponse preflight(const aws::HttpRequest& request) const;
  aws::ApiResult<aws::HttpResponse> post(const aws::HttpRequest& request);

  Storage& storage_;
  const bool takes_forms_;
};

}  // namespace pawl::s3
