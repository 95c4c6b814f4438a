// SPDX-License-Identifier: Apache-2.0
// Binding, and what works in the background.
#include "services/dynamodb/service.h"

#include <utility>

#include "services/dynamodb/background.h"

namespace pawl::dynamodb {

DynamoDbService::DynamoDbService(std::shared_ptr<Database> database, aws::Caller* caller)
    : database_(std::move(database)), caller_(caller), background_(Background::make(database_)) {}

DynamoDbService::~DynamoDbService() { background_->stop(); }

void DynamoDbService::run() { background_->run(); }

void DynamoDbService::bind(aws::ActionTable& table) {
  table.on_async("CreateTable", [this](Request request, aws::Reply reply) {
    with_table_key(std::move(request), std::move(reply), &DynamoDbService::create_table);
  });
  table.on("DescribeTable", &DynamoDbService::describe_table);
  table.on("ListTables", &DynamoDbService::list_tables);
  table.on_write("DeleteTable", &DynamoDbService::delete_table);
  table.on_async("UpdateTable", [this](Request request, aws::Reply reply) {
    with_table_key(std::move(request), std::move(reply), &DynamoDbService::update_table);
  });
  table.on_write("TagResource", &DynamoDbService::tag_resource);
  table.on_write("UntagResource", &DynamoDbService::untag_resource);
  table.on("ListTagsOfResource", &DynamoDbService::list_tags);
  table.on_write("UpdateTimeToLive", &DynamoDbService::update_time_to_live);
  table.on("DescribeTimeToLive", &DynamoDbService::describe_time_to_live);
  table.on_write("UpdateContinuousBackups", &DynamoDbService::update_continuous_backups);
  table.on("DescribeContinuousBackups", &DynamoDbService::describe_continuous_backups);
  table.on("DescribeLimits", &DynamoDbService::describe_limits);
  table.on("DescribeEndpoints", &DynamoDbService::describe_endpoints);
  table.on_write("PutResourcePolicy", &DynamoDbService::put_resource_policy);
  table.on("GetResourcePolicy", &DynamoDbService::get_resource_policy);
  table.on_write("DeleteResourcePolicy", &DynamoDbService::delete_resource_policy);
  table.on_write("PutItem", &DynamoDbService::put_item);
  table.on_write("UpdateItem", &DynamoDbService::update_item);
  table.on_write("DeleteItem", &DynamoDbService::delete_item);
  table.on("GetItem", &DynamoDbService::get_item);
  table.on("BatchGetItem", &DynamoDbService::batch_get_item);
  table.on("Query", &DynamoDbService::query);
  table.on("Scan", &DynamoDbService::scan);
  table.on_write("BatchWriteItem", &DynamoDbService::batch_write_item);
  table.on_write("TransactWriteItems", &DynamoDbService::transact_write_items);
  table.on("TransactGetItems", &DynamoDbService::transact_get_items);
  table.on_write("ExecuteStatement", &DynamoDbService::execute_statement);
  table.on_write("BatchExecuteStatement", &DynamoDbService::batch_execute_statement);
  table.on_write("ExecuteTransaction", &DynamoDbService::execute_transaction);
}

}  // namespace pawl::dynamodb
