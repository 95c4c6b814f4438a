// SPDX-License-Identifier: Apache-2.0
// Integers as English words, Roman numerals and spreadsheet letters. All take a magnitude (not
// negative) and give lower case but for the words.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "query/jsonata/format/format_error.h"

namespace pawl::query::jsonata {

/// "One Thousand, Two Hundred and Third". Errors: U1001 for NaN and infinite numbers.
tl::expected<std::string, FormatError> number_to_words(double number, bool ordinal);
/// Cardinal or ordinal words to a number; NaN if a word is unknown. `text` is in lower case.
double words_to_number(std::u16string_view text);
/// All words of numbers in lower case, in the order in which a timestamp is tried against them.
std::span<const std::string> number_words();

/// Errors: U1001 beyond ten million, where the reference runs out of stack.
tl::expected<std::string, FormatError> number_to_roman(double number);
/// `numeral` in upper case; NaN for other characters.
double roman_to_number(std::u16string_view numeral);

/// 1 is `first`, 27 is `first` twice. Errors: U1001 for infinite numbers.
tl::expected<std::u16string, FormatError> number_to_letters(double number, char16_t first);
double letters_to_number(std::u16string_view letters, char16_t first);

}  // namespace pawl::query::jsonata
