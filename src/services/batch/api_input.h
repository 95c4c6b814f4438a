// SPDX-License-Identifier: Apache-2.0
// What the actions share: AWS Batch's errors, names, pages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"

namespace pawl::batch {

/// The error of the sender; 400.
aws::ApiError client_error(std::string message);
/// The same as AWS's front end words what its service refused (seen in clients' reports):
/// "Error executing request, Exception : …, RequestId: …".
aws::ApiError refused(const aws::Request& request, const std::string& message);

/// Letters, digits, "-" and "_", at most 128, the first a letter or digit.
bool is_name(std::string_view text);

/// Of RegisterJobDefinition and SubmitJob.
aws::ApiResult<void> check_retry_and_timeout(const aws::Request& request);

/// Pages: nextToken is base64 of the place behind which the next page begins.
struct Page {
  std::string after = {};
  size_t items_max = 100;
};
/// Errors: ClientException for a token of no page.
aws::ApiResult<Page> read_page(const aws::Request& request, size_t items_max);
json::Value next_token(const std::string& place);

}  // namespace pawl::batch
