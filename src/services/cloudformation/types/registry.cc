// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {

const ResourceType* find_type(std::string_view name) {
  static constexpr std::array<std::span<const ResourceType> (*)(), 1> kTables = {sqs_types};
  for (const auto& table : kTables) {
    for (const ResourceType& type : table()) {
      if (type.name == name) return &type;
    }
  }
  return nullptr;
}

}  // namespace pawl::cloudformation
