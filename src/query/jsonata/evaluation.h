// SPDX-License-Identifier: Apache-2.0
// Evaluation: one run of an expression over one input. The evaluator of jsonata.js, rule by rule,
// over immutable shared values. Made for one evaluation and one thread.
#pragma once

#include <cstddef>
#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "query/jsonata/ast.h"
#include "query/jsonata/compiled_expression.h"
#include "query/jsonata/error.h"
#include "query/jsonata/expression.h"
#include "query/jsonata/function.h"
#include "query/jsonata/item.h"
#include "query/jsonata/signature.h"

namespace pawl::query::jsonata {

/// The bindings that one item of a tuple stream carries: "@" in place 0, then each name of the
/// Layout.
using Tuple = std::vector<Item>;

struct TupleStream {
  std::vector<Tuple> tuples;
};

/// What JavaScript has as an array that may be a sequence, without making one for no item or one.
struct Results {
  enum class Shape : uint8_t { Empty, One, Many, Tuples };
  Shape shape = Shape::Empty;
  Item item = {};  ///< One: the item; Many: an array, with its flags
  std::vector<Tuple> tuples = {};

  static Results empty() { return {}; }
  static Results one(Item item) { return {Shape::One, std::move(item), {}}; }
  static Results many(Item array) { return {Shape::Many, std::move(array), {}}; }
  static Results of_tuples(std::vector<Tuple> tuples) {
    return {Shape::Tuples, {}, std::move(tuples)};
  }
  static Results failure() { return one(Item::failure()); }
  /// An array as it is, anything else as a sequence of one.
  static Results of(Item item) {
    if (item.is_tuples()) return of_tuples(item.as_tuples()->tuples);
    return item.is_array() ? many(std::move(item)) : one(std::move(item));
  }

  bool is_failure() const { return shape == Shape::One && item.is_failure(); }
  bool is_tuples() const { return shape == Shape::Tuples; }
  size_t size() const {
    if (shape == Shape::Many) return item.value().size();
    return shape == Shape::Tuples ? tuples.size() : static_cast<size_t>(shape == Shape::One);
  }
};

class Evaluation {
 public:
  Evaluation(const CompiledExpression& expression, const EvaluationInput& input);
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;
  ~Evaluation();

  /// Evaluates the whole expression. A failure leaves error() set.
  Item run();
  EvaluationError take_error() { return std::move(*error_); }

  /// True if some container may hold what is not JSON: results have to be cleaned().
  bool holds_special() const { return holds_special_; }

  // For the parts of the evaluator and the built-in functions.

  Item eval(const Node& node, const Item& input, Frame* frame);
  /// functions.boolean; nullopt after a failure. "undefined" counts as false.
  std::optional<bool> truth(const Item& item);

  /// Calls `function`; `input` is the context that "-" parameters take. `callee` names it in
  /// errors.
  Item apply(const Function& function, Arguments arguments, const Item& input);
  /// A function called by a function: no context.
  Item call(const Function& function, std::initializer_list<Item> arguments);
  /// Passes as many of value, key or index, and all as the function takes (hofFuncArgs).
  Item call_with(const Function& function, const Item& value, const Item& key, const Item& all);

  /// $eval: compiles and evaluates a text. Errors: D3120, D3121.
  Item evaluate_text(std::string_view text, const Item& input);

  Item fail(EvaluationError error);
  Item fail(std::string_view code) { return fail(EvaluationError(code)); }
  Item fail_value(std::string_view code, const Item& value);
  bool has_failed() const { return error_.has_value(); }

  Dialect dialect() const { return expression_.dialect; }
  const EvaluationInput& environment() const { return input_; }
  const EvaluationLimits& limits() const { return *input_.limits; }

  Function* new_function(Function::Kind kind);

  /// Values collected for an array. Collections nest: each ends where it began.
  class Collector {
   public:
    explicit Collector(Evaluation& evaluation)
        : evaluation_(evaluation), start_(evaluation.stack_.size()) {}
    Collector(const Collector&) = delete;
    Collector& operator=(const Collector&) = delete;
    ~Collector() { clear(); }

    void push(const Item& item);
    void push_json(const json::Value& value) { evaluation_.stack_.push_back(value); }
    /// The items of an array, or the one item.
    void push_all(const Item& item);
    size_t size() const { return evaluation_.stack_.size() - start_; }
    Item at(size_t index) const { return Item(evaluation_.stack_[start_ + index]); }
    void clear();
    /// The array of all, with these flags; fails beyond the bound on memory. Empties the collector.
    Item array(uint8_t flags);
    /// A sequence, where none and one need no array.
    Results results();

   private:
    Evaluation& evaluation_;
    size_t start_;
  };

  /// A sequence that a function returns: undefined for no item, the item for one.
  Item sequence_of(const Results& results, bool keep_array);
  /// True, or a failure, if an array of so many items or a text of so many bytes is too large.
  bool exceeds_memory(size_t bytes);
  /// Puts an item where JSON is expected, and remembers if it is none.
  json::Value store(const Item& item);

 private:
  friend class FrameScope;

  // evaluation.cc
  Item eval_kind(const Node& node, const Item& input, Frame* frame);
  Item eval_variable(const Node& node, const Item& input, Frame* frame);
  Item look_up(const Node& node, Frame* frame);
  const Item* find_variable(const Node& node, const Item& input, Frame* frame);
  const Item& external(uint32_t index);
  Item eval_negate(const Node& node, const Item& input, Frame* frame);
  Item eval_array(const Node& node, const Item& input, Frame* frame);
  Item eval_block(const Node& node, const Item& input, Frame* frame);
  Item eval_condition(const Node& node, const Item& input, Frame* frame);
  Item eval_bind(const Node& node, const Item& input, Frame* frame);
  Item bound_met(std::string_view text);
  Frame* make_frame(Frame* parent, uint32_t slots);
  void leave_frame(Frame* frame);
  static void capture(Frame* frame);
  Frame* make_tuple_frame(Frame* parent, const Tuple* tuple);

