// SPDX-License-Identifier: Apache-2.0
// Rendering: nodes in their order; a reference to nothing prints as it stands (Velocity User Guide,
// "Quiet Reference Notation").
#include "services/apigateway/vtl/template.h"

#include <cmath>
#include <utility>

#include "services/apigateway/vtl/methods.h"
#include "services/apigateway/vtl/parser.h"

namespace pawl::apigateway::vtl {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Kind = Expression::Kind;

constexpr size_t kStepsMax = 200'000;
constexpr size_t kBytesMax = 10 * 1024 * 1024;
constexpr int64_t kRangeMax = 100'000;

class Renderer {
 public:
  explicit Renderer(Variables& variables) : variables_(variables) {}

  Result<void> run(const std::vector<Node>& nodes, std::string& out) {
    for (const Node& node : nodes) {
      if (leaves_ != Leaves::Nothing) return {};
      PAWL_TRY_VOID(step());
      PAWL_TRY_VOID(run(node, out));
      if (out.size() > kBytesMax) return limit("its output is larger than 10 MB");
    }
    return {};
  }

 private:
  enum class Leaves { Nothing, Loop, Template };

  static Error limit(const char* why) {
    return {ErrorKind::LimitExceeded, std::string("the template goes too far: ") + why};
  }
  Result<void> step() {
    if (++steps_ > kStepsMax) return limit("too many steps");
    return {};
  }

  Result<void> run(const Node& node, std::string& out) {
    switch (node.kind) {
      case Node::Kind::Text: out += node.text; return {};
      case Node::Kind::Reference: {
        const std::optional<Value> value = PAWL_TRY(look_up(node.reference));
        if (value && !value->is_null()) {
          out += value->printed();
        } else if (!node.reference.is_quiet) {
          out += node.reference.source;
        }
        return {};
      }
      case Node::Kind::Set: return set(node);
      case Node::Kind::If:
        for (const Branch& branch : node.branches) {
          if (branch.is_else || PAWL_TRY(evaluate(branch.condition)).is_true()) {
            return run(branch.body, out);
          }
        }
        return {};
      case Node::Kind::ForEach: return for_each(node, out);
      case Node::Kind::Break: leaves_ = Leaves::Loop; return {};
      case Node::Kind::Stop: leaves_ = Leaves::Template; return {};
    }
    return {};
  }

  Result<void> for_each(const Node& node, std::string& out) {
    const Value over = PAWL_TRY(evaluate(node.expression));
    ValueList items;
    if (over.is_list()) {
      items = over.list();
    } else if (over.is_map()) {
      for (const auto& [key, value] : over.map()) items.push_back(value);
    } else {
      return {};
    }
    const auto before = variables_.find(node.text);
    const std::optional<Value> shadowed =
        before == variables_.end() ? std::nullopt : std::optional(before->second);
    const auto loop_before = variables_.find("foreach");
    const std::optional<Value> outer =
        loop_before == variables_.end() ? std::nullopt : std::optional(loop_before->second);
    for (size_t i = 0; i < items.size(); ++i) {
      PAWL_TRY_VOID(step());
      variables_[node.text] = items[i];
      const auto index = static_cast<int64_t>(i);
      ValueMap loop{{"index", Value(index)},
                    {"count", Value(index + 1)},
                    {"hasNext", Value(i + 1 < items.size())},
                    {"first", Value(i == 0)},
                    {"last", Value(i + 1 == items.size())}};
      if (outer) loop.emplace_back("parent", *outer);
      variables_["foreach"] = Value(std::move(loop));
      variables_["velocityCount"] = Value(index + 1);
      variables_["velocityHasNext"] = Value(i + 1 < items.size());
      PAWL_TRY_VOID(run(node.body, out));
      if (leaves_ == Leaves::Loop) {
        leaves_ = Leaves::Nothing;
        break;
      }
      if (leaves_ == Leaves::Template) break;
    }
    restore(node.text, shadowed);
    restore("foreach", outer);
    return {};
  }

  void restore(const std::string& name, const std::optional<Value>& before) {
    if (before) {
      variables_[name] = *before;
    } else {
      variables_.erase(name);
    }
  }

