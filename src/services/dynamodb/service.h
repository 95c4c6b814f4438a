// SPDX-License-Identifier: Apache-2.0
// DynamoDbService: the API of Amazon DynamoDB (version 2012-08-10) over a Database. Which
// operations there are says bind(); the others of the model answer 501. README.md.
#pragma once

#include <memory>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "services/dynamodb/database.h"

namespace pawl::dynamodb {

class Background;

/// Actions may run on any thread and at the same time. Writes of one table wait for each other, not
/// for the disk.
class DynamoDbService final : public aws::Service {
 public:
  /// `caller` reaches KMS, which is asked about keys of tables; null: nobody is asked.
  explicit DynamoDbService(std::shared_ptr<Database> database, aws::Caller* caller = nullptr);
  ~DynamoDbService() override;

  /// Starts what works in the background: expiry of items and trimming of streams, and the filling
  /// of indexes that a stop interrupted.
  void run();

  void bind(aws::ActionTable& table) override;

 private:
  using Request = aws::Request;
  using ActionResult = aws::ActionResult;

  using Action = ActionResult (DynamoDbService::*)(const Request&);
  // actions/table_key.cc
  /// The action once KMS has said that the key of SSESpecification may be used. Errors:
  /// ValidationException.
  void with_table_key(Request request, aws::Reply reply, Action then);
  // actions/create_table.cc
  ActionResult create_table(const Request& request);
  // actions/tables.cc
  ActionResult describe_table(const Request& request);
  ActionResult list_tables(const Request& request);
  ActionResult delete_table(const Request& request);
  // actions/update_table.cc
  ActionResult update_table(const Request& request);
  // actions/table_settings.cc
  ActionResult tag_resource(const Request& request);
  ActionResult untag_resource(const Request& request);
  ActionResult list_tags(const Request& request);
  ActionResult update_time_to_live(const Request& request);
  ActionResult describe_time_to_live(const Request& request);
  ActionResult update_continuous_backups(const Request& request);
  ActionResult describe_continuous_backups(const Request& request);
  ActionResult describe_limits(const Request& request);
  ActionResult describe_endpoints(const Request& request);
  // actions/resource_policy.cc
  ActionResult put_resource_policy(const Request& request);
  ActionResult get_resource_policy(const Request& request);
  ActionResult delete_resource_policy(const Request& request);
  // actions/item_writes.cc
  ActionResult put_item(const Request& request);
  ActionResult update_item(const Request& request);
  ActionResult delete_item(const Request& request);
  // actions/item_reads.cc
  ActionResult get_item(const Request& request);
  ActionResult batch_get_item(const Request& request);
  // actions/query.cc
  ActionResult query(const Request& request);
  ActionResult scan(const Request& request);
  // actions/batch_write_item.cc
  ActionResult batch_write_item(const Request& request);
  // actions/transactions.cc
  ActionResult transact_write_items(const Request& request);
  ActionResult transact_get_items(const Request& request);

  // actions/partiql.cc
  ActionResult execute_statement(const Request& request);
  ActionResult batch_execute_statement(const Request& request);
  ActionResult execute_transaction(const Request& request);

  Database& db() { return *database_; }

  std::shared_ptr<Database> database_;
  aws::Caller* const caller_;               ///< may be null
  std::shared_ptr<Background> background_;  ///< its timers hold it weakly
};

}  // namespace pawl::dynamodb