  // path.cc
  bool eval_field_path(const Node& node, const Item& input, Frame* frame, Item& value);
  const json::Value* field_path_value(const Node& node, const Item& input, Frame* frame,
                                      bool& is_plain);
  Item eval_path(const Node& node, const Item& input, Frame* frame);
  Results path_results(const Node& node, const Item& input, Frame* frame);
  Results eval_step(const Node& step, const Results& input, Frame* frame, bool is_last);
  Results name_step(const Node& step, const Results& input, bool is_last);
  static void add_flat(const Item& result, Collector& out);
  static Results flattened(Collector& out, size_t found, const Item& first, bool is_last);
  Results step_over(const Node& step, std::span<const json::Value> inputs, Frame* frame,
                    bool is_last);
  Item step_value(const Node& step, const Item& input, Frame* frame);
  Results apply_stages(const std::vector<Stage>& stages, Results input, Frame* frame);
  void look_up_member(const json::Value& input, const json::Value& key, Collector& out);
  Item eval_name(const Node& node, const Item& input);
  Item eval_wildcard(const Item& input);
  Item eval_descendants(const Item& input);
  Results eval_tuple_step(const Node& step, const Results& input, Frame* frame);
  bool add_tuples(const Node& step, const Tuple& tuple, Results results, std::vector<Tuple>& out);
  Results sort_step(const Node& step, const Results& input, Frame* frame, bool in_tuples);

  // filter.cc
  Results eval_filter(const Node& predicate, Results input, Frame* frame);
  Results filter_tuples(const Node& predicate, std::vector<Tuple> tuples, Frame* frame);
  std::optional<bool> selects(const Node& predicate, const Item& context, Frame* frame,
                              size_t index, size_t count, size_t& times);

  // group.cc
  Item eval_group(const std::vector<Pair>& pairs, uint32_t position, const Results& input,
                  Frame* frame);
  const json::Value* plain_member(const Node& path, const Item& item, Frame* frame, bool& is_plain);
  Item eval_object(const Node& node, const Item& input, Frame* frame);
  Tuple reduce_tuples(const std::vector<Tuple>& tuples);

  // sort.cc
  std::optional<std::vector<uint32_t>> sorted_order(const Node& sort, const Results& input,
                                                    Frame* frame);

  // operators.cc
  Item eval_binary(const Node& node, const Item& input, Frame* frame);
  std::optional<double> plain_number(const Node& node, const Item& input, Frame* frame);
  std::optional<bool> plain_truth(const Node& node, const Item& input, Frame* frame);
  Item eval_logical(const Node& node, const Item& input, Frame* frame);
  Item eval_default(const Node& node, const Item& input, Frame* frame);
  Item arithmetic(const Node& node, const Item& left, const Item& right);
  Item compare(const Node& node, const Item& left, const Item& right);
  Item concatenate(const Node& node, const Item& left, const Item& right);
  Item range(const Node& node, const Item& left, const Item& right);
  Item operator_failure(const Node& node, EvaluationError error);

  // call.cc
  Item eval_call(const Node& node, const Item& input, Frame* frame, const Item* piped);
  std::optional<double> plain_sum(const Node& argument, const Item& input);
  Item eval_partial(const Node& node, const Item& input, Frame* frame);
  Item eval_apply(const Node& node, const Item& input, Frame* frame);
  Item eval_lambda(const Node& node, const Item& input, Frame* frame);
  Frame* bind_parameters(const Function& lambda, std::span<const Item> arguments);
  Item run_lambda(const Function* lambda, Frame* inside, const Item& input);
  Item finish_with_builtin(const Function& function, Arguments arguments, const Node& call,
                           const Item& input);
  Item apply_once(const Function& function, Arguments arguments, const Item& input);
  Item apply_partial(const Function& partial, const Arguments& arguments);
  Item match_at(const Node& regex, const Item& subject, size_t offset);
  Item next_match(const Function& next);
  Item not_a_function(const Node& node, Frame* frame, std::string_view code,
                      std::string_view forgotten_dollar_code);
  void name_failure(std::string_view name, size_t position);

  // transform.cc
  Item apply_transform(const Function& transform, const Item& object);

  /// Captured frames and functions together may take this many times what one value may.
  static constexpr size_t kCapturedShare = 16;
  /// $eval may be called so often in one evaluation.
  static constexpr size_t kNestedMax = 10'000;

  const CompiledExpression& expression_;
  const EvaluationInput& input_;
  Item root_;
  Frame* root_frame_ = nullptr;
  Frame* frames_ = nullptr;       ///< all live ones
  Frame* spare_frame_ = nullptr;  ///< with room for kPooledSlots, linked by `next`
  std::forward_list<Function> function_store_;
  /// Looked up once; unbound until then.
  boost::container::small_vector<Item, 4> externals_;
  std::vector<json::Value> stack_;
  std::optional<EvaluationError> error_;
  /// A lambda's body ended in a call: apply() makes it.
  struct TailCall {
    const Node* node = nullptr;
    Item input;
    Frame* frame = nullptr;
  } tail_;
  std::forward_list<TupleStream> tuple_streams_;
  /// Evaluations of $eval: what they returned may hold functions of theirs.
  struct Nested;
  std::vector<std::shared_ptr<Nested>> nested_;
  uint64_t steps_ = 0;
  size_t depth_ = 0;
  size_t captured_bytes_ = 0;
  bool holds_special_ = false;
};

}  // namespace pawl::query::jsonata
