// SPDX-License-Identifier: Apache-2.0
// Calling functions: arguments, signatures, tail calls, partial application, "~>".
#include <algorithm>
#include <utility>

#include "query/jsonata/builtins.h"
#include "query/jsonata/evaluation.h"
#include "query/jsonata/stored.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

/// What messages call the function: the variable's name, or that of the field that was called.
std::string_view callee_name(const Node& callee) {
  if (callee.is(NodeType::Path)) return callee.child(0).text;
  if (callee.is(NodeType::Block)) return "(";
  return callee.text;
}

}  // namespace

size_t Function::arity() const {
  switch (kind) {
    case Kind::Lambda: return node->children.size();
    case Kind::Builtin: return builtin->arity;
    case Kind::Partial: {
      size_t open = 0;
      for (const Item& item : given) open += item.is_unbound() ? 1 : 0;
      return open;
    }
    case Kind::Matcher: return 2;
    case Kind::NextMatch: return 0;
    case Kind::Composed:
    case Kind::Transform: break;
  }
  return 1;
}

/// An error that does not know yet where it is from gets the name of the function; the outermost
/// call gives the position (jsonata.js "applyInner").
void Evaluation::name_failure(std::string_view name, size_t position) {
  if (error_->is_bound()) return;
  if (!error_->token) error_->token = std::string(name);
  if (position != 0) error_->position = position;
}

Item Evaluation::not_a_function(const Node& node, Frame* frame, std::string_view code,
                                std::string_view forgotten_dollar_code) {
  const Node& callee = *node.callee;
  const bool is_forgotten_dollar = callee.is(NodeType::Path) &&
                                   callee.child(0).is(NodeType::Name) &&
                                   !look_up(callee.child(0), frame).is_undefined();
  EvaluationError error(is_forgotten_dollar ? forgotten_dollar_code : code);
  error.position = node.position;
  error.token = std::string(callee_name(callee));
  return fail(std::move(error));
}

// jsonata.js "evaluateFunction". `piped`: the left side of "~>", as first argument.
Item Evaluation::eval_call(const Node& node, const Item& input, Frame* frame, const Item* piped) {
  if (node.is_tail_call && piped == nullptr) {
    tail_ = {&node, input, frame};
    return {};
  }
  const Item callee = eval(*node.callee, input, frame);
  if (callee.is_failure()) return callee;
  Arguments arguments;
  if (piped != nullptr) arguments.push_back(*piped);
  if (callee.is_undefined() && node.callee->is(NodeType::Path))
    return not_a_function(node, frame, "T1006", "T1005");
  const bool is_builtin =
      callee.is_function() && callee.as_function()->kind == Function::Kind::Builtin;
  if (is_builtin && callee.as_function()->builtin->is_sum && piped == nullptr &&
      node.children.size() == 1) {
    if (const auto sum = plain_sum(node.child(0), input)) return Item::number(*sum);
  }
  for (const NodePtr& argument : node.children) {
    arguments.push_back(eval(*argument, input, frame));
    if (arguments.back().is_failure()) return Item::failure();
  }
  if (!callee.is_function()) return not_a_function(node, frame, "T1006", "T1006");
  Item result = apply(*callee.as_function(), std::move(arguments), input);
  if (result.is_failure()) name_failure(callee_name(*node.callee), node.position);
  return result;
}

/// $sum(field) where the context is objects alone, with numbers or nothing in that field.
std::optional<double> Evaluation::plain_sum(const Node& argument, const Item& input) {
  if (!argument.is_field_path || argument.children.size() != 1 ||
      !argument.child(0).is(NodeType::Name) || !input.is_array() || input_.observer != nullptr)
    return std::nullopt;
  const json::Value& key = argument.child(0).literal.value();
  double total = 0;
  bool has_number = false;
  for (const json::Value& item : input.value().items()) {
    const json::Value* member = item.find_key(key);
    if (member == nullptr && item.is_object()) continue;
    if (member == nullptr || !member->is_number()) return std::nullopt;
    total += member->as_double();
    has_number = true;
  }
  if (!has_number) return std::nullopt;
  steps_ += input.value().size();
  return total;
}

Item Evaluation::apply(const Function& function, Arguments arguments, const Item& input) {
  if (function.kind != Function::Kind::Lambda)
    return apply_once(function, std::move(arguments), input);
  if (function.signature != nullptr) {
    if (auto valid = function.signature->validate(arguments, input); !valid)
      return fail(std::move(valid).error());
  }
  return run_lambda(&function, bind_parameters(function, arguments), input);
}

/// The frame that the body of a lambda is evaluated in.
Frame* Evaluation::bind_parameters(const Function& lambda, std::span<const Item> arguments) {
  const Node& node = *lambda.node;
  if (!node.makes_frame) return lambda.frame;
  Frame* inside = make_frame(lambda.frame, node.frame_slots);
  for (size_t i = 0; i < node.parameter_slots.size(); ++i)
    inside->slots()[node.parameter_slots[i]] = i < arguments.size() ? arguments[i] : Item();
  return inside;
}

