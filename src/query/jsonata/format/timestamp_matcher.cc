// SPDX-License-Identifier: Apache-2.0
//
// The reference's expression is a sequence of simple parts (a literal, a run of digits or letters,
// a time zone, a run of number words), matched without regard to case and greedily. A backtracking
// matcher takes exponential time on some pictures. Here, for each part from the last to the first,
// the positions are found from which the rest of the picture can match (`Reach`); then one walk
// from the first part takes the longest choice that stays among them, which is what greed finds.
#include "query/jsonata/format/timestamp_matcher.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "query/jsonata/format/integer_names.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

using View = std::u16string_view;
using Form = IntegerPicture::Form;
/// For each position 0 … size: can the rest match from here?
using Reach = std::vector<bool>;

constexpr size_t kWorkMax = 64 * 1024 * 1024;
constexpr size_t kNowhere = SIZE_MAX;

/// ECMAScript Canonicalize for the flag "i" without "u": the upper case where it is one unit, but
/// never from outside ASCII into it.
char16_t canonical(char16_t unit) {
  if (unit < 0x80) return unit >= u'a' && unit <= u'z' ? static_cast<char16_t>(unit - 0x20) : unit;
  const std::u16string upper = text::to_utf16(text::to_upper(text::from_utf16({&unit, 1})));
  return upper.size() == 1 && upper[0] >= 0x80 ? upper[0] : unit;
}

bool equal_at(View text, size_t at, View literal) {
  if (text.size() - at < literal.size()) return false;
  for (size_t i = 0; i < literal.size(); ++i)
    if (text[at + i] != literal[i] && canonical(text[at + i]) != canonical(literal[i]))
      return false;
  return true;
}

bool is_digit(char16_t unit) { return unit >= u'0' && unit <= u'9'; }
bool is_letter(char16_t unit) {
  return (unit >= u'a' && unit <= u'z') || (unit >= u'A' && unit <= u'Z');
}
bool is_roman(char16_t unit) { return View(u"MDCLXVImdclxvi").find(unit) != View::npos; }

using Class = bool (*)(char16_t);

/// How a part matches.
struct Step {
  enum class Kind { Literal, Run, Words, Zone };
  Kind kind = Kind::Literal;
  View literal = {};          ///< Literal: the text; Zone: the separator
  Class accepts = &is_digit;  ///< Run
  size_t min = 1;             ///< Run
  size_t max = SIZE_MAX;      ///< Run
  bool ordinal = false;       ///< Run: "th", "st", "nd" or "rd" follows
  bool greenwich = false;     ///< Zone: begins with "GMT"
};

/// The quantifier of a run of digits.
void set_repetition(Step& step, const DateTimePart& part, Dialect dialect) {
  constexpr double kUnbounded = 1e9;
  const IntegerPicture& picture = *part.integer;
  if (dialect == Dialect::Current) {
    if (std::isnan(part.parse_width) || part.parse_width == 0) return;
    // A negative width is no quantifier; the text would have to repeat the expression's words.
    step.min = part.parse_width < 0 || part.parse_width > kUnbounded
                   ? SIZE_MAX
                   : static_cast<size_t>(part.parse_width);
    step.max = step.min;
    return;
  }
  if (!(part.digits > 0)) return;
  const double optional = std::isnan(picture.optional_digits) ? 0 : picture.optional_digits;
  const bool possible = part.digits <= kUnbounded && part.digits >= optional;
  step.min = possible ? static_cast<size_t>(part.digits - optional) : SIZE_MAX;
  step.max = possible ? static_cast<size_t>(part.digits) : SIZE_MAX;
}

tl::expected<Step, FormatError> step_of(const DateTimePart& part, Dialect dialect) {
  Step step;
  if (part.is_literal()) {
    step.literal = part.literal;
    return step;
  }
  if (part.is_time_zone()) {
    step.kind = Step::Kind::Zone;
    step.literal = zone_separator(part);
    step.greenwich = part.component == u'z';
    return step;
  }
  step.kind = Step::Kind::Run;
  if (part.component == u'f' && dialect == Dialect::Current) return step;
  if (!part.integer) {
    if (View(u"MxFP").find(part.component) == View::npos)
      return format_failure("D3133", text::from_utf16({&part.component, 1}));
    step.accepts = &is_letter;
    return step;
  }
  switch (part.integer->form) {
    case Form::Letters: step.accepts = &is_letter; break;
    case Form::Roman: step.accepts = &is_roman; break;
    case Form::Words: step.kind = Step::Kind::Words; break;
    case Form::Decimal:
      set_repetition(step, part, dialect);
      step.ordinal = part.integer->ordinal;
      break;
    case Form::Sequence: return format_failure("D3130", text::from_utf16(part.integer->token));
  }
  return step;
}

