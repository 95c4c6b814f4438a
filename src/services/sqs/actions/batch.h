// SPDX-License-Identifier: Apache-2.0
// What the batch operations share: the checks of their entries' ids and the form of their answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/service/request.h"
#include "json/value.h"
#include "services/sqs/broker.h"

namespace pawl::sqs {

/// The ids of the entries of a batch. `entry_shape` names them in messages.
/// Errors: EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId,
/// BatchEntryIdsNotDistinct.
aws::ApiResult<std::vector<std::string>> check_batch(const json::Value& input,
                                                     std::string_view entry_shape);

/// API BatchResultErrorEntry.
json::Value failed_entry(const std::string& id, const aws::ApiError& error);

/// {"Successful": …, "Failed": …}, without what is empty.
json::Value batch_output(std::vector<json::Value> successful, std::vector<json::Value> failed);

}  // namespace pawl::sqs
