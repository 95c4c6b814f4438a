// SPDX-License-Identifier: Apache-2.0
#include "console/evaluation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "asl/compile.h"
#include "asl/execution_error.h"
#include "base/random.h"
#include "console/text_position.h"
#include "interpreter/execution_state.h"
#include "interpreter/state_expressions.h"
#include "json/parse.h"
#include "json/write.h"
#include "query/jsonata/expression.h"
#include "query/jsonata/value_template.h"
#include "query/template/payload_template.h"
#include "text/unicode.h"

namespace pawl::console {
namespace {

using json::ObjectBuilder;
using json::Value;
using query::jsonata::EvaluationError;

/// What is wrong with the text itself, as ValidateStateMachineDefinition calls it.
constexpr std::string_view kInvalidText = "SCHEMA_VALIDATION_FAILED";
constexpr std::string_view kInvalidJson = "INVALID_JSON_DESCRIPTION";

class GivenContext final : public query::ContextObject {
 public:
  explicit GivenContext(const Value& value) : value_(value) {}
  const Value& value() const override { return value_; }

 private:
  const Value& value_;
};

/// The variables, and `$states` where there is one.
class GivenVariables final : public query::VariableScope {
 public:
  GivenVariables(const Value& variables, const Value* states)
      : variables_(variables), states_(states) {}
  const Value* find(std::string_view name) const override {
    if (states_ != nullptr && name == "states") return states_;
    return variables_.find(name);
  }

 private:
  const Value& variables_;
  const Value* states_;
};

void set_error(ObjectBuilder& out, std::string_view error, std::string_view cause) {
  out.set("error", Value(error)).set("cause", Value(cause));
}

Value failed(std::string_view error, std::string_view cause) {
  ObjectBuilder out;
  set_error(out, error, cause);
  return std::move(out).build();
}

std::string described(const EvaluationError& error) {
  return error.is_bound() ? error.message() : error.code + ": " + error.message();
}

std::string_view error_name_of(const base::Error& error) {
  return error.kind == base::ErrorKind::IntrinsicFailure ? asl::error_name::kIntrinsicFailure
                                                         : asl::error_name::kRuntime;
}

class Evaluator {
 public:
  explicit Evaluator(const EvaluationRequest& request)
      : request_(request),
        text_(request.text),
        context_(request.context),
        random_(request.seed),
        states_(make_states()),
        variables_(request.variables, request.is_jsonata ? &states_ : nullptr) {}

  Value run() {
    using Kind = EvaluationRequest::Kind;
    switch (request_.kind) {
      case Kind::Template: return request_.is_jsonata ? value_template() : payload_template();
      case Kind::Condition: return request_.is_jsonata ? expression(true) : condition();
      default: return request_.is_jsonata ? expression(false) : path();
    }
  }

 private:
  Value make_states() const {
    ObjectBuilder states;
    states.set("input", request_.input).set("context", request_.context);
    for (const json::Member& member : request_.states.members())
      states.set(member.name(), member.value);
    return std::move(states).build();
  }

  query::Bindings bindings() {
    random_ = base::Random(request_.seed);
    return {.input = &request_.input,
            .context = &context_,
            .variables = &variables_,
            .random = &random_};
  }

  query::jsonata::EvaluationInput jsonata_input() {
    random_ = base::Random(request_.seed);
    query::jsonata::EvaluationInput input;
    input.variables = &variables_;
    input.random = &random_;
    input.now_ms = request_.now.ms;
    return input;
  }

  Value path() {
    const auto compiled = query::TemplateExpression::compile(text_);
    if (!compiled) {
      ObjectBuilder out;
      set_error(out, kInvalidText, compiled.error().message);
      const int column = compiled.error().position.column;
      if (column > 0) out.set("position", position_of_byte(text_, static_cast<size_t>(column) - 1));
      return std::move(out).build();
    }
    const auto value = compiled->evaluate(bindings());
    ObjectBuilder out;
    if (value) {
      out.set("value", *value);
    } else {
      set_error(out, error_name_of(value.error()), value.error().message);
    }
    if (const query::Path* made = compiled->path()) out.set("definite", Value(made->is_definite()));
    return std::move(out).build();
  }

  /// The text as JSON; none after an error has been put into `out`.
  std::optional<Value> parse_text(ObjectBuilder& out) const {
    auto parsed = json::parse(text_);
    if (parsed) return *std::move(parsed);
    set_error(out, kInvalidJson, parsed.error().message);
    out.set("position", position_of_place(text_, parsed.error().position));
    return std::nullopt;
  }

  void set_place(ObjectBuilder& out, std::string_view pointer) const {
    if (const auto place = json::locate(text_, pointer))
      out.set("position", position_of_place(text_, *place));
  }

