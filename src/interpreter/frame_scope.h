// SPDX-License-Identifier: Apache-2.0
// FrameScope: what a path in a state of one frame sees: `$`, `$$` and the variables of this and the
// outer scopes.
#pragma once

#include <optional>
#include <string_view>

#include "asl/program.h"
#include "base/random.h"
#include "interpreter/execution_state.h"
#include "json/payload.h"
#include "json/value.h"
#include "query/bindings.h"

namespace pawl::interpreter {

/// The item that an ItemSelector is about to be evaluated for.
struct MapItem {
  int64_t index;
  const json::Value* value;
};

/// Lives for one evaluation; borrows all it is given. The Context Object is built when first asked
/// for.
class FrameScope final : public query::ContextObject, public query::VariableScope {
 public:
  FrameScope(const asl::Program& program, const ExecutionState& state, const Frame& frame,
             const json::Value& input, base::Random& random,
             std::optional<MapItem> item = std::nullopt);
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;

  const query::Bindings& bindings() const { return bindings_; }

  const json::Value& value() const override;
  const json::Value* find(std::string_view name) const override;

 private:
  json::Value build_context() const;
  std::optional<json::Value> map_context() const;

  const asl::Program& program_;
  const ExecutionState& state_;
  const Frame& frame_;
  std::optional<MapItem> item_;
  query::Bindings bindings_;
  mutable std::optional<json::Value> context_;
};

}  // namespace pawl::interpreter
