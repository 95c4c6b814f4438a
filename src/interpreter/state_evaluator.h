// SPDX-License-Identifier: Apache-2.0
// StateEvaluator: the working parts of state_expressions.h. A Stepper does what it can do; nothing
// of what that would change is kept. Internal to interpreter.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interpreter/state_expressions.h"
#include "interpreter/stepper.h"

namespace pawl::interpreter {

class StateEvaluator {
 public:
  StateEvaluator(const StateMoment& moment, const std::function<bool()>& go_on);

  std::vector<StateExpression> all();

  Outcome<json::Payload> input_after_path();
  Outcome<json::Payload> effective_input();
  Outcome<json::Value> map_items();
  asl::ExecutionError fail_error();

 private:
  using Kind = StateExpression::Kind;
  /// What a JSONata field may see, and why it may not be evaluated.
  struct Sees {
    StatesFields fields = {};
    std::string no_result = {};  ///< why $states.result is not there
    std::string blocked = {};    ///< why nothing is evaluated
    std::optional<json::Kind> expected = {};
  };

  bool speaks_jsonata() const { return state_.query_language == asl::QueryLanguage::Jsonata; }
  /// A fresh seed for each expression: their order must not show.
  void reseed(uint64_t seed = kSeed);
  Outcome<json::Value> whole(const query::jsonata::ValueTemplate& field);

  // rows
  StateExpression& add(std::string pointer, Kind kind, std::string text);
  /// Evaluates with another seed when the text may be random; settles the row.
  void evaluate_row(StateExpression& row, const std::function<Outcome<json::Value>()>& evaluate);
  void take_recorded(StateExpression& row) const;
  bool stopped(StateExpression& row);

  // what states have in common
  void add_path_field(std::string_view name, const asl::PathField& field,
                      const Outcome<json::Payload>& input, const std::string& blocked);
  void add_path(std::string pointer, const query::Path& path, const Outcome<json::Payload>& input,
                const std::string& blocked);
  void add_template(const std::string& pointer, const std::optional<query::PayloadTemplate>& field,
                    const Outcome<json::Payload>& input, const std::string& blocked,
                    std::optional<MapItem> item = std::nullopt, const std::string& note = "");
  void add_jsonata(const std::string& pointer, const asl::JsonataField& field, const Sees& sees,
                   const std::string& note = "");
  void add_assign(const std::string& pointer, const asl::AssignField& assign,
                  const Outcome<json::Payload>& input, const Sees& sees);
  void add_integer(const std::string& pointer, std::string_view name,
                   const asl::IntegerField& field, const Outcome<json::Payload>& input);
  void add_result_flow(const std::optional<query::PayloadTemplate>& selector);
  void add_plain_flow();
  void add_retriers();
  void add_catchers();
  std::string missing_field(const query::jsonata::Expression& expression, const Sees& sees) const;
  std::string why_no_result() const;

  // state types
  void add_task(const asl::TaskState& task);
  void add_pass(const asl::PassState& pass);
  void add_choice(const asl::ChoiceState& choice);
  std::optional<bool> add_rule(const std::string& pointer, const asl::ChoiceRule& rule,
                               const FrameScope& scope);
  void add_wait(const asl::WaitState& wait);
  void add_fail(const asl::FailState& fail);
  void add_fail_field(std::string_view name, const asl::StringField& field);
  void add_parallel(const asl::ParallelState& parallel);
  void add_map(const asl::MapState& map);
  void add_item_selector(const asl::MapState& map, const Outcome<json::Payload>& input);
  void add_map_run_fields(const asl::MapState& map, const Outcome<json::Payload>& input);

  static constexpr uint64_t kSeed = 1;  ///< as `pawl replay`
  static constexpr uint64_t kOtherSeed = 2;

  const StateMoment& moment_;
  const asl::Program& program_;
  const Frame& frame_;
  const Visit& visit_;
  const asl::State& state_;
  const std::function<bool()>& go_on_;
  Inspection inspection_;  ///< so that causes do not name the state again
  StepResult scratch_;
  Stepper stepper_;
  std::vector<StateExpression> rows_;
};

}  // namespace pawl::interpreter