  /// #set of a variable, of a map's member or of a list's item.
  Result<void> set(const Node& node) {
    Value value = PAWL_TRY(evaluate(node.expression));
    const Reference& target = node.reference;
    if (target.accesses.empty()) {
      variables_[target.name] = std::move(value);
      return {};
    }
    Reference holder = {target.name, {}, true, ""};
    std::optional<Value> at = PAWL_TRY(look_up(holder));
    for (size_t i = 0; i + 1 < target.accesses.size() && at; ++i) {
      at = PAWL_TRY(access(*at, target.accesses[i]));
    }
    if (!at) return {};
    const Access& last = target.accesses.back();
    if (last.kind == Access::Kind::Member) {
      at->put(last.name, std::move(value));
    } else if (last.kind == Access::Kind::Index) {
      const Value key = PAWL_TRY(evaluate(last.arguments[0]));
      if (at->is_map()) at->put(key.printed(), std::move(value));
      if (at->is_list() && key.is_number()) call_method(*at, "set", {key, std::move(value)});
    }
    return {};
  }

  Result<std::optional<Value>> look_up(const Reference& reference) {
    const auto found = variables_.find(reference.name);
    if (found == variables_.end()) return std::optional<Value>();
    std::optional<Value> at = found->second;
    for (const Access& each : reference.accesses) {
      at = PAWL_TRY(access(*at, each));
      if (!at || at->is_null()) return at;
    }
    return at;
  }

  Result<std::optional<Value>> access(const Value& self, const Access& access) {
    PAWL_TRY_VOID(step());
    if (access.kind == Access::Kind::Member) return member(self, access.name);
    ValueList arguments;
    for (const Expression& each : access.arguments) {
      arguments.push_back(PAWL_TRY(evaluate(each)));
    }
    if (access.kind == Access::Kind::Call) return call_method(self, access.name, arguments);
    if (self.is_map()) {
      const Value* found = self.find(arguments[0].printed());
      return found == nullptr ? std::optional<Value>() : std::optional(*found);
    }
    if (self.is_list() && arguments[0].is_number()) {
      return call_method(self, "get", arguments);
    }
    return std::optional<Value>();
  }

  static std::optional<Value> member(const Value& self, const std::string& name) {
    if (const Value* found = self.find(name)) return *found;
    if (self.kind() == Value::Kind::Object) return self.object().member(name);
    if (self.is_list() && name == "size") return call_method(self, "size", {});
    if (self.is_text() && (name == "empty" || name == "length")) {
      return call_method(self, name == "empty" ? "isEmpty" : "length", {});
    }
    return std::nullopt;
  }

  Result<Value> evaluate(const Expression& expression) {
    PAWL_TRY_VOID(step());
    switch (expression.kind) {
      case Kind::Null: return Value();
      case Kind::Boolean: return Value(expression.integer != 0);
      case Kind::Integer: return Value(expression.integer);
      case Kind::Double: return Value(expression.number);
      case Kind::Text: return Value(expression.text);
      case Kind::Interpolated: {
        std::string text;
        PAWL_TRY_VOID(run(expression.nodes, text));
        return Value(std::move(text));
      }
      case Kind::Reference: return PAWL_TRY(look_up(expression.reference)).value_or(Value());
      case Kind::List: {
        ValueList items;
        for (const Expression& each : expression.operands) {
          items.push_back(PAWL_TRY(evaluate(each)));
        }
        return Value(std::move(items));
      }
      case Kind::Map: {
        const Value made{ValueMap{}};
        for (size_t i = 0; i + 1 < expression.operands.size(); i += 2) {
          const Value key = PAWL_TRY(evaluate(expression.operands[i]));
          made.put(key.printed(), PAWL_TRY(evaluate(expression.operands[i + 1])));
        }
        return made;
      }
      case Kind::Range: return range(expression);
      case Kind::Not: return Value(!PAWL_TRY(evaluate(expression.operands[0])).is_true());
      case Kind::Negative: {
        const Value value = PAWL_TRY(evaluate(expression.operands[0]));
        if (value.kind() == Value::Kind::Double) return Value(-value.number());
        if (!value.is_number()) return Value();
        return Value(static_cast<int64_t>(0 - static_cast<uint64_t>(value.integer())));
      }
      case Kind::And:
        return Value(PAWL_TRY(evaluate(expression.operands[0])).is_true() &&
                     PAWL_TRY(evaluate(expression.operands[1])).is_true());
      case Kind::Or:
        return Value(PAWL_TRY(evaluate(expression.operands[0])).is_true() ||
                     PAWL_TRY(evaluate(expression.operands[1])).is_true());
      default: return binary(expression);
    }
  }

