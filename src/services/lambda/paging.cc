// SPDX-License-Identifier: Apache-2.0
// A marker is base64 of the list's name, a line feed and the last item.
#include "services/lambda/paging.h"

#include <algorithm>

#include "base/bytes.h"
#include "services/lambda/function_reference.h"

namespace pawl::lambda {

aws::ApiResult<Page> read_page(const json::Value& input, std::string_view list) {
  Page page;
  int64_t items_max = 0;
  const json::Value* given = input.find("MaxItems");
  if (given != nullptr && given->is_number() && given->to_int64(items_max)) {
    page.items_max = std::min(kPageItemsMax, static_cast<size_t>(std::max<int64_t>(items_max, 1)));
  }
  const json::Value* marker = input.find("Marker");
  if (marker == nullptr || !marker->is_string() || marker->as_string().empty()) return page;
  const auto text = base::base64_decode(marker->as_string());
  const std::string prefix = std::string(list) + "\n";
  if (!text || !text->starts_with(prefix)) {
    return invalid_parameter("The request contains an invalid marker.");
  }
  page.after = text->substr(prefix.size());
  return page;
}

std::string write_marker(std::string_view list, std::string_view last_item) {
  return base::base64_encode(std::string(list) + "\n" + std::string(last_item));
}

}  // namespace pawl::lambda
