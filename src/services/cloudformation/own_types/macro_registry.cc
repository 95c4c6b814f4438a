// SPDX-License-Identifier: Apache-2.0
#include "services/cloudformation/own_types/macro_registry.h"

#include <utility>

#include "aws/service/input_members.h"
#include "json/members.h"

namespace pawl::cloudformation {
namespace {
constexpr std::string_view kKind = "macro";
}  // namespace

aws::ApiResult<std::optional<std::string>> find_macro(const StackStore& store,
                                                      const records::Owner& owner,
                                                      const std::string& name) {
  const auto record = PAWL_TRY(aws::from_store(store.table().get(owner, kKind, name)));
  if (!record) return std::optional<std::string>();
  return json::find_text(*record, "Function");
}

aws::ApiResult<void> put_macro(const StackStore& store, const records::Owner& owner,
                               const std::string& name, const std::string& function) {
  json::ObjectBuilder record;
  record.set("Function", json::Value(function));
  return aws::from_store(store.table().put(owner, kKind, name, std::move(record).build()));
}

aws::ApiResult<void> erase_macro(const StackStore& store, const records::Owner& owner,
                                 const std::string& name) {
  return aws::from_store(store.table().erase(owner, kKind, name));
}

}  // namespace pawl::cloudformation
