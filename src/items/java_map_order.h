// SPDX-License-Identifier: Apache-2.0
// The order in which a java.util.HashMap gives its keys. NOTE: AWS makes a CSV row such a map, so
// the members of an item stand in this order and not in the columns' (recorded:
// test_map_item_reader_csv_headers_first_row_typed_headers gives "0", "{}", "True" for the header
// 0,True,{}).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pawl::items {

/// Indexes into `keys`, which are distinct, in a HashMap's order after inserting them one by one
/// into an empty map. Keys of one bucket keep the order of insertion (trees, from eight keys a
/// bucket on, are not imitated).
std::vector<size_t> java_map_order(const std::vector<std::string>& keys);

}  // namespace pawl::items
