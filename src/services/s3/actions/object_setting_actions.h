// SPDX-License-Identifier: Apache-2.0
// What can be changed of an object that is there: tags, access, retention, legal hold; and the
// access to buckets.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class ObjectSettingActions {
 public:
  explicit ObjectSettingActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult get_object_tagging(const aws::Request& request);
  aws::ActionResult put_object_tagging(const aws::Request& request);
  aws::ActionResult delete_object_tagging(const aws::Request& request);
  aws::ActionResult get_object_acl(const aws::Request& request);
  aws::ActionResult put_object_acl(const aws::Request& request);
  aws::ActionResult get_bucket_acl(const aws::Request& request);
  aws::ActionResult put_bucket_acl(const aws::Request& request);
  aws::ActionResult get_object_retention(const aws::Request& request);
  aws::ActionResult put_object_retention(const aws::Request& request);
  aws::ActionResult get_object_legal_hold(const aws::Request& request);
  aws::ActionResult put_object_legal_hold(const aws::Request& request);

  Storage& storage_;
};

}  // namespace pawl::s3