/// Evaluates the body, and the calls that it ends in, one after the other: the stack does not grow.
Item Evaluation::run_lambda(const Function* lambda, Frame* inside, const Item& input) {
  for (;;) {
    Frame* outside = lambda->frame;
    Item result = eval(*lambda->node->callee, lambda->input, inside);
    if (tail_.node == nullptr) {
      if (inside != outside) leave_frame(inside);
      return result;
    }
    const TailCall tail = std::exchange(tail_, {});
    const Node& call = *tail.node;
    Item callee = eval(*call.callee, tail.input, tail.frame);
    Arguments arguments;
    for (size_t i = 0; i < call.children.size() && !callee.is_failure(); ++i) {
      arguments.push_back(eval(*call.children[i], tail.input, tail.frame));
      if (arguments.back().is_failure()) callee = Item::failure();
    }
    for (Frame* frame = tail.frame; frame != outside;)
      leave_frame(std::exchange(frame, frame->parent));
    if (callee.is_failure()) return callee;
    if (!callee.is_function()) {
      EvaluationError error("T1006");
      error.position = call.callee->position;
      error.token = std::string(callee_name(*call.callee));
      return fail(std::move(error));
    }
    lambda = callee.as_function();
    if (lambda->kind != Function::Kind::Lambda)
      return finish_with_builtin(*lambda, std::move(arguments), call, input);
    if (lambda->signature != nullptr) {
      if (auto valid = lambda->signature->validate(arguments, input); !valid)
        return fail(std::move(valid).error());
    }
    inside = bind_parameters(*lambda, arguments);
  }
}

/// A tail call of what is no lambda.
Item Evaluation::finish_with_builtin(const Function& function, Arguments arguments,
                                     const Node& call, const Item& input) {
  Item last = apply_once(function, std::move(arguments), input);
  if (last.is_failure()) name_failure(callee_name(*call.callee), call.callee->position);
  // What a function leaves raw, eval() would have made a value of.
  if (last.has_flag(ArrayFlag::kSequence)) return sequence_of(Results::many(last), false);
  return last;
}

Item Evaluation::call(const Function& function, std::initializer_list<Item> arguments) {
  return apply(function, Arguments(arguments.begin(), arguments.end()), Item::null());
}

Item Evaluation::call_with(const Function& function, const Item& value, const Item& key,
                           const Item& all) {
  const Item* given[] = {&value, &key, &all};
  if (function.kind == Function::Kind::Lambda && function.signature == nullptr) {
    const Node& node = *function.node;
    Frame* inside = function.frame;
    if (node.makes_frame) inside = make_frame(function.frame, node.frame_slots);
    for (size_t i = 0; i < node.parameter_slots.size(); ++i)
      inside->slots()[node.parameter_slots[i]] = i < 3 ? *given[i] : Item();
    // An operator ends in no call and gives no sequence: its value is the lambda's.
    const Node& body = *node.callee;
    if (!body.is(NodeType::Binary) || !body.is_bare || body.op >= Operator::Range ||
        input_.observer != nullptr || depth_ >= limits().depth)
      return run_lambda(&function, inside, Item::null());
    ++steps_;
    ++depth_;
    Item result = eval_binary(body, function.input, inside);
    --depth_;
    if (inside != function.frame) leave_frame(inside);
    return result;
  }
  const size_t arity = std::min<size_t>(std::max<size_t>(function.arity(), 1), 3);
  Arguments arguments;
  for (size_t i = 0; i < arity; ++i) arguments.push_back(*given[i]);
  return apply(function, std::move(arguments), Item::null());
}

/// Any function but a lambda whose body may end in a call.
Item Evaluation::apply_once(const Function& function, Arguments arguments, const Item& input) {
  switch (function.kind) {
    case Function::Kind::Lambda: return apply(function, std::move(arguments), input);
    case Function::Kind::Builtin: {
      // Functions rely on the types that their signatures promise.
      if (auto valid = function.signature->validate(arguments, input); !valid)
        return fail(std::move(valid).error());
      return function.builtin->function(BuiltinCall(*this, arguments, input));
    }
    case Function::Kind::Partial: return apply_partial(function, arguments);
    case Function::Kind::Composed: {
      Item first =
          apply(*function.first, {arguments.empty() ? Item() : arguments[0]}, Item::null());
      if (first.is_failure()) return first;
      if (first.has_flag(ArrayFlag::kSequence)) first = sequence_of(Results::many(first), false);
      return apply(*function.second, {first}, Item::null());
    }
    case Function::Kind::Matcher:
      if (arguments.empty() || !arguments[0].is_string()) return {};
      return match_at(*function.node, arguments[0], 0);
    case Function::Kind::NextMatch: return next_match(function);
    case Function::Kind::Transform: break;
  }
  const Item object = arguments.empty() ? Item() : arguments[0];
  if (arguments.size() > 1 || !(object.is_undefined() || object.is_object() || object.is_array())) {
    EvaluationError error("T0410");
    error.index = arguments.size() > 1 ? 2 : 1;
    return fail(std::move(error));
  }
  return apply_transform(function, object);
}

