// SPDX-License-Identifier: Apache-2.0
#include "query/jsonata/format/integer_picture.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "query/jsonata/format/ecmascript_text.h"
#include "query/jsonata/format/grouping.h"
#include "query/jsonata/format/integer_names.h"
#include "text/number.h"
#include "text/unicode.h"

namespace pawl::query::jsonata {
namespace {

using Form = IntegerPicture::Form;
using Case = IntegerPicture::Case;

constexpr double kPaddingDigitsMax = 16 * 1024 * 1024;

/// The zeros of Unicode's families of decimal digits, of the Basic Multilingual Plane only.
constexpr char32_t kZeroDigits[] = {0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6,
                                    0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,
                                    0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
                                    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900,
                                    0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

/// The zero of the family that a digit belongs to; 0 if it is no digit.
char32_t zero_digit_of(char32_t code_point) {
  const auto* after = std::upper_bound(std::begin(kZeroDigits), std::end(kZeroDigits), code_point);
  if (after == std::begin(kZeroDigits)) return 0;
  const char32_t zero = *(after - 1);
  return code_point <= zero + 9 ? zero : 0;
}

bool is_high_surrogate(char16_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(char16_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// A token of letters: "A", "i", "Ww", …
bool name_form(std::u16string_view token, IntegerPicture& picture) {
  struct Name {
    std::u16string_view token;
    Form form;
    Case letter_case;
  };
  constexpr Name kNames[] = {{u"A", Form::Letters, Case::Upper}, {u"a", Form::Letters, Case::Lower},
                             {u"I", Form::Roman, Case::Upper},   {u"i", Form::Roman, Case::Lower},
                             {u"W", Form::Words, Case::Upper},   {u"Ww", Form::Words, Case::Title},
                             {u"w", Form::Words, Case::Lower}};
  for (const Name& name : kNames) {
    if (name.token != token) continue;
    picture.form = name.form;
    picture.letter_case = name.letter_case;
    return true;
  }
  return false;
}

/// F&O 4.6.1 decimal-digit-pattern, read from right to left so that separators know how many digits
/// follow them.
tl::expected<void, FormatError> analyse_digits(std::u16string_view token, IntegerPicture& picture) {
  char32_t zero_digit = 0;
  size_t mandatory = 0;
  size_t optional = 0;
  for (size_t end = token.size(); end > 0;) {
    const bool pair =
        end > 1 && is_low_surrogate(token[end - 1]) && is_high_surrogate(token[end - 2]);
    const size_t begin = end - (pair ? 2 : 1);
    const char32_t zero = pair ? 0 : zero_digit_of(token[begin]);
    if (zero != 0) {
      if (zero_digit != 0 && zero != zero_digit) return format_failure("D3131");
      zero_digit = zero;
      ++mandatory;
    } else if (token[begin] == u'#') {
      ++optional;
    } else {
      picture.separators.push_back(
          {mandatory + optional, std::u16string(token.substr(begin, end - begin))});
    }
    end = begin;
  }
  if (mandatory == 0) {
    picture.form = Form::Sequence;
    picture.token = token;
    picture.separators.clear();
    return {};
  }
  picture.zero_digit = zero_digit;
  picture.mandatory_digits = static_cast<double>(mandatory);
  picture.optional_digits = static_cast<double>(optional);
  std::vector<size_t> positions;
  for (const GroupingSeparator& separator : picture.separators) {
    if (separator.character != picture.separators[0].character) return {};
    positions.push_back(separator.position);
  }
  picture.regular_interval = regular_interval(positions);
  return {};
}

void insert_separators(std::u16string& digits, const IntegerPicture& picture) {
  if (picture.is_regular()) {
    std::u16string grouped;
    for (size_t i = 0; i < digits.size(); ++i) {
      if (i > 0 && (digits.size() - i) % picture.regular_interval == 0)
        grouped += picture.separators[0].character;
      grouped += digits[i];
    }
    digits = std::move(grouped);
    return;
  }
  for (auto separator = picture.separators.rbegin(); separator != picture.separators.rend();
       ++separator) {
    const Index at = static_cast<Index>(digits.size()) - static_cast<Index>(separator->position);
    // substr(0, at) and substr(at): where there are too few digits the reference puts the separator
    // first and keeps the last ones.
    if (at >= 0)
      digits.insert(static_cast<size_t>(at), separator->character);
    else
      digits = separator->character + digits.substr(slice_position(digits, at));
  }
}

std::u16string_view ordinal_suffix(std::u16string_view digits) {
  const bool teen = digits.size() > 1 && digits[digits.size() - 2] == u'1';
  if (!teen && digits.back() == u'1') return u"st";
  if (!teen && digits.back() == u'2') return u"nd";
  if (!teen && digits.back() == u'3') return u"rd";
  return u"th";
}

tl::expected<std::u16string, FormatError> format_digits(double magnitude,
                                                        const IntegerPicture& picture) {
  std::u16string digits = widened(text::ecmascript_number(magnitude));
  const double missing = picture.mandatory_digits - static_cast<double>(digits.size());
  if (missing > kPaddingDigitsMax) return bound_met();
  if (missing > 0) digits.insert(0, static_cast<size_t>(missing), u'0');
  for (char16_t& digit : digits) digit = static_cast<char16_t>(digit + picture.zero_digit - U'0');
  insert_separators(digits, picture);
  if (picture.ordinal) digits += ordinal_suffix(digits);
  return digits;
}

std::string cased(std::string words, Case letter_case) {
  if (letter_case == Case::Upper) return text::to_upper(words);
  if (letter_case == Case::Lower) return text::to_lower(words);
  return words;
}

tl::expected<double, FormatError> parse_digits(std::u16string_view text,
                                               const IntegerPicture& picture) {
  std::u16string digits(text);
  if (picture.ordinal) digits = substring(digits, 0, static_cast<Index>(digits.size()) - 2);
  const auto remove = [&](std::u16string_view separator) {
    std::u16string kept;
    for (size_t at = 0; at < digits.size();) {
      if (std::u16string_view(digits).substr(at, separator.size()) == separator)
        at += separator.size();
      else
        kept += digits[at++];
    }
    digits = std::move(kept);
  };
  // NOTE the reference takes a regular separator to be a comma.
  std::vector<std::u16string_view> separators;
  if (picture.is_regular()) separators.push_back(u",");
  for (const GroupingSeparator& separator : picture.separators)
    if (!picture.is_regular() &&
        std::find(separators.begin(), separators.end(), separator.character) == separators.end())
      separators.push_back(separator.character);
  for (const std::u16string_view separator : separators) remove(separator);
  if (picture.zero_digit != U'0') {
    for (char16_t& digit : digits) {
      const int moved = digit - static_cast<int>(picture.zero_digit) + '0';
      if (moved < 0) return javascript_failure("Invalid code point " + std::to_string(moved));
      digit = static_cast<char16_t>(moved);
    }
  }
  return parse_int(digits);
}

}  // namespace

tl::expected<IntegerPicture, FormatError> analyse_integer_picture(std::u16string_view text) {
  IntegerPicture picture;
  const size_t semicolon = text.rfind(u';');
  const std::u16string_view token = text.substr(0, semicolon);
  picture.ordinal = semicolon != std::u16string_view::npos && text.substr(semicolon + 1, 1) == u"o";
  if (!name_form(token, picture)) PAWL_TRY_VOID(analyse_digits(token, picture));
  return picture;
}

tl::expected<std::u16string, FormatError> format_integer(double value,
                                                         const IntegerPicture& picture) {
  const double magnitude = std::abs(value);
  const Case letter_case = picture.letter_case;
  std::u16string text;
  switch (picture.form) {
    case Form::Letters:
      text = PAWL_TRY(number_to_letters(magnitude, letter_case == Case::Upper ? u'A' : u'a'));
      break;
    case Form::Roman:
      text = widened(cased(PAWL_TRY(number_to_roman(magnitude)), letter_case));
      break;
    case Form::Words:
      text = widened(cased(PAWL_TRY(number_to_words(magnitude, picture.ordinal)), letter_case));
      break;
    case Form::Decimal: text = PAWL_TRY(format_digits(magnitude, picture)); break;
    case Form::Sequence: return format_failure("D3130", text::from_utf16(picture.token));
  }
  return value < 0 ? u"-" + text : text;
}

tl::expected<double, FormatError> parse_integer(std::u16string_view text,
                                                const IntegerPicture& picture) {
  const bool upper = picture.letter_case == Case::Upper;
  // Case mappings are defined on UTF-8 here.
  const auto mapped = [&](auto* mapping) {
    return text::to_utf16(mapping(text::from_utf16(text)));
  };
  switch (picture.form) {
    case Form::Letters: return letters_to_number(text, upper ? u'A' : u'a');
    case Form::Roman:
      return upper ? roman_to_number(text) : roman_to_number(mapped(&text::to_upper));
    case Form::Words: return words_to_number(mapped(&text::to_lower));
    case Form::Decimal: return parse_digits(text, picture);
    case Form::Sequence: break;
  }
  return format_failure("D3130", text::from_utf16(picture.token));
}

tl::expected<std::string, FormatError> format_integer(double value, std::string_view picture) {
  const IntegerPicture analysed = PAWL_TRY(analyse_integer_picture(text::to_utf16(picture)));
  return text::from_utf16(PAWL_TRY(format_integer(std::floor(value), analysed)));
}

tl::expected<double, FormatError> parse_integer(std::string_view text, std::string_view picture) {
  const IntegerPicture analysed = PAWL_TRY(analyse_integer_picture(text::to_utf16(picture)));
  return parse_integer(text::to_utf16(text), analysed);
}

}  // namespace pawl::query::jsonata
