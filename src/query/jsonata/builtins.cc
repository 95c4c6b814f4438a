// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/builtins.h"

#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/assert.h"

namespace pawl::query::jsonata {
namespace {

struct Entry {
  Signature signature;
  Function function;
};

/// All built-ins, made once: those of the language, of Step Functions, and of the reference alone.
class Registry {
 public:
  static const Registry& instance() {
    static const Registry kRegistry;
    return kRegistry;
  }

  uint32_t find(std::string_view name, FunctionSet functions) const {
    const auto& special = functions == FunctionSet::States ? states_ : reference_;
    if (const auto found = special.find(name); found != special.end()) return found->second;
    const auto found = common_.find(name);
    return found == common_.end() ? kNoSlot : found->second;
  }

  const Entry& at(uint32_t index) const { return entries_[index]; }

 private:
  using Index = std::unordered_map<std::string_view, uint32_t>;

  Registry() {
    for (const auto table :
         {aggregation_functions(), array_functions(), boolean_functions(), date_functions(),
          encoding_functions(), higher_order_functions(), matching_functions(), number_functions(),
          object_functions(), string_functions()})
      add(table, common_);
    add(states_functions(), states_);
    add(reference_only_functions(), reference_);
  }

  void add(std::span<const Builtin> table, Index& index) {
    for (const Builtin& builtin : table) {
      auto signature = Signature::parse(builtin.signature);
      PAWL_ASSERT(signature.has_value());
      Function function(Function::Kind::Builtin);
      function.builtin = &builtin;
      index.emplace(builtin.name, static_cast<uint32_t>(entries_.size()));
      Entry& entry = entries_.emplace_back(Entry{std::move(*signature), std::move(function)});
      entry.function.signature = &entry.signature;
    }
  }

  std::deque<Entry> entries_;
  Index common_;
  Index states_;
  Index reference_;
};

}  // namespace

uint32_t find_builtin(std::string_view name, FunctionSet functions) {
  return Registry::instance().find(name, functions);
}

const Function* builtin_function(uint32_t index) {
  return &Registry::instance().at(index).function;
}

}  // namespace pawl::query::jsonata
