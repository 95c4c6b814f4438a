// SPDX-License-Identifier: Apache-2.0
// Running compiled PartiQL statements: as reads of pages or as writes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"
#include "services/dynamodb/capacity.h"
#include "services/dynamodb/database.h"
#include "services/dynamodb/partiql/partiql_statement.h"
#include "services/dynamodb/write_request.h"

namespace pawl::dynamodb {

/// Members Statement and Parameters of an input. Errors: ValidationException.
aws::ApiResult<PartiQlStatement> read_statement(const json::Value& input);

struct PartiQlPage {
  std::vector<Item> items;
  std::string next_token;  ///< "" at the end
  std::optional<Item> last_key;
  Consumed consumed;
};

/// A SELECT. Its condition on the hash key makes it a Query of one or several partitions; without
/// one it is a Scan.
aws::ApiResult<PartiQlPage> run_select(Database& database, const aws::Request& request,
                                       const PartiQlStatement& statement, bool is_consistent,
                                       std::optional<size_t> limit, const std::string& token);

/// A SELECT or EXISTS that names one item by its whole key.
struct PartiQlKey {
  std::shared_ptr<Table> table;
  Item key;
};
/// Errors: `complaint` as ValidationException if the condition does not name one item.
aws::ApiResult<PartiQlKey> single_key(const Database& database, const aws::Request& request,
                                      const PartiQlStatement& statement,
                                      const std::string& complaint);

/// INSERT, UPDATE, DELETE and EXISTS as a Write, located and checked.
aws::ApiResult<WriteRequest> make_write(const Database& database, const aws::Request& request,
                                        const PartiQlStatement& statement);

/// What a RETURNING clause gives.
std::optional<Item> returned_item(const PartiQlStatement& statement, const Written& written);

/// Of an INSERT: DuplicateItemException, else as condition_failed().
aws::ApiError partiql_condition_failed(const PartiQlStatement& statement, const WriteRequest& write,
                                       const Written& written);

}  // namespace pawl::dynamodb
