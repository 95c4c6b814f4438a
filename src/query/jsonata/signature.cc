// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/signature.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "query/jsonata/stored.h"

namespace pawl::query::jsonata {
namespace {

/// The letter of a value's type; 'm' is "missing".
char letter_of(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::String: return 's';
    case json::Kind::Number: return 'n';
    case json::Kind::Boolean: return 'b';
    case json::Kind::Array: return 'a';
    case json::Kind::Object: return 'o';
    case json::Kind::Null: break;
  }
  if (value.annotation() == 0) return 'l';
  if (Item::is_number(value)) return 'n';
  return Item::is_function(value) ? 'f' : 'm';
}

char letter_of(const Item& item) { return letter_of(item.value()); }

std::string_view plural_of(std::string_view subtype) {
  if (subtype == "a") return "arrays";
  if (subtype == "b") return "booleans";
  if (subtype == "f") return "functions";
  if (subtype == "n") return "numbers";
  if (subtype == "o") return "objects";
  if (subtype == "s") return "strings";
  return {};
}

/// The place of the bracket that closes the one at `start`, or the end.
size_t closing_bracket(std::string_view text, size_t start, char open, char close) {
  size_t depth = 1;
  size_t at = start + 1;
  for (; at < text.size(); ++at) {
    if (text[at] == close && --depth == 0) break;
    if (text[at] == open) ++depth;
  }
  return at;
}

EvaluationError at_offset(std::string_view code, size_t offset, std::string_view value) {
  EvaluationError error(code);
  error.position = offset;
  error.value = json::Value(value);
  return error;
}

}  // namespace

tl::expected<Signature, EvaluationError> Signature::parse(std::string_view text) {
  Signature signature;
  std::vector<Parameter>& parameters = signature.parameters_;
  for (size_t at = 1; at < text.size() && text[at] != ':'; ++at) {
    const char symbol = text[at];
    switch (symbol) {
      case 's':
      case 'n':
      case 'b':
      case 'l':
      case 'o': parameters.push_back({std::string{symbol, 'm'}, symbol, {}, {}, {}, {}, {}}); break;
      case 'a': parameters.push_back({"asnblfom", symbol, {}, {}, {}, {}, {}}); break;
      case 'f': parameters.push_back({"f", symbol, {}, {}, {}, {}, {}}); break;
      case 'j': parameters.push_back({"asnblom", symbol, {}, {}, {}, {}, {}}); break;
      case 'x': parameters.push_back({"asnblfom", symbol, {}, {}, {}, {}, {}}); break;
      case '-':
        if (!parameters.empty()) {
          parameters.back().takes_context = true;
          parameters.back().is_optional = true;
        }
        break;
      case '?':
        if (!parameters.empty()) parameters.back().is_optional = true;
        break;
      case '+':
        if (!parameters.empty()) parameters.back().is_repeated = true;
        break;
      case '(': {
        const size_t end = closing_bracket(text, at, '(', ')');
        const std::string_view choice = text.substr(at + 1, end - at - 1);
        if (choice.find('<') != std::string_view::npos)
          return tl::unexpected(at_offset("S0402", at, choice));
        parameters.push_back({std::string(choice) + "m", '(', {}, {}, {}, {}, {}});
        at = end;
        break;
      }
      case '<': {
        const char type = parameters.empty() ? '\0' : parameters.back().type;
        if (type != 'a' && type != 'f')
          return tl::unexpected(
              at_offset("S0401", at, type == 0 ? std::string_view() : std::string_view(&type, 1)));
        const size_t end = closing_bracket(text, at, '<', '>');
        parameters.back().subtype = text.substr(at + 1, end - at - 1);
        parameters.back().has_subtype = true;
        at = end;
        break;
      }
      default: break;  // as the reference: passed over
    }
  }
  return signature;
}

bool Signature::match(std::string_view letters, size_t parameter, size_t letter,
                      boost::container::small_vector_base<size_t>& counts) const {
  if (parameter == parameters_.size()) return letter == letters.size();
  const Parameter& wanted = parameters_[parameter];
  const size_t least = wanted.is_optional ? 0 : 1;
  size_t most = 0;
  const size_t limit = wanted.is_repeated ? letters.size() : 1;
  while (most < limit && letter + most < letters.size() &&
         wanted.types.find(letters[letter + most]) != std::string::npos) {
    ++most;
  }
  for (size_t count = most + 1; count-- > least;) {
    counts[parameter] = count;
    if (match(letters, parameter + 1, letter + count, counts)) return true;
  }
  return false;
}

