// SPDX-License-Identifier: Apache-2.0
// Page tokens: where a list goes on, signed, and bound to the list, its parameters and 24 hours.
// Nobody can invent one, or use one of another list, of other parameters or of another server.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/time.h"
#include "json/value.h"

namespace pawl::states {

/// Immutable; thread-safe.
class PageTokens {
 public:
  /// `secret`: MachineStore::secret().
  explicit PageTokens(std::string secret) : secret_(std::move(secret)) {}

  /// A token of a list: `list` is the operation's name, `parameters` what must be the same in the
  /// next call (ARN, filters, account and region; not maxResults). `position` may be any text.
  std::string make(std::string_view list, const std::vector<std::string>& parameters,
                   std::string_view position, base::Timestamp now) const;

  /// The position. Errors: InvalidToken. API ListExecutions: "Each pagination token expires after
  /// 24 hours. Using an expired pagination token will return an HTTP 400 InvalidToken error".
  aws::ApiResult<std::string> position(std::string_view token, std::string_view list,
                                       const std::vector<std::string>& parameters,
                                       base::Timestamp now) const;

 private:
  std::string signature(std::string_view list, const std::vector<std::string>& parameters,
                        std::string_view content) const;

  std::string secret_;
};

/// maxResults of a list's input: absent and 0 are 100, the rest is what the model lets through.
size_t page_size(const json::Value& input);

}  // namespace pawl::states
