// SPDX-License-Identifier: Apache-2.0
// Put- and GetBucketNotificationConfiguration: destinations are asked whether they exist before the
// configuration is taken, and told so by a test event.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class NotificationActions {
 public:
  explicit NotificationActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  struct Putting;

  void put(aws::Request request, aws::Reply reply);
  aws::ApiResult<std::shared_ptr<Putting>> begin(const aws::Request& request);
  void check_next(const std::shared_ptr<Putting>& putting);
  aws::ActionResult finish(const Putting& putting);
  aws::ActionResult get(const aws::Request& request);

  Storage& storage_;
};

}  // namespace pawl::s3