EvaluationError Signature::mismatch(std::string_view letters, const Arguments& arguments) const {
  // Apply one parameter after the other, each greedily, until one fails. The reference does so with
  // ever longer regular expressions, which may give letters back: hence the search over prefixes.
  size_t good_to = 0;
  for (size_t length = 1; length <= parameters_.size(); ++length) {
    Signature prefix;
    prefix.parameters_.assign(parameters_.begin(),
                              parameters_.begin() + static_cast<std::ptrdiff_t>(length));
    std::optional<size_t> matched;
    for (size_t taken = letters.size() + 1; taken-- > 0 && !matched;) {
      boost::container::small_vector<size_t, 6> counts(length);
      if (prefix.match(letters.substr(0, taken), 0, 0, counts)) matched = taken;
    }
    if (!matched) break;
    good_to = *matched;
  }
  EvaluationError error("T0410");
  if (good_to < arguments.size()) error.value = message_value(arguments[good_to]);
  error.index = good_to + 1;
  return error;
}

tl::expected<Item, EvaluationError> Signature::as_array(const Parameter& parameter, char letter,
                                                        size_t matched, const Item& argument,
                                                        size_t index) const {
  if (letter == 'm') return Item();
  if (parameter.has_subtype) {
    bool fits = true;
    if (letter != 'a') {
      fits = matched == 1 && parameter.subtype == std::string_view(&letter, 1);
    } else if (argument.value().size() > 0) {
      const auto items = argument.value().items();
      const char first = letter_of(items[0]);
      // Arrays of numbers may be long, and are what most of these functions take.
      if (first == 'n' && parameter.subtype == "n" &&
          std::all_of(items.begin(), items.end(),
                      [](const json::Value& item) { return Item::is_number(item); }))
        return argument;
      fits = !parameter.subtype.empty() && first == parameter.subtype[0] &&
             std::all_of(items.begin(), items.end(),
                         [first](const json::Value& item) { return letter_of(item) == first; });
    }
    if (!fits) {
      EvaluationError error("T0412");
      error.value = message_value(argument);
      error.index = index;
      if (const std::string_view plural = plural_of(parameter.subtype); !plural.empty())
        error.type = plural;
      return tl::unexpected(std::move(error));
    }
  }
  if (letter == 'a') return argument;
  return Item(json::Value::array({stored(argument)}));
}

tl::expected<void, EvaluationError> Signature::validate(Arguments& arguments,
                                                        const Item& context) const {
  std::string letters;
  letters.reserve(arguments.size());
  for (const Item& argument : arguments) letters += letter_of(argument);
  boost::container::small_vector<size_t, 6> counts(parameters_.size());
  if (!match(letters, 0, 0, counts)) return tl::unexpected(mismatch(letters, arguments));
  Arguments validated;
  validated.reserve(std::max(arguments.size(), parameters_.size()));
  size_t at = 0;
  const auto argument_at = [&arguments](size_t i) {
    return i < arguments.size() ? arguments[i] : Item();
  };
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    if (counts[i] == 0) {
      if (!parameter.takes_context) {
        validated.push_back(argument_at(at++));
        continue;
      }
      if (parameter.types.find(letter_of(context)) == std::string::npos) {
        EvaluationError error("T0411");
        error.value = message_value(context);
        error.index = at + 1;
        return tl::unexpected(std::move(error));
      }
      validated.push_back(context);
      continue;
    }
    for (size_t n = 0; n < counts[i]; ++n, ++at) {
      if (parameter.type != 'a') {
        validated.push_back(argument_at(at));
        continue;
      }
      auto array = as_array(parameter, letters[at], counts[i], argument_at(at), at + 1);
      if (!array) return tl::unexpected(std::move(array).error());
      validated.push_back(std::move(*array));
    }
  }
  arguments = std::move(validated);
  return {};
}

}  // namespace pawl::query::jsonata