// jsonata.js "partialApplyProcedure": the rest of the arguments takes the places left open; the
// context plays no part any more, nor does a lambda's signature.
Item Evaluation::apply_partial(const Function& partial, const Arguments& arguments) {
  Arguments all;
  size_t next = 0;
  for (const Item& item : partial.given) {
    if (!item.is_unbound()) {
      all.push_back(item);
    } else {
      all.push_back(next < arguments.size() ? arguments[next] : Item());
      ++next;
    }
  }
  const Function& function = *partial.first;
  if (function.kind != Function::Kind::Lambda) return apply_once(function, std::move(all), Item());
  Function* unsigned_lambda = new_function(Function::Kind::Lambda);
  *unsigned_lambda = function;
  unsigned_lambda->signature = nullptr;
  return apply(*unsigned_lambda, std::move(all), Item());
}

// jsonata.js "evaluatePartialApplication".
Item Evaluation::eval_partial(const Node& node, const Item& input, Frame* frame) {
  std::vector<Item> given;
  for (const NodePtr& argument : node.children) {
    given.push_back(argument->is(NodeType::Placeholder) ? Item::unbound()
                                                        : eval(*argument, input, frame));
    if (given.back().is_failure()) return Item::failure();
  }
  const Item callee = eval(*node.callee, input, frame);
  if (callee.is_failure()) return callee;
  if (!callee.is_function()) return not_a_function(node, frame, "T1008", "T1007");
  Function* partial = new_function(Function::Kind::Partial);
  partial->first = callee.as_function();
  partial->given = std::move(given);
  return Item::function(partial);
}

// jsonata.js "evaluateApplyExpression".
Item Evaluation::eval_apply(const Node& node, const Item& input, Frame* frame) {
  const Item left = eval(node.child(0), input, frame);
  if (left.is_failure()) return left;
  const Node& right = node.child(1);
  if (right.is(NodeType::Call)) return eval_call(right, input, frame, &left);
  const Item function = eval(right, input, frame);
  if (function.is_failure()) return function;
  if (!function.is_function()) {
    EvaluationError error("T2006");
    error.position = node.position;
    error.value = message_value(function);
    return fail(std::move(error));
  }
  if (!left.is_function()) return apply(*function.as_function(), {left}, Item::null());
  Function* composed = new_function(Function::Kind::Composed);
  composed->first = left.as_function();
  composed->second = function.as_function();
  return Item::function(composed);
}

Item Evaluation::eval_lambda(const Node& node, const Item& input, Frame* frame) {
  if (exceeds_memory(captured_bytes_ / kCapturedShare)) return Item::failure();
  Function* lambda = new_function(Function::Kind::Lambda);
  lambda->node = &node;
  lambda->signature = node.signature.get();
  lambda->frame = frame;
  lambda->input = input;
  capture(frame);
  return Item::function(lambda);
}

// jsonata.js "evaluateRegex": a match as an object, with a function for the next one.
Item Evaluation::match_at(const Node& regex, const Item& subject, size_t offset) {
  const std::string_view text = subject.as_string();
  auto found = regex.regex->find(text, offset);
  if (!found) return bound_met("Expression evaluation timeout: Check for infinite loop");
  if (!*found) return {};
  const auto& groups = **found;
  const text::RegexGroup whole = *groups[0];
  Function* next = new_function(Function::Kind::NextMatch);
  next->node = &regex;
  next->input = subject;
  next->offset = whole.end;
  Collector texts(*this);
  for (size_t i = 1; i < groups.size(); ++i) {
    texts.push(groups[i]
                   ? Item::string(text.substr(groups[i]->start, groups[i]->end - groups[i]->start))
                   : Item());
  }
  const auto utf16 = [text](size_t byte) {
    return json::Value(static_cast<int64_t>(text::utf16_offset_of_byte(text, byte)));
  };
  std::vector<json::Member> members;
  members.emplace_back("match", json::Value(text.substr(whole.start, whole.end - whole.start)));
  members.emplace_back("start", utf16(whole.start));
  members.emplace_back("end", utf16(whole.end));
  members.emplace_back("groups", texts.array(0).value());
  members.emplace_back("next", store(Item::function(next)));
  return Item(json::Value::object(std::move(members)));
}

Item Evaluation::next_match(const Function& next) {
  const std::string_view text = next.input.as_string();
  if (next.offset >= text.size()) return {};
  Item found = match_at(*next.node, next.input, next.offset);
  if (!found.is_object() || !found.value().find("match")->as_string().empty()) return found;
  // It would never get any further.
  EvaluationError error("D1004");
  error.position = next.node->position;
  error.value = json::Value(next.node->text);
  return fail(std::move(error));
}

}  // namespace pawl::query::jsonata
