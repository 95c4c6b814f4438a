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

aws::ActionResult list_page(const aws::Request& request, const std::string& list,
                            std::string_view member,
                            std::vector<std::pair<std::string, json::Value>> items) {
  const Page page = PAWL_TRY(read_page(request.input, list));
  std::vector<json::Value> shown;
  std::string last;
  std::string next;
  for (auto& [key, item] : items) {
    if (!page.after.empty() && key <= page.after) continue;
    if (shown.size() == page.items_max) {
      next = last;
      break;
    }
    shown.push_back(std::move(item));
    last = key;
  }
  json::ObjectBuilder out;
  out.set(member, json::Value::array(std::move(shown)));
  if (!next.empty()) out.set("NextMarker", json::Value(write_marker(list, next)));
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::lambda