  Value payload_template() {
    ObjectBuilder out;
    const auto source = parse_text(out);
    if (!source) return std::move(out).build();
    std::vector<query::TemplateMistake> mistakes;
    const auto compiled = query::PayloadTemplate::compile(*source, mistakes);
    if (!mistakes.empty()) {
      set_error(out, kInvalidText, mistakes.front().message);
      set_place(out, mistakes.front().pointer);
      return std::move(out).build();
    }
    std::vector<Value> parts;
    compiled.evaluate_each(
        bindings(), [&](const std::string& pointer, const query::TemplateExpression& expression,
                        base::Result<Value> value) {
          ObjectBuilder part;
          part.set("pointer", Value(pointer)).set("text", Value(expression.text()));
          if (value) {
            part.set("value", *value);
          } else {
            set_error(part, error_name_of(value.error()), value.error().message);
            set_place(part, pointer);
          }
          parts.push_back(std::move(part).build());
        });
    finish(out, compiled.evaluate(bindings()), parts);
    return thawed(std::move(out).build());
  }

  void finish(ObjectBuilder& out, const base::Result<Value>& value, std::vector<Value>& parts) {
    if (value) {
      out.set("value", *value);
    } else {
      set_error(out, error_name_of(value.error()), value.error().message);
      for (const Value& part : parts) {
        const Value* position = part.find("position");
        if (position == nullptr) continue;
        out.set("position", *position);
        break;
      }
    }
    out.set("parts", Value::array(std::move(parts)));
  }

  /// Results share the literals of what was compiled here: they go on without them.
  static Value thawed(const Value& value) {
    return json::parse(json::write(value), {.depth_max = SIZE_MAX}).value_or(Value());
  }

  Value jsonata_error(const EvaluationError& error, size_t text_begin, std::string_view name,
                      std::string_view cause) const {
    ObjectBuilder out;
    set_error(out, name, cause);
    if (error.position) {
      // Positions are the ends of tokens, in UTF-16 units.
      const std::string_view source = std::string_view(text_).substr(text_begin);
      size_t end = text::byte_of_utf16_offset(source, *error.position) + text_begin;
      if (end > text_begin) --end;
      while (end > text_begin && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) --end;
      out.set("position", position_of_byte(text_, end));
    }
    return std::move(out).build();
  }

  // Developer Guide "Transforming data with JSONata": expressions have no context of their own.
  static std::optional<std::string> unsupported(const query::jsonata::Expression& expression) {
    const auto references = expression.top_level_references();
    if (references.empty()) return std::nullopt;
    return "Reference to '" + references.front() +
           "' at the top level is not supported. The state's input is $states.input.";
  }

  Value expression(bool is_condition) {
    std::string_view source = text_;
    const size_t first = source.find_first_not_of(" \t\r\n");
    const size_t last = source.find_last_not_of(" \t\r\n");
    source = first == std::string_view::npos ? "" : source.substr(first, last - first + 1);
    if (query::jsonata::is_expression_text(source))
      source = query::jsonata::expression_source(source);
    const auto begin = source.empty() ? 0 : static_cast<size_t>(source.data() - text_.data());
    const auto compiled = query::jsonata::Expression::compile(source, {});
    if (!compiled) {
      return jsonata_error(compiled.error(), begin, "INVALID_JSONATA_EXPRESSION",
                           compiled.error().message());
    }
    if (const auto why = unsupported(*compiled))
      return failed("UNSUPPORTED_JSONATA_EXPRESSION", *why);
    const auto result = compiled->evaluate(jsonata_input());
    if (!result) {
      return jsonata_error(result.error(), begin, asl::error_name::kQueryEvaluationError,
                           described(result.error()));
    }
    using ResultKind = query::jsonata::EvaluationResult::Kind;
    ObjectBuilder out;
    if (result->kind == ResultKind::Undefined) {
      set_error(out, asl::error_name::kQueryEvaluationError,
                "The expression returned nothing (undefined).");
      out.set("undefined", Value(true));
    } else if (result->kind == ResultKind::Function) {
      set_error(out, asl::error_name::kQueryEvaluationError,
                "The expression returned an unsupported result type: a function.");
    } else if (is_condition && !result->value.is_boolean()) {
      set_error(out, asl::error_name::kQueryEvaluationError,
                "A condition must give true or false, but this gave a value of type '" +
                    std::string(json::kind_name(result->value.kind())) + "'.");
    } else {
      out.set("value", result->value);
    }
    return thawed(std::move(out).build());
  }

