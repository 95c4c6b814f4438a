// SPDX-License-Identifier: Apache-2.0
// StreamsService: the API of DynamoDB Streams (version 2012-08-10) over a Database. A stream is one
// shard that never splits.
#pragma once

#include <memory>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "services/dynamodb/database.h"

namespace pawl::dynamodb {

/// Actions may run on any thread and at the same time.
class StreamsService final : public aws::Service {
 public:
  explicit StreamsService(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  void bind(aws::ActionTable& table) override;

 private:
  aws::ActionResult list_streams(const aws::Request& request);
  aws::ActionResult describe_stream(const aws::Request& request);
  aws::ActionResult get_shard_iterator(const aws::Request& request);
  aws::ActionResult get_records(const aws::Request& request);

  /// ResourceNotFoundException naming the ARN.
  aws::ApiResult<StreamDescription> find_stream(const aws::Request& request,
                                                const std::string& arn) const;
  /// Of the newest record; 0 if there is none.
  aws::ApiResult<uint64_t> last_sequence(const StreamDescription& stream) const;

  std::shared_ptr<Database> database_;
};

}  // namespace pawl::dynamodb
