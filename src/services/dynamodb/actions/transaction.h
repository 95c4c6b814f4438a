// SPDX-License-Identifier: Apache-2.0
// Transaction: writes that all happen or none (Developer Guide "Amazon DynamoDB transactions: How
// it works"), for TransactWriteItems and ExecuteTransaction.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {

struct CancellationReason {
  std::string code = "None";
  std::string message = {};
  std::optional<Item> item = {};
};

/// TransactionCanceledException.
aws::ApiError transaction_cancelled(const std::vector<CancellationReason>& reasons);

/// The entry of a table, made as one of a transaction if it is not there.
Consumed& consumed_of(std::vector<Consumed>& list, const std::string& table);

struct TransactionResult {
  std::vector<Consumed> consumed;
};

/// Of one request.
class Transaction {
 public:
  /// With a `token` the same writes happen once within 10 minutes.
  Transaction(Database& database, const aws::Request& request, std::string token)
      : database_(database), request_(request), token_(std::move(token)) {}

  std::vector<WriteRequest> writes;  ///< whose tables are located by run()
  /// The output that the request will answer, which is kept with the effect (Request::keep_answer).
  std::function<json::Value(const TransactionResult&)> answer;

  /// Errors: TransactionCanceledException with a reason for each write;
  /// IdempotentParameterMismatchException; ValidationException; ResourceNotFoundException.
  aws::ApiResult<TransactionResult> run();

 private:
  aws::ApiResult<void> locate_all();
  aws::ApiResult<bool> is_repeated() const;
  std::string token_key() const;
  std::string fingerprint() const;
  aws::ApiResult<TransactionResult> stage_all(ItemWriter& writer);

  Database& database_;
  const aws::Request& request_;
  std::string token_;
  std::vector<CancellationReason> reasons_;
};

}  // namespace pawl::dynamodb
