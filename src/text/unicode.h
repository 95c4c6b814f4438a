// SPDX-License-Identifier: Apache-2.0
// UTF-8 text seen as code points and as UTF-16 units, and its case (ICU, root locale), as
// ECMAScript sees strings. Not for validation: the readers of foreign text validate.
//
// Texts are UTF-8 that may hold lone surrogates, written as three bytes ED A0..BF xx ("WTF-8").
// A byte that fits neither counts as one code point U+FFFD; nothing is ever read beyond the text.
// All functions are pure and thread-safe; those on ASCII look at eight bytes at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pawl::text {

bool is_ascii(std::string_view text);
/// True if the text holds a surrogate that is not half of a pair.
bool has_lone_surrogate(std::string_view text);

size_t count_code_points(std::string_view text);
/// JavaScript's `length`.
size_t utf16_length(std::string_view text);

/// How many UTF-16 units stand before `byte`, which begins a code point or is the end.
size_t utf16_offset_of_byte(std::string_view text, size_t byte);
/// The first byte of the code point that the UTF-16 unit belongs to; the text's size beyond its
/// end.
size_t byte_of_utf16_offset(std::string_view text, size_t offset);
/// The first byte of the code point number `index` (from 0); the text's size beyond its end.
size_t byte_of_code_point(std::string_view text, size_t index);

/// The code point that begins at `byte` (which is inside the text); moves `byte` behind it.
char32_t decode_at(std::string_view text, size_t& byte);
/// Appends a code point. A low surrogate after a high one becomes the pair's code point, as
/// JavaScript's concatenation does.
void append_code_point(std::string& text, char32_t code_point);

/// <0, 0, >0 in the order of UTF-16 units, which is JavaScript's `<` on strings. (The order of
/// bytes is the order of code points.)
int compare_utf16(std::string_view a, std::string_view b);

/// JavaScript's toLowerCase and toUpperCase: full mappings, final sigma, no locale.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

std::u16string to_utf16(std::string_view text);
/// Lone surrogates stay what they are.
std::string from_utf16(std::u16string_view units);

}  // namespace pawl::text
