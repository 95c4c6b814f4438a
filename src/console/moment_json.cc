// SPDX-License-Identifier: Apache-2.0
#include "console/moment_json.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "asl/program.h"
#include "base/integer.h"
#include "base/random.h"
#include "base/time.h"
#include "console/state_pointers.h"
#include "interpreter/frame_scope.h"
#include "interpreter/history_json.h"
#include "interpreter/line_stage.h"
#include "interpreter/state_expressions.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::console {
namespace {

using interpreter::Frame;
using interpreter::StateExpression;
using interpreter::Visit;
using json::ObjectBuilder;
using json::Value;

Value error_object(const asl::ExecutionError& error) {
  ObjectBuilder out;
  out.set("error", error.error ? Value(*error.error) : Value());
  out.set("cause", error.cause ? Value(*error.cause) : Value());
  return std::move(out).build();
}

/// What the definition says at `pointer` of a state where an expression has no text of its own: a
/// rule without what it leads to, the errors of a Retrier or Catcher.
std::string text_at(const Value* state, const StateExpression& row) {
  const Value* found = state;
  for (const std::string& token : json::pointer_tokens(row.pointer)) {
    if (found == nullptr) return "";
    if (found->is_array()) {
      const auto index = base::parse_int64(token).value_or(-1);
      found = index >= 0 && static_cast<size_t>(index) < found->size()
                  ? &found->items()[static_cast<size_t>(index)]
                  : nullptr;
    } else {
      found = found->find(token);
    }
  }
  if (found == nullptr) return "";
  if (row.kind != StateExpression::Kind::Rule) {
    const Value* errors = found->find("ErrorEquals");
    return errors == nullptr ? "" : json::write(*errors);
  }
  Value rule = *found;
  for (const std::string_view name : {"Next", "Assign", "Output", "Comment"})
    rule = rule.without_member(name);
  return json::write(rule);
}

class Rendering {
 public:
  Rendering(engine::ExecutionMoment& moment, const std::string& definition, const MomentView& view)
      : moment_(moment),
        program_(*moment.revision->program),
        places_(definition),
        view_(view),
        values_(view.whole) {
    for (const auto& [id, frame] : moment.state.frames) frames_.push_back(frame.get());
    std::sort(frames_.begin(), frames_.end(),
              [](const Frame* a, const Frame* b) { return a->id < b->id; });
  }

  Value all() {
    const interpreter::ExecutionState& state = moment_.state;
    std::vector<Value> lines;
    size_t left_off = 0;
    for (const Frame* frame : frames_) {
      const bool is_wanted = !view_.line.empty() && std::to_string(frame->id) == view_.line;
      if (lines.size() < kLinesShownMax || is_wanted) {
        lines.push_back(
            line(*frame, view_.line.empty() ? lines.size() < kLinesEvaluatedMax : is_wanted));
      } else {
        ++left_off;
      }
    }
    ObjectBuilder out;
    out.set("executionArn", Value(engine::execution_arn_of(moment_.record)))
        .set("stateMachineArn", Value(engine::state_machine_arn_of(moment_.record)))
        .set("status", Value(interpreter::execution_status_name(state.status)))
        .set("lastEvent", Value(moment_.last_event))
        .set("event", interpreter::render(moment_.event, program_, *state.info, {}))
        .set("lines", Value::array(std::move(lines)));
    if (left_off > 0) out.set("linesLeftOff", Value(static_cast<int64_t>(left_off)));
    return std::move(out).build();
  }

 private:
  const Visit& visit_of(const Frame& frame) const { return moment_.visits.at(frame.id); }

  Value line(const Frame& frame, bool with_expressions) {
    const asl::State& state = program_.states[frame.state];
    const Visit& visit = visit_of(frame);
    const auto [code, text] = interpreter::stage_of(program_, moment_.state, frame, visit);
    const bool is_jsonata = state.query_language == asl::QueryLanguage::Jsonata;
    ObjectBuilder out;
    out.set("line", Value(std::to_string(frame.id)));
    out.set("parent",
            frame.parent == interpreter::kNoFrame ? Value() : Value(std::to_string(frame.parent)));
    out.set("index", Value(int64_t{frame.index}))
        .set("state", Value(state.name))
        .set("type", Value(asl::state_type_name(state.type)))
        .set("pointer", Value(places_.pointer(state.name)))
        .set("language", Value(is_jsonata ? "JSONata" : "JSONPath"))
        .set("stage", Value(code))
        .set("phase", Value(text))
        .set("enteredEvent", Value(frame.entered_event_id))
        .set("lastEvent", Value(frame.last_event_id))
        .set("input", values_.shown(frame.input.value()));
    if (visit.arguments) out.set("arguments", values_.shown(*visit.arguments));
    if (visit.result) out.set("result", values_.shown(visit.result->value()));
    if (visit.left) out.set("output", values_.shown(visit.output.value()));
    if (visit.error) out.set("error", error_object(*visit.error));
    add_variables(out, frame, visit);
    const bool has_begun = frame.entered_event_id != 0;
    out.set("context", has_begun ? context(frame) : Value());
    out.set("retries", retries(frame)).set("waits", waits(frame));
    out.set("expressions",
            has_begun && with_expressions ? expressions(frame, visit, state) : Value());
    return std::move(out).build();
  }

