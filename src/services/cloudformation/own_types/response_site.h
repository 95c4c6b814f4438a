// SPDX-License-Identifier: Apache-2.0
// ResponseSite: the pages of a ResponseBox: PUT keeps the body for the stack, 200 with nothing in
// it. Unsigned: who has the address may answer, as with AWS's signed URLs.
#pragma once

#include <functional>
#include <string>

#include "aws/service/http_site.h"
#include "services/cloudformation/own_types/response_box.h"

namespace pawl::cloudformation {

/// Thread-safe.
class ResponseSite final : public aws::HttpSite {
 public:
  struct Ports {
    const ResponseBox& box;
    /// Somebody has answered for a resource of the stack.
    std::function<void(const StackKey&)> answered;
    /// Runs when everything committed so far is on disk.
    std::function<void(std::function<void()>)> after_sync;
  };
  explicit ResponseSite(Ports ports) : ports_(std::move(ports)) {}

  bool serves(const aws::HttpRequest& request) const override {
    return request.path.starts_with(ResponseBox::kPath);
  }
  void serve(const aws::HttpRequest& request, Answer answer) override;

 private:
  aws::HttpResponse keep(const aws::HttpRequest& request);

  const Ports ports_;
};

}  // namespace pawl::cloudformation
