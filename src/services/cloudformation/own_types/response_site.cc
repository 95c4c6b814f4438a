// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/response_site.h"

#include <utility>

namespace pawl::cloudformation {
namespace {

aws::HttpResponse plain(int status, const std::string& text) {
  return {status, {{"Content-Type", "text/plain"}}, text, nullptr};
}

}  // namespace

void ResponseSite::serve(const aws::HttpRequest& request, Answer answer) {
  aws::HttpResponse response = keep(request);
  if (response.status != 200) return answer(std::move(response));
  ports_.after_sync(
      [answer = std::move(answer), response = std::move(response)] { answer(response); });
}

aws::HttpResponse ResponseSite::keep(const aws::HttpRequest& request) {
  if (request.method != "PUT") return plain(405, "PUT is possible\n");
  const auto address = ports_.box.address(request.path);
  if (!address) return plain(500, "the answer cannot be kept\n");
  if (!*address) return plain(403, "no such address\n");
  const auto slot = ports_.box.put(**address, request.body);
  if (!slot) return plain(slot.error().status, slot.error().message.value_or("") + "\n");
  ports_.answered({(*address)->owner, slot->stack_uuid});
  return {200, {}, "", nullptr};
}

}  // namespace pawl::cloudformation
