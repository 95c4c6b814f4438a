// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/integer_names.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "query/jsonata/format/ecmascript_text.h"

namespace pawl::query::jsonata {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kRomanMax = 1e7;

constexpr std::string_view kFew[] = {"Zero",    "One",     "Two",       "Three",    "Four",
                                     "Five",    "Six",     "Seven",     "Eight",    "Nine",
                                     "Ten",     "Eleven",  "Twelve",    "Thirteen", "Fourteen",
                                     "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::string_view kOrdinals[] = {
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::string_view kDecades[] = {"Twenty",  "Thirty", "Forty",  "Fifty",  "Sixty",
                                         "Seventy", "Eighty", "Ninety", "Hundred"};
constexpr std::string_view kMagnitudes[] = {"Thousand", "Million", "Billion", "Trillion"};

/// Fractions come from absurd widths of dates; the reference writes this for them.
std::string word_at(std::span<const std::string_view> words, double index) {
  return index == std::floor(index) ? std::string(words[static_cast<size_t>(index)]) : "undefined";
}

std::string words_of(double number, bool continues, bool ordinal) {
  if (number <= 19) return (continues ? " and " : "") + word_at(ordinal ? kOrdinals : kFew, number);
  if (number < 100) {
    std::string words = continues ? " and " : "";
    words += kDecades[static_cast<size_t>(number / 10) - 2];
    const double rest = std::fmod(number, 10);
    if (rest > 0) return words + "-" + words_of(rest, false, ordinal);
    if (ordinal) words.replace(words.size() - 1, 1, "ieth");
    return words;
  }
  std::string words = continues ? ", " : "";
  double rest = 0;
  if (number < 1000) {
    words += word_at(kFew, std::floor(number / 100)) + " Hundred";
    rest = std::fmod(number, 100);
  } else {
    const double thousands = std::min(std::floor(std::log10(number) / 3), 4.0);
    const double factor = std::pow(10.0, thousands * 3);
    const double multiple = std::floor(number / factor);
    rest = number - multiple * factor;
    words += words_of(multiple, false, false) + " ";
    words += kMagnitudes[static_cast<size_t>(thousands) - 1];
  }
  if (rest > 0) return words + words_of(rest, true, ordinal);
  return ordinal ? words + "th" : words;
}

std::string lower(std::string_view word) {
  std::string text(word);
  text[0] = static_cast<char>(text[0] | 0x20);
  return text;
}

struct Lexicon {
  std::vector<std::string> words;
  std::unordered_map<std::string, double> values;

  Lexicon() {
    for (size_t i = 0; i < std::size(kFew); ++i) add(lower(kFew[i]), static_cast<double>(i));
    for (size_t i = 0; i < std::size(kOrdinals); ++i)
      add(lower(kOrdinals[i]), static_cast<double>(i));
    for (size_t i = 0; i < std::size(kDecades); ++i) {
      const std::string word = lower(kDecades[i]);
      add(word, static_cast<double>((i + 2) * 10));
      add(word.substr(0, word.size() - 1) + "ieth", static_cast<double>((i + 2) * 10));
    }
    add("hundredth", 100);
    double value = 1;
    for (const std::string_view magnitude : kMagnitudes) {
      value *= 1000;
      add(lower(magnitude), value);
      add(lower(magnitude) + "th", value);
    }
  }

  void add(std::string word, double value) {
    values[word] = value;
    words.push_back(std::move(word));
  }
};

const Lexicon& lexicon() {
  static const Lexicon kLexicon;
  return kLexicon;
}

/// Where a separator of words ends that begins at `at`; `at` if none does: ", " or " and " or one
/// of white space, backslash, hyphen.
size_t separator_end(std::u16string_view text, size_t at) {
  const auto space_at = [&](size_t i) { return i < text.size() && is_white_space(text[i]); };
  if (text[at] == u',' && space_at(at + 1)) return at + 2;
  if (space_at(at) && text.substr(at + 1, 3) == u"and" && space_at(at + 4)) return at + 5;
  return space_at(at) || text[at] == u'\\' || text[at] == u'-' ? at + 1 : at;
}

std::vector<double> word_values(std::u16string_view text) {
  std::vector<double> values;
  std::string word;
  const auto finish = [&] {
    const auto known = lexicon().values.find(word);
    values.push_back(known == lexicon().values.end() ? kNaN : known->second);
    word.clear();
  };
  for (size_t at = 0; at < text.size();) {
    const size_t end = separator_end(text, at);
    if (end != at) {
      finish();
      at = end;
      continue;
    }
    word += text[at] < 0x80 ? static_cast<char>(text[at]) : '\x7F';  // no word has either
    ++at;
  }
  finish();
  return values;
}

}  // namespace

tl::expected<std::string, FormatError> number_to_words(double number, bool ordinal) {
  if (!std::isfinite(number)) return bound_met();
  return words_of(number, false, ordinal);
}

double words_to_number(std::u16string_view text) {
  // Sums of less than a thousand, each multiplied by the magnitude that follows.
  std::vector<double> segments{0};
  for (const double value : word_values(text)) {
    if (value < 100) {
      if (segments.back() >= 1000) segments.push_back(0);
      segments.back() += value;
    } else {
      segments.back() *= value;
    }
  }
  double sum = 0;
  for (const double segment : segments) sum += segment;
  return sum;
}

std::span<const std::string> number_words() { return lexicon().words; }

tl::expected<std::string, FormatError> number_to_roman(double number) {
  constexpr std::pair<double, std::string_view> kNumerals[] = {
      {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
      {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};
  if (number > kRomanMax) return bound_met();
  std::string text;
  for (const auto& [value, numeral] : kNumerals)
    for (; number >= value; number -= value) text += numeral;
  return text;
}

double roman_to_number(std::u16string_view numeral) {
  const auto value_of = [](char16_t unit) -> double {
    switch (unit) {
      case u'M': return 1000;
      case u'D': return 500;
      case u'C': return 100;
      case u'L': return 50;
      case u'X': return 10;
      case u'V': return 5;
      case u'I': return 1;
      default: return kNaN;
    }
  };
  double sum = 0;
  double most = 1;
  for (size_t i = numeral.size(); i-- > 0;) {
    const double value = value_of(numeral[i]);
    if (value < most) {
      sum -= value;
    } else {
      most = value;
      sum += value;
    }
  }
  return sum;
}

tl::expected<std::u16string, FormatError> number_to_letters(double number, char16_t first) {
  if (std::isinf(number)) return bound_met();
  std::u16string letters;
  for (; number > 0; number = std::floor((number - 1) / 26))
    letters += static_cast<char16_t>(static_cast<int>(std::fmod(number - 1, 26) + first));
  std::reverse(letters.begin(), letters.end());
  return letters;
}

double letters_to_number(std::u16string_view letters, char16_t first) {
  double sum = 0;
  for (size_t i = 0; i < letters.size(); ++i) {
    const int digit = letters[letters.size() - i - 1] - first + 1;
    sum += digit * std::pow(26.0, static_cast<double>(i));
  }
  return sum;
}

}  // namespace pawl::query::jsonata
