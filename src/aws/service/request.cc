// SPDX-License-Identifier: Apache-2.0
// The life of a Reply.
#include "aws/service/request.h"

#include "base/assert.h"

namespace pawl::aws {

Principal service_principal(std::string_view account_id, std::string_view service) {
  Principal principal;
  principal.account_id = account_id;
  principal.arn = "arn:aws:iam::" + principal.account_id + ":root";
  principal.user_id = account_id;
  principal.service = service;
  return principal;
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    abandon();
    receiver_ = std::exchange(other.receiver_, nullptr);
  }
  return *this;
}

Reply::~Reply() { abandon(); }

void Reply::operator()(ActionResult result) {
  PAWL_ASSERT(receiver_ != nullptr);
  const Receiver receiver = std::exchange(receiver_, nullptr);
  receiver(std::move(result));
}

void Reply::abandon() {
  if (receiver_ == nullptr) return;
  const Receiver receiver = std::exchange(receiver_, nullptr);
  receiver(internal_failure("The request was dropped before it was answered."));
}

}  // namespace pawl::aws