bool ordinal_at(View text, size_t at) {
  for (const View suffix : {View(u"th"), View(u"st"), View(u"nd"), View(u"rd")})
    if (equal_at(text, at, suffix)) return true;
  return false;
}

/// For each position, the end of the run of accepted units that begins there.
std::vector<size_t> run_ends(View text, Class accepts) {
  std::vector<size_t> ends(text.size() + 1, text.size());
  for (size_t at = text.size(); at-- > 0;) ends[at] = accepts(text[at]) ? ends[at + 1] : at;
  return ends;
}

/// For each position, the last one not behind it where `good` is set.
std::vector<size_t> last_good(const Reach& good) {
  std::vector<size_t> last(good.size(), kNowhere);
  for (size_t at = 0; at < good.size(); ++at)
    last[at] = good[at] ? at : at > 0 ? last[at - 1] : kNowhere;
  return last;
}

/// The longest run with `min` … `max` units from `at` whose end is good; kNowhere if none.
size_t longest_run(size_t at, size_t run_end, const Step& step, const std::vector<size_t>& last) {
  const size_t length = run_end - at;
  if (length < step.min) return kNowhere;
  const size_t end = last[at + std::min(length, step.max)];
  return end == kNowhere || end < at + step.min ? kNowhere : end;
}

/// Where the number words that begin at each position end, in the order of the expression: the same
/// for all parts.
class WordEnds {
 public:
  explicit WordEnds(View text) {
    starts_.reserve(text.size() + 2);
    for (size_t at = 0; at < text.size(); ++at) {
      starts_.push_back(ends_.size());
      add(text, at);
    }
    starts_.resize(text.size() + 2, ends_.size());
  }

  std::span<const size_t> at(size_t position) const {
    return {ends_.data() + starts_[position], starts_[position + 1] - starts_[position]};
  }

 private:
  void add(View text, size_t at) {
    for (const std::string& word : number_words()) {
      // Most words fail on their first letter.
      if (static_cast<char16_t>(word[0]) != static_cast<char16_t>(text[at] | 0x20)) continue;
      if (equal_at(text, at, widened(word))) ends_.push_back(at + word.size());
    }
    if (equal_at(text, at, u"and")) ends_.push_back(at + 3);
    if (text[at] == u'-' || text[at] == u',' || text[at] == u' ') ends_.push_back(at + 1);
  }

  std::vector<size_t> starts_ = {};
  std::vector<size_t> ends_ = {};
};

/// What one part makes of the positions from which the following parts can match.
class StepMatcher {
 public:
  StepMatcher(const Step& step, View text, const Reach& after, const WordEnds& words)
      : step_(step), text_(text), after_(after), words_(words) {
    switch (step.kind) {
      case Step::Kind::Literal: break;
      case Step::Kind::Run: prepare_run(); break;
      case Step::Kind::Words: prepare_words(); break;
      case Step::Kind::Zone: prepare_zone(); break;
    }
  }

  /// Where this part ends if it begins at `at`; kNowhere if it or the rest cannot match.
  size_t end_from(size_t at) const {
    switch (step_.kind) {
      case Step::Kind::Literal: {
        if (!equal_at(text_, at, step_.literal)) return kNowhere;
        const size_t end = at + step_.literal.size();
        return after_[end] ? end : kNowhere;
      }
      case Step::Kind::Run: {
        const size_t end = longest_run(at, run_ends_[at], step_, last_);
        return end == kNowhere ? kNowhere : end + (step_.ordinal ? 2 : 0);
      }
      case Step::Kind::Words: return words_end(at);
      case Step::Kind::Zone: return zone_end(at);
    }
    return kNowhere;
  }

  Reach reach() const {
    Reach from(text_.size() + 1);
    for (size_t at = 0; at <= text_.size(); ++at) from[at] = begins_at(at);
    return from;
  }

