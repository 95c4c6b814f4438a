// SPDX-License-Identifier: Apache-2.0
// The code generator of the AWS SDK for Java 2: CodegenNamingUtils.splitOnWordBoundaries,
// DefaultNamingStrategy, Utils.unCapitalize.
#include "integration/sdk_names.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace pawl::integration {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c); }
char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// What may stand at `index`; '\0' beyond the end.
char at(std::string_view text, size_t index) { return index < text.size() ? text[index] : '\0'; }

/// "([^a-z]{2,})v([0-9]+)" and "([^A-Z]{2,})V([0-9]+)": a version is a word of its own.
bool begins_version(std::string_view text, size_t index) {
  if (index < 2 || !is_digit(at(text, index + 1))) return false;
  const char before[] = {text[index - 2], text[index - 1]};
  if (text[index] == 'v') return !is_lower(before[0]) && !is_lower(before[1]);
  return text[index] == 'V' && !is_upper(before[0]) && !is_upper(before[1]);
}

bool begins_word(std::string_view text, size_t index) {
  const char previous = text[index - 1];
  const char here = text[index];
  const char next = at(text, index + 1);
  if (begins_version(text, index)) return true;
  // Camel case: "AcmSuccess"; the capital must not stand alone.
  if (is_lower(previous) && is_upper(here) && (is_letter(next) || is_digit(next))) return true;
  // Behind an acronym: "ACMSuccess".
  if (is_upper(previous) && is_upper(here) && is_lower(next) && !begins_version(text, index + 1))
    return true;
  // Behind a number: "s3ec2", but a version's number belongs to it.
  return is_digit(previous) && is_letter(here);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i]) && !is_digit(text[i])) {
      finish();
      continue;
    }
    if (i > 0 && begins_word(text, i)) finish();
    word.push_back(text[i]);
  }
  finish();
  return words;
}

std::string pascal_case(std::string_view text) {
  std::string name;
  for (const std::string& word : words_of(text)) {
    name.push_back(to_upper(word.front()));
    std::transform(word.begin() + 1, word.end(), std::back_inserter(name), to_lower);
  }
  return name;
}

/// Utils.unCapitalize: a leading run of capitals is lowered up to the one that begins a word.
std::string uncapitalize(std::string_view name) {
  std::string result(name);
  size_t i = 0;
  do {
    result[i] = to_lower(result[i]);
    ++i;
  } while (i < result.size() && is_upper(result[i]) && !is_lower(at(result, i + 1)));
  return result;
}

/// Java's keywords and the methods of its objects, which no getter may be called.
constexpr std::string_view kTakenByJava[] = {
    "abstract",     "assert",     "boolean",  "break",      "byte",     "case",      "catch",
    "char",         "class",      "clone",    "const",      "continue", "default",   "do",
    "double",       "else",       "enum",     "equals",     "extends",  "false",     "final",
    "finalize",     "finally",    "float",    "for",        "getClass", "goto",      "hashCode",
    "if",           "implements", "import",   "instanceof", "int",      "interface", "long",
    "native",       "new",        "notify",   "notifyAll",  "package",  "private",   "protected",
    "public",       "return",     "short",    "static",     "strictfp", "super",     "switch",
    "synchronized", "this",       "throw",    "throws",     "toString", "transient", "true",
    "try",          "void",       "volatile", "wait",       "while",
};

}  // namespace

std::string sdk_service_class(std::string_view service_id) {
  std::string name = pascal_case(service_id);
  for (const std::string_view prefix : {"Amazon", "Aws"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  constexpr std::string_view kSuffix = "Service";
  if (name.ends_with(kSuffix)) name.erase(name.size() - kSuffix.size());
  return name;
}

std::string sdk_member_name(std::string_view model_member) {
  // NOTE: the SDK's customization of DynamoDB; "null" would be Java's own word.
  if (model_member == "NULL") return "Nul";
  if (model_member.empty()) return {};
  std::string name = uncapitalize(model_member);
  if (std::find(std::begin(kTakenByJava), std::end(kTakenByJava), name) != std::end(kTakenByJava))
    name += "Value";
  name.front() = to_upper(name.front());
  return name;
}

std::string sdk_exception_name(std::string_view shape) {
  constexpr std::string_view kFault = "Fault";
  if (shape.ends_with(kFault)) shape.remove_suffix(kFault.size());
  std::string name = pascal_case(shape);
  if (!name.ends_with("Exception")) name += "Exception";
  return name;
}

std::string sdk_action_name(std::string_view operation) {
  std::string name(operation);
  if (!name.empty()) name.front() = to_lower(name.front());
  return name;
}

}  // namespace pawl::integration