  Value value_template() {
    ObjectBuilder out;
    const auto source = parse_text(out);
    if (!source) return std::move(out).build();
    bool is_valid = true;
    const auto refuse = [&](const std::string& pointer, std::string_view code,
                            const std::string& why) {
      if (!std::exchange(is_valid, false)) return;
      set_error(out, code, why);
      set_place(out, pointer);
    };
    const auto compiled = query::jsonata::ValueTemplate::compile(
        *source, "Template", [&](const std::string& pointer, const EvaluationError& error) {
          refuse(pointer, "INVALID_JSONATA_EXPRESSION", error.message());
        });
    compiled.for_each_expression(
        [&](const std::string& pointer, const query::jsonata::Expression& each) {
          if (const auto why = unsupported(each))
            refuse(pointer, "UNSUPPORTED_JSONATA_EXPRESSION", *why);
        });
    if (!is_valid) return std::move(out).build();
    std::vector<Value> parts;
    compiled.for_each_part([&](const query::jsonata::ValueTemplate::Part& each) {
      ObjectBuilder part;
      part.set("pointer", Value(each.pointer)).set("text", Value(each.expression.source()));
      if (const auto value = each.evaluate(jsonata_input())) {
        part.set("value", *value);
      } else {
        set_error(part, asl::error_name::kQueryEvaluationError, value.error().cause);
        set_place(part, each.pointer);
      }
      parts.push_back(std::move(part).build());
    });
    const auto value = compiled.evaluate(jsonata_input());
    finish(out,
           value ? base::Result<Value>(*value)
                 : base::Error(base::ErrorKind::TypeMismatch, value.error().cause),
           parts);
    Value answer = std::move(out).build();
    if (!value) answer = answer.with_member("error", Value(asl::error_name::kQueryEvaluationError));
    return thawed(answer);
  }

  /// A Choice rule: in a machine of its own, because rules are compiled and tried by states.
  Value condition() {
    ObjectBuilder out;
    const auto rule = parse_text(out);
    if (!rule) return std::move(out).build();
    if (!rule->is_object()) {
      set_error(out, kInvalidText, "A Choice rule is a JSON object.");
      return std::move(out).build();
    }
    constexpr std::string_view kPlace = "/States/Rule/Choices/0";
    const std::string definition =
        R"({"StartAt":"Rule","States":{"Rule":{"Type":"Choice","Default":"End","Choices":[)" +
        json::write(rule->with_member("Next", Value("End")).without_member("Assign")) +
        R"(]},"End":{"Type":"Succeed"}}})";
    const asl::Compilation compilation = asl::compile(definition);
    if (!compilation.program) {
      const asl::Diagnostic& first = compilation.diagnostics.front();
      set_error(out, first.code, first.message);
      std::string_view place = first.pointer;
      if (place.starts_with(kPlace)) set_place(out, place.substr(kPlace.size()));
      return std::move(out).build();
    }
    return thawed(try_rule(*compilation.program, kPlace.substr(kPlace.rfind("/Choices"))));
  }

  Value try_rule(const asl::Program& program, std::string_view place) const {
    auto info = std::make_shared<interpreter::ExecutionInfo>();
    info->context_object = std::make_shared<const json::FrozenValue>(request_.context);
    interpreter::ExecutionState state = interpreter::make_execution(info, {});
    auto frame = std::make_unique<interpreter::Frame>();
    frame->state = program.scopes.front().start_at;
    frame->input = json::Payload(request_.input);
    for (const json::Member& member : request_.variables.members())
      frame->variables.emplace_back(std::string(member.name()), member.value);
    const interpreter::Frame& line = *frame;
    state.frames[interpreter::kRootFrame] = std::move(frame);
    ObjectBuilder out;
    std::vector<Value> parts;
    const std::function<bool()> always = [] { return true; };
    for (const interpreter::StateExpression& row :
         interpreter::evaluate_state({program, state, line, {}}, always)) {
      if (!row.pointer.starts_with(place)) continue;
      const std::string pointer = row.pointer.substr(place.size());
      ObjectBuilder part;
      part.set("pointer", Value(pointer)).set("text", Value(row.text));
      ObjectBuilder& target = pointer.empty() ? out : part;
      if (row.value) {
        target.set("value", *row.value);
      } else if (row.error) {
        set_error(target, row.error->error.value_or(""), row.error->cause.value_or(""));
        if (!pointer.empty()) set_place(target, pointer);
      }
      if (!pointer.empty()) parts.push_back(std::move(part).build());
    }
    out.set("parts", Value::array(std::move(parts)));
    return std::move(out).build();
  }

  const EvaluationRequest& request_;
  const std::string& text_;
  GivenContext context_;
  base::Random random_;
  Value states_;
  GivenVariables variables_;
};

}  // namespace

Value evaluate(const EvaluationRequest& request) { return Evaluator(request).run(); }

}  // namespace pawl::console