 private:
  bool begins_at(size_t at) const {
    // The end itself takes a walk for each word.
    return (step_.kind == Step::Kind::Words ? word_end(at) : end_from(at)) != kNowhere;
  }

  void prepare_run() {
    run_ends_ = run_ends(text_, step_.accepts);
    Reach good = after_;
    if (step_.ordinal)
      for (size_t at = 0; at < good.size(); ++at)
        good[at] = at + 2 < good.size() && ordinal_at(text_, at) && after_[at + 2];
    last_ = last_good(good);
  }

  /// "+hh", or "+hh:mm" with a separator; "." as separator stands for any character, since the
  /// reference does not quote it.
  void prepare_zone() {
    run_ends_ = run_ends(text_, &is_digit);
    last_ = last_good(after_);
    if (step_.literal.empty()) return;
    Reach before_separator(after_.size(), false);
    for (size_t at = 0; at + step_.literal.size() < after_.size(); ++at) {
      const bool any = step_.literal == u"." && at < text_.size() && text_[at] != u'\n' &&
                       text_[at] != u'\r' && text_[at] != 0x2028 && text_[at] != 0x2029;
      before_separator[at] = (any || equal_at(text_, at, step_.literal)) &&
                             minutes_end(at + step_.literal.size()) != kNowhere;
    }
    last_before_separator_ = last_good(before_separator);
  }

  size_t minutes_end(size_t at) const { return longest_run(at, run_ends_[at], step_, last_); }

  size_t zone_end(size_t at) const {
    if (step_.greenwich) {
      if (!equal_at(text_, at, u"GMT")) return kNowhere;
      at += 3;
    }
    if (at >= text_.size() || (text_[at] != u'+' && text_[at] != u'-')) return kNowhere;
    ++at;
    if (step_.literal.empty()) return minutes_end(at);
    const size_t end = longest_run(at, run_ends_[at], step_, last_before_separator_);
    return end == kNowhere ? kNowhere : minutes_end(end + step_.literal.size());
  }

  /// The end of the first word at `at` from which the rest can match, within this part or behind
  /// it.
  size_t word_end(size_t at) const {
    for (const size_t end : words_.at(at))
      if (inside_[end]) return end;
    return kNowhere;
  }

  void prepare_words() {
    inside_ = after_;
    for (size_t at = text_.size(); at-- > 0;)
      if (!inside_[at]) inside_[at] = word_end(at) != kNowhere;
  }

  /// At least one word, then more while one leads to a match: the loop is greedy.
  size_t words_end(size_t at) const {
    size_t end = word_end(at);
    for (size_t next = end; next != kNowhere; next = word_end(next)) end = next;
    return end;
  }

  const Step& step_;
  View text_;
  const Reach& after_;
  const WordEnds& words_;
  std::vector<size_t> run_ends_ = {};
  std::vector<size_t> last_ = {};
  std::vector<size_t> last_before_separator_ = {};
  Reach inside_ = {};
};

}  // namespace

View zone_separator(const DateTimePart& part) {
  return part.integer->is_regular() ? View(part.integer->separators[0].character) : View();
}

tl::expected<std::optional<std::vector<View>>, FormatError> match_timestamp(
    View timestamp, const DateTimePicture& picture, Dialect dialect) {
  std::vector<Step> steps;
  for (const DateTimePart& part : picture) steps.push_back(PAWL_TRY(step_of(part, dialect)));
  if ((steps.size() + 1) * (timestamp.size() + 1) > kWorkMax) return bound_met();

  const WordEnds words(timestamp);
  // reaches[i]: from where parts i … can match up to the end.
  std::vector<Reach> reaches(steps.size() + 1);
  reaches.back().resize(timestamp.size() + 1, false);
  reaches.back().back() = true;
  for (size_t i = steps.size(); i-- > 0;)
    reaches[i] = StepMatcher(steps[i], timestamp, reaches[i + 1], words).reach();
  if (!reaches[0][0]) return std::nullopt;

  std::vector<View> pieces;
  size_t at = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    const size_t end = StepMatcher(steps[i], timestamp, reaches[i + 1], words).end_from(at);
    pieces.push_back(timestamp.substr(at, end - at));
    at = end;
  }
  return pieces;
}

}  // namespace pawl::query::jsonata
