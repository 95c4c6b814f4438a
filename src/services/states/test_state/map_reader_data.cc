// SPDX-License-Identifier: Apache-2.0
#include "services/states/test_state/map_reader_data.h"

#include <string_view>
#include <utility>
#include <vector>

#include "json/parse.h"

namespace pawl::states {
namespace {

std::optional<json::Value> parse_lines(std::string_view data) {
  std::vector<json::Value> items;
  while (!data.empty()) {
    const size_t end = std::min(data.find('\n'), data.size());
    const std::string_view line = data.substr(0, end);
    data.remove_prefix(std::min(end + 1, data.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    base::Result<json::Value> item = json::parse(line);
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
  }
  return json::Value::array(std::move(items));
}

}  // namespace

std::optional<json::Value> parse_reader_data(const std::string& data,
                                             const asl::ItemReader& reader) {
  const json::Value* type = reader.reader_config.value().find("InputType");
  if (type != nullptr && type->is_string() && type->as_string() == "JSONL")
    return parse_lines(data);
  base::Result<json::Value> items = json::parse(data);
  if (!items || !items->is_array()) return std::nullopt;
  return *std::move(items);
}

}  // namespace pawl::states
