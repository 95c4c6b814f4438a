// SPDX-License-Identifier: Apache-2.0
// ASL Appendix B: intrinsics for strings, encodings, hashes and ids.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "query/intrinsic/call.h"

namespace pawl::query::intrinsic {
namespace {

constexpr size_t kEncodedBytesMax =
    10'000;  // Base64Encode, Base64Decode, Hash: up to 10,000 characters

base::Result<std::string_view> string_argument(const Arguments& arguments, size_t index) {
  const json::Value& value = arguments.values[index];
  if (value.is_string()) return value.as_string();
  return failure(arguments, "argument " + std::to_string(index + 1) + " must be a string");
}

/// What Format puts for an argument: text bare, containers as Java's Map and List print themselves
/// (recorded).
void append_java_text(const json::Value& value, std::string& out) {
  switch (value.kind()) {
    case json::Kind::Null: out += "null"; return;
    case json::Kind::Boolean: out += value.as_boolean() ? "true" : "false"; return;
    case json::Kind::Number: out += value.number_text(); return;
    case json::Kind::String: out += value.as_string(); return;
    case json::Kind::Array: {
      out += '[';
      bool first = true;
      for (const json::Value& item : value.items()) {
        if (!first) out += ", ";
        first = false;
        append_java_text(item, out);
      }
      out += ']';
      return;
    }
    case json::Kind::Object: {
      out += '{';
      bool first = true;
      for (const json::Member& member : value.members()) {
        if (!first) out += ", ";
        first = false;
        out += member.name();
        out += '=';
        append_java_text(member.value, out);
      }
      out += '}';
      return;
    }
  }
}

}  // namespace

base::Result<json::Value> format(const Arguments& arguments) {
  const std::string_view pattern = PAWL_TRY(string_argument(arguments, 0));
  std::string out;
  size_t next = 1;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const char following = i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (c == '\\' &&
        (following == '{' || following == '}' || following == '\\' || following == '\'')) {
      out += following;
      ++i;
    } else if (c == '{' && following == '}') {
      if (next >= arguments.values.size())
        return failure(arguments, "there are more {} than arguments");
      append_java_text(arguments.values[next++], out);
      ++i;
    } else {
      out += c;
    }
  }
  if (next != arguments.values.size())
    return failure(arguments, "there are more arguments than {}");
  return json::Value(out);
}

base::Result<json::Value> string_split(const Arguments& arguments) {
  const std::string_view text = PAWL_TRY(string_argument(arguments, 0));
  const std::string_view separators = PAWL_TRY(string_argument(arguments, 1));
  // Recorded: each character of the second argument separates; empty parts are left out.
  std::vector<json::Value> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(
        separators.empty() ? text.size() : text.find_first_of(separators, start), text.size());
    if (end > start) parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return json::Value::array(std::move(parts));
}

base::Result<json::Value> base64_encode(const Arguments& arguments) {
  const std::string_view text = PAWL_TRY(string_argument(arguments, 0));
  if (text.size() > kEncodedBytesMax)
    return failure(arguments, "the string is longer than 10,000 characters");
  return json::Value(base::base64_encode(text));
}

base::Result<json::Value> base64_decode(const Arguments& arguments) {
  const std::string_view text = PAWL_TRY(string_argument(arguments, 0));
  if (text.size() > kEncodedBytesMax)
    return failure(arguments, "the string is longer than 10,000 characters");
  const std::optional<std::string> decoded = base::base64_decode(text);
  if (!decoded) return failure(arguments, "the string is not base64");
  return json::Value(*decoded);
}

base::Result<json::Value> hash(const Arguments& arguments) {
  const std::string_view text = PAWL_TRY(string_argument(arguments, 0));
  const std::string_view name = PAWL_TRY(string_argument(arguments, 1));
  if (text.size() > kEncodedBytesMax)
    return failure(arguments, "the string is longer than 10,000 characters");
  const std::optional<base::DigestAlgorithm> algorithm = base::digest_algorithm_named(name);
  if (!algorithm)
    return failure(arguments, "the algorithm must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512");
  return json::Value(base::hex_encode(base::digest(*algorithm, text)));
}

base::Result<json::Value> uuid(const Arguments& arguments) {
  if (arguments.random == nullptr)
    return failure(arguments, "random values are not available here");
  return json::Value(base::make_uuid(*arguments.random));
}

}  // namespace pawl::query::intrinsic
