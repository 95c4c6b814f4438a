// SPDX-License-Identifier: Apache-2.0
// Objects: put, read, removed; their attributes, the restoring of archived ones.
#pragma once

#include "aws/service/action_table.h"
#include "services/s3/storage.h"

namespace pawl::s3 {

class ObjectActions {
 public:
  explicit ObjectActions(Storage& storage) : storage_(storage) {}
  void bind(aws::ActionTable& table);

 private:
  aws::ActionResult put_object(const aws::Request& request);
  aws::ActionResult get_object(const aws::Request& request);
  aws::ActionResult head_object(const aws::Request& request);
  aws::ActionResult get_object_attributes(const aws::Request& request);
  aws::ActionResult delete_object(const aws::Request& request);
  aws::ActionResult delete_objects(const aws::Request& request);
  aws::ActionResult restore_object(const aws::Request& request);

  /// What GetObject and HeadObject share: the answer without bytes, and which bytes.
  struct Reading {
    aws::Output output;
    ObjectVersion version;
    uint64_t offset = 0;
    uint64_t length = 0;
    bool is_modified = true;
  };
  aws::ApiResult<Reading> begin_reading(const aws::Request& request, std::string_view method);
  /// Which bytes, by PartNumber and Range, and what the answer says of them.
  aws::ApiResult<void> choose_bytes(const aws::Request& request, Reading& reading,
                                    json::ObjectBuilder& out);

  Storage& storage_;
};

/// The conditions of a read or write: the members IfMatch and its like, with a prefix
/// ("CopySource").
Conditions read_conditions(const aws::Request& request, std::string_view prefix);

}  // namespace pawl::s3
