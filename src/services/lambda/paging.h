// SPDX-License-Identifier: Apache-2.0
// Pages of the List operations: Marker and MaxItems in, NextMarker out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/api_error.h"
#include "aws/service/request.h"
#include "json/value.h"

namespace pawl::lambda {

/// API ListFunctions: "returns a maximum of 50 items in each response, even if you set the number
/// higher". The other lists do the same.
inline constexpr size_t kPageItemsMax = 50;

struct Page {
  std::string after;  ///< the last item of the page before; empty: from the beginning
  size_t items_max = kPageItemsMax;
};

/// `list` names what is listed: a marker of another list is refused. Errors:
/// InvalidParameterValueException.
aws::ApiResult<Page> read_page(const json::Value& input, std::string_view list);
std::string write_marker(std::string_view list, std::string_view last_item);

/// The page that the request asks for of `items`, which are in the order of their keys: an output
/// with `member` and NextMarker. Errors: those of read_page.
aws::ActionResult list_page(const aws::Request& request, const std::string& list,
                            std::string_view member,
                            std::vector<std::pair<std::string, json::Value>> items);

}  // namespace pawl::lambda