  void add_variables(ObjectBuilder& out, const Frame& frame, const Visit& visit) {
    ObjectBuilder own;
    for (const auto& [name, value] : interpreter::variables_after(frame, visit))
      own.set(name, values_.shown(value));
    std::vector<Value> assigned;
    if (visit.assigned) {
      for (const auto& [name, value] : *visit.assigned) assigned.emplace_back(name);
    }
    std::vector<Value> outer;
    for (const Frame* scope = moment_.state.find(frame.parent); scope != nullptr;
         scope = moment_.state.find(scope->parent)) {
      for (const auto& [name, value] : scope->variables) {
        ObjectBuilder variable;
        variable.set("name", Value(name)).set("line", Value(std::to_string(scope->id)));
        values_.show(variable, value);
        outer.push_back(std::move(variable).build());
      }
    }
    out.set("variables", std::move(own).build())
        .set("assigned", Value::array(std::move(assigned)))
        .set("outerVariables", Value::array(std::move(outer)));
  }

  Value context(const Frame& frame) {
    base::Random random(1);
    const interpreter::FrameScope scope(program_, moment_.state, frame, frame.input.value(),
                                        random);
    return values_.shown(scope.value());
  }

  static Value retries(const Frame& frame) {
    std::vector<Value> counts;
    for (const uint32_t count : frame.retries) counts.emplace_back(int64_t{count});
    return Value::array(std::move(counts));
  }

  Value waits(const Frame& frame) const {
    std::vector<Value> texts;
    for (const engine::StoredTimer& timer : moment_.timers) {
      if (timer.timer.frame != frame.id || timer.timer.sequence == 0) continue;
      const uint32_t sequence = timer.timer.sequence;
      const char* what = nullptr;
      if (sequence == frame.timeout_timer) what = "its timeout at ";
      if (sequence == frame.heartbeat_timer) what = "a heartbeat until ";
      if (sequence == frame.timer) what = "until ";
      if (what != nullptr) texts.emplace_back(what + base::format_iso8601(timer.due));
    }
    if (!frame.task_token.empty() && frame.task != 0) texts.emplace_back("an answer by token");
    return Value::array(std::move(texts));
  }

  Value expressions(const Frame& frame, const Visit& visit, const asl::State& state) {
    const Value* source = places_.find(state.name);
    const std::string& pointer = places_.pointer(state.name);
    std::vector<Value> rows;
    for (StateExpression& row :
         interpreter::evaluate_state({program_, moment_.state, frame, visit}, view_.go_on)) {
      if (row.text.empty()) row.text = text_at(source, row);
      ObjectBuilder out;
      out.set("pointer", Value(pointer + row.pointer))
          .set("kind", Value(interpreter::expression_kind_name(row.kind)))
          .set("text", Value(row.text))
          .set("language",
               Value(row.kind == StateExpression::Kind::Jsonata ? "JSONata" : "JSONPath"));
      if (row.value) {
        values_.show(out, *row.value);
      } else if (row.error) {
        out.set("error", error_object(*row.error));
      } else {
        out.set("pending", Value(row.pending));
      }
      if (row.is_random) out.set("random", Value(true));
      if (row.is_recorded) out.set("recorded", Value(true));
      if (!row.note.empty()) out.set("note", Value(row.note));
      rows.push_back(std::move(out).build());
    }
    return Value::array(std::move(rows));
  }

  engine::ExecutionMoment& moment_;
  const asl::Program& program_;
  StatePointers places_;
  const MomentView& view_;
  ShownValues values_;
  std::vector<const Frame*> frames_;
};

}  // namespace

Value moment_as_json(engine::ExecutionMoment& moment, const std::string& definition,
                     const MomentView& view) {
  return Rendering(moment, definition, view).all();
}

}  // namespace pawl::console
