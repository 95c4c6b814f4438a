// SPDX-License-Identifier: Apache-2.0
// Runs a Program on a document, segment by segment, as Jayway's PathTokens do.
#include <utility>

#include "json/write.h"
#include "query/path/filter.h"
#include "query/path/program.h"

namespace pawl::query::path {
namespace {

using json::Value;

constexpr size_t kResultsMax = 1'000'000;

/// An index past either end gives null, as Jackson's ArrayNode.get() does (recorded).
const Value* item_at(const Value& array, int64_t index) {
  static const Value kNull;
  const auto size = static_cast<int64_t>(array.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return &kNull;
  return &array.items()[static_cast<size_t>(index)];
}

class Selector {
 public:
  Selector(const Program& program, const EvaluationRoots& roots, Selection& selection)
      : program_(program), roots_(roots), selection_(selection) {}

  base::Result<void> run(size_t at, const Value& model, bool upstream_definite) {
    if (selection_.values.size() >= kResultsMax) {
      return base::Error(base::ErrorKind::LimitExceeded, "The path selects too many values.");
    }
    PAWL_TRY_VOID(take_step());
    if (at == program_.segments.size()) {
      selection_.values.push_back(&model);
      return {};
    }
    const Segment& segment = program_.segments[at];
    switch (segment.kind) {
      case SegmentKind::Property: return property(at, segment, model, upstream_definite);
      case SegmentKind::Properties: return properties(at, segment, model, upstream_definite);
      case SegmentKind::Wildcard: return wildcard(at, model);
      case SegmentKind::Index:
      case SegmentKind::Indexes: return indexes(at, segment, model, upstream_definite);
      case SegmentKind::Slice: return slice(at, segment, model, upstream_definite);
      case SegmentKind::Filter: return filter(at, segment, model, upstream_definite);
      case SegmentKind::Scan: return scan(at + 1, model);
    }
    return {};
  }

 private:
  bool is_leaf(size_t at) const { return at + 1 == program_.segments.size(); }

  base::Error not_found(std::string message) const {
    return {base::ErrorKind::PathNotFound, std::move(message)};
  }

  base::Error not_an_object(size_t at, const Segment& segment, const Value& model) const {
    std::string names;
    for (const std::string& name : segment.names)
      names += (names.empty() ? "['" : ", '") + name + "'";
    return not_found("Expected to find an object with property " + names + "] in path " +
                     program_.normalized(at) + " but found '" + node_class(model) +
                     "'. This is not a json object according to the JsonProvider: "
                     "'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.");
  }

  static std::string node_class(const Value& model) {
    const std::string package = "com.fasterxml.jackson.databind.node.";
    switch (model.kind()) {
      case json::Kind::Null: return package + "NullNode";
      case json::Kind::Boolean: return package + "BooleanNode";
      case json::Kind::Number:
        return package + (model.is_integer_lexeme() ? "IntNode" : "DoubleNode");
      case json::Kind::String: return package + "TextNode";
      case json::Kind::Array: return package + "ArrayNode";
      case json::Kind::Object: return package + "ObjectNode";
    }
    return package;
  }

  base::Result<void> property(size_t at, const Segment& segment, const Value& model,
                              bool upstream_definite) {
    if (!model.is_object()) {
      if (!upstream_definite) return {};
      return not_an_object(at, segment, model);
    }
    return member(at, segment.names.front(), model, upstream_definite);
  }

  // PathToken.handleObjectProperty
  base::Result<void> member(size_t at, const std::string& name, const Value& model,
                            bool upstream_definite) {
    if (const Value* value = model.find(name)) return run(at + 1, *value, upstream_definite);
    if (is_leaf(at) || !upstream_definite) return {};
    return not_found("Missing property in path " + program_.normalized(at) + "['" + name + "']");
  }

  base::Result<void> properties(size_t at, const Segment& segment, const Value& model,
                                bool upstream_definite) {
    if (!model.is_object()) {
      if (!upstream_definite) return {};
      return not_an_object(at, segment, model);
    }
    if (is_leaf(at)) {  // merged into one object of those that are there
      json::ObjectBuilder merged;
      for (const std::string& name : segment.names) {
        if (const Value* value = model.find(name)) merged.set(name, *value);
      }
      selection_.values.push_back(selection_.own(std::move(merged).build()));
      return {};
    }
    for (const std::string& name : segment.names) PAWL_TRY_VOID(member(at, name, model, false));
    return {};
  }

  base::Result<void> wildcard(size_t at, const Value& model) {
    if (model.is_object()) {
      for (const json::Member& member : model.members())
        PAWL_TRY_VOID(run(at + 1, member.value, false));
    } else if (model.is_array()) {
      for (const Value& item : model.items()) PAWL_TRY_VOID(run(at + 1, item, false));
    }
    return {};
  }

  /// ArrayPathToken.checkArrayModel: false to leave quietly.
  base::Result<bool> check_array(size_t at, const Value& model, bool upstream_definite) const {
    if (model.is_array()) return true;
    if (!upstream_definite) return false;
    if (model.is_null()) return not_found("The path " + program_.normalized(at) + " is null");
    const std::string whole = program_.normalized(at + 1);
    return not_found("Filter: " + whole.substr(program_.normalized(at).size()) +
                     " can only be applied to arrays. Current context is: " + json::write(model));
  }

  base::Result<void> indexes(size_t at, const Segment& segment, const Value& model,
                             bool upstream_definite) {
    if (!PAWL_TRY(check_array(at, model, upstream_definite))) return {};
    const bool definite = upstream_definite && segment.kind == SegmentKind::Index;
    for (const int64_t index : segment.indexes)
      PAWL_TRY_VOID(run(at + 1, *item_at(model, index), definite));
    return {};
  }

  base::Result<void> slice(size_t at, const Segment& segment, const Value& model,
                           bool upstream_definite) {
    if (!PAWL_TRY(check_array(at, model, upstream_definite))) return {};
    const auto size = static_cast<int64_t>(model.size());
    int64_t from = segment.from.value_or(0);
    int64_t to = segment.to.value_or(size);
    if (from < 0) from += size;
    if (to < 0) to += size;
    from = std::max<int64_t>(from, 0);
    to = std::min(to, size);
    for (int64_t i = from; i < to; ++i)
      PAWL_TRY_VOID(run(at + 1, model.items()[static_cast<size_t>(i)], false));
    return {};
  }

  // PredicatePathToken.evaluate
  base::Result<void> filter(size_t at, const Segment& segment, const Value& model,
                            bool upstream_definite) {
    if (model.is_object()) {
      if (accepts(*segment.filter, model, roots_)) return run(at + 1, model, false);
    } else if (model.is_array()) {
      for (const Value& item : model.items()) {
        if (accepts(*segment.filter, item, roots_)) PAWL_TRY_VOID(run(at + 1, item, false));
      }
    } else if (upstream_definite) {
      return not_found(
          "Filter: " + segment.filter->text +
          " can not be applied to primitives. Current context is: " + json::write(model));
    }
    return {};
  }

  bool scan_matches(const Segment& segment, size_t at, const Value& model) const {
    switch (segment.kind) {
      case SegmentKind::Property:
        return model.is_object() && model.find(segment.names.front()) != nullptr;
      case SegmentKind::Properties:
        if (!model.is_object()) return false;
        if (!is_leaf(at)) return true;
        for (const std::string& name : segment.names) {
          if (model.find(name) == nullptr) return false;
        }
        return true;
      case SegmentKind::Filter: return accepts(*segment.filter, model, roots_);
      case SegmentKind::Wildcard: return true;
      default: return model.is_array();
    }
  }

  // ScanPathToken.walk: the model itself, then all that is below it. `at` is the segment behind
  // "..".
  base::Result<void> take_step() const {
    if (roots_.steps_left == 0)
      return base::Error(base::ErrorKind::LimitExceeded, "The path looks at too many values.");
    --roots_.steps_left;
    return {};
  }

  base::Result<void> scan(size_t at, const Value& model) {
    PAWL_TRY_VOID(take_step());
    const Segment& segment = program_.segments[at];
    if (model.is_array()) {
      if (scan_matches(segment, at, model)) {
        if (is_leaf(at)) {
          PAWL_TRY_VOID(run(at, model, false));
        } else {
          // NOTE: Jayway applies the next token to every item, whatever the index says.
          for (const Value& item : model.items()) PAWL_TRY_VOID(run(at + 1, item, false));
        }
      }
      for (const Value& item : model.items()) PAWL_TRY_VOID(scan(at, item));
    } else if (model.is_object()) {
      if (scan_matches(segment, at, model)) PAWL_TRY_VOID(run(at, model, false));
      for (const json::Member& member : model.members()) PAWL_TRY_VOID(scan(at, member.value));
    }
    return {};
  }

  const Program& program_;
  const EvaluationRoots& roots_;
  Selection& selection_;
};

}  // namespace

base::Result<void> select(const Program& program, const Value& model, const EvaluationRoots& roots,
                          Selection& selection) {
  // An indefinite path reports nothing as absent, also before its first wildcard (recorded).
  return Selector(program, roots, selection).run(0, model, program.definite);
}

const Value* find_definite(const Program& program, const Value& model) {
  const Value* current = &model;
  for (const Segment& segment : program.segments) {
    if (segment.kind == SegmentKind::Property) {
      current = current->find(segment.names.front());
      if (current == nullptr) return nullptr;
    } else if (segment.kind == SegmentKind::Index && current->is_array()) {
      current = item_at(*current, segment.indexes.front());
    } else {
      return nullptr;
    }
  }
  return current;
}

base::Result<Value> evaluate(const Program& program, const Value& model,
                             const EvaluationRoots& roots) {
  if (program.definite && !program.function) {
    if (const Value* found = find_definite(program, model)) return *found;
  }
  Selection selection;
  PAWL_TRY_VOID(select(program, model, roots, selection));
  Value result;
  if (program.definite) {
    if (selection.values.empty()) {
      return base::Error(base::ErrorKind::PathNotFound,
                         "No results for path: " + program.normalized(program.segments.size()));
    }
    result = *selection.values.front();
  } else {
    std::vector<Value> values;
    values.reserve(selection.values.size());
    for (const Value* value : selection.values) values.push_back(*value);
    result = Value::array(std::move(values));
  }
  if (program.function) return apply_function(*program.function, result, roots);
  return result;
}

}  // namespace pawl::query::path