  Result<Value> range(const Expression& expression) {
    const Value from = PAWL_TRY(evaluate(expression.operands[0]));
    const Value to = PAWL_TRY(evaluate(expression.operands[1]));
    if (!from.is_number() || !to.is_number()) return Value(ValueList{});
    const double distance = std::abs(to.number() - from.number());
    if (!(distance < static_cast<double>(kRangeMax))) return limit("too long a range");
    ValueList items;
    const int64_t direction = from.integer() <= to.integer() ? 1 : -1;
    for (int64_t i = from.integer();; i += direction) {
      items.emplace_back(i);
      if (i == to.integer()) return Value(std::move(items));
    }
  }

  Result<Value> binary(const Expression& expression) {
    const Value left = PAWL_TRY(evaluate(expression.operands[0]));
    const Value right = PAWL_TRY(evaluate(expression.operands[1]));
    if (expression.kind == Kind::Equal) return Value(left == right);
    if (expression.kind == Kind::NotEqual) return Value(!(left == right));
    if (expression.kind == Kind::Add && (left.is_text() || right.is_text())) {
      std::string joined = left.printed() + right.printed();
      if (joined.size() > kBytesMax) return limit("a text larger than 10 MB");
      return Value(std::move(joined));
    }
    if (!left.is_number() || !right.is_number()) return Value();
    switch (expression.kind) {
      case Kind::Less: return Value(left.number() < right.number());
      case Kind::LessOrEqual: return Value(left.number() <= right.number());
      case Kind::Greater: return Value(left.number() > right.number());
      case Kind::GreaterOrEqual: return Value(left.number() >= right.number());
      default: break;
    }
    const bool is_double =
        left.kind() == Value::Kind::Double || right.kind() == Value::Kind::Double;
    return is_double ? of_doubles(expression.kind, left.number(), right.number())
                     : of_integers(expression.kind, left.integer(), right.integer());
  }

  static Value of_doubles(Kind kind, double a, double b) {
    switch (kind) {
      case Kind::Add: return Value(a + b);
      case Kind::Subtract: return Value(a - b);
      case Kind::Multiply: return Value(a * b);
      case Kind::Divide: return b == 0 ? Value() : Value(a / b);
      case Kind::Remainder: return b == 0 ? Value() : Value(std::fmod(a, b));
      default: return {};
    }
  }

  /// They wrap around, as Java's.
  static Value of_integers(Kind kind, int64_t a, int64_t b) {
    const auto x = static_cast<uint64_t>(a);
    const auto y = static_cast<uint64_t>(b);
    switch (kind) {
      case Kind::Add: return Value(static_cast<int64_t>(x + y));
      case Kind::Subtract: return Value(static_cast<int64_t>(x - y));
      case Kind::Multiply: return Value(static_cast<int64_t>(x * y));
      case Kind::Divide:
        if (b == 0) return {};
        return b == -1 ? Value(static_cast<int64_t>(0 - x)) : Value(a / b);
      case Kind::Remainder: return b == 0 ? Value() : Value(b == -1 ? int64_t{0} : a % b);
      default: return {};
    }
  }

  Variables& variables_;
  size_t steps_ = 0;
  Leaves leaves_ = Leaves::Nothing;
};

}  // namespace

Result<Template> Template::parse(std::string_view text) {
  Template made;
  made.nodes_ = std::make_shared<const std::vector<Node>>(PAWL_TRY(vtl::parse(text)));
  return made;
}

Result<std::string> Template::render(Variables& variables) const {
  std::string out;
  PAWL_TRY_VOID(Renderer(variables).run(*nodes_, out));
  return out;
}

}  // namespace pawl::apigateway::vtl
