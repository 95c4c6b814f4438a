// SPDX-License-Identifier: Apache-2.0
// RapidJSON's SAX reader does the tokenizing; the handlers below count depth, build values, or find
// a pointer.
#include "json/parse.h"

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/encodings.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace pawl::json {
namespace {

constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag |
                            rapidjson::kParseValidateEncodingFlag;

using Stream = rapidjson::MemoryStream;
using Encoding = rapidjson::UTF8<>;

base::SourcePosition position_at(std::string_view text, size_t offset) {
  base::SourcePosition position{1, 1};
  offset = std::min(offset, text.size());
  for (size_t i = 0; i < offset; ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

/// Bounds the depth; the base of the other handlers.
struct DepthHandler : rapidjson::BaseReaderHandler<Encoding, DepthHandler> {
  explicit DepthHandler(size_t depth_max) : depth_max_(depth_max) {}

  bool StartObject() { return open(); }
  bool StartArray() { return open(); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    return is_text({text, length});
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) { return is_text({text, length}); }
  bool too_deep() const { return too_deep_; }
  bool lone_surrogate() const { return lone_surrogate_; }

 protected:
  /// RapidJSON lets the escape of a second half without its first pass, as bytes that are no UTF-8:
  /// ED followed by A0..BF.
  bool is_text(std::string_view text) {
    for (size_t at = text.find('\xed'); at != std::string_view::npos;
         at = text.find('\xed', at + 1)) {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0) {
        lone_surrogate_ = true;
        return false;
      }
    }
    return true;
  }

  bool open() {
    too_deep_ = ++depth_ > depth_max_;
    return !too_deep_;
  }
  bool close() {
    --depth_;
    return true;
  }

 private:
  size_t depth_max_;
  size_t depth_ = 0;
  bool too_deep_ = false;
  bool lone_surrogate_ = false;
};

/// Builds the value on a stack: finished values, and keys, of all open containers in one vector.
class ValueHandler : public DepthHandler {
 public:
  explicit ValueHandler(const ParseOptions& options)
      : DepthHandler(options.depth_max), options_(options) {}

  bool Null() { return push(Value()); }
  bool Bool(bool boolean) { return push(Value(boolean)); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return push(Value::number_from_lexeme({text, length}));
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    if (!is_text({text, length})) return false;
    return push(Value(std::string_view(text, length)));
  }
  bool StartObject() { return start(); }
  bool StartArray() { return start(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (!is_text({text, length})) return false;
    Open& object = open_.back();
    if (options_.duplicates != nullptr) object.key.assign(text, length);
    keys_.emplace_back(std::string_view(text, length));
    return true;
  }

  bool EndObject(rapidjson::SizeType count) {
    const size_t first_value = open_.back().first_value;
    const size_t first_key = keys_.size() - count;
    const std::span<Value> keys(keys_.data() + first_key, count);
    const std::span<Value> values(values_.data() + first_value, count);
    Value object =
        has_duplicates(keys) ? without_duplicates(keys, values) : Value::object_of(keys, values);
    values_.resize(first_value);
    keys_.resize(first_key);
    return finish(std::move(object));
  }

  bool EndArray(rapidjson::SizeType) {
    const size_t first = open_.back().first_value;
    Value array = Value::array_of({values_.data() + first, values_.size() - first});
    values_.resize(first);
    return finish(std::move(array));
  }

  Value take() { return std::move(values_.front()); }

 private:
  struct Open {
    size_t first_value;
    std::string key;  ///< the member being read, kept only where duplicates are reported
  };

  bool push(Value value) {
    values_.push_back(std::move(value));
    return true;
  }

  bool start() {
    open_.push_back({values_.size(), {}});
    return open();
  }

  bool finish(Value value) {
    open_.pop_back();
    values_.push_back(std::move(value));
    return close();
  }

  static bool has_duplicates(std::span<const Value> keys) {
    if (keys.size() <= 16) {
      for (size_t i = 1; i < keys.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
          if (keys[i].as_string() == keys[j].as_string()) return true;
        }
      }
      return false;
    }
    std::vector<std::string_view> names;
    names.reserve(keys.size());
    for (const Value& key : keys) names.push_back(key.as_string());
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }

  /// The last value of a repeated key counts, at the first one's place.
  Value without_duplicates(std::span<Value> keys, std::span<Value> values) {
    std::vector<Member> kept;
    std::unordered_map<std::string, size_t> places;
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string name(keys[i].as_string());
      const auto [place, is_new] = places.try_emplace(name, kept.size());
      if (is_new) {
        kept.emplace_back(std::move(keys[i]), std::move(values[i]));
      } else {
        report_duplicate(name);
        kept[place->second].value = std::move(values[i]);
      }
    }
    return Value::object(std::move(kept));
  }

  void report_duplicate(std::string_view name) {
    if (options_.duplicates == nullptr) return;
    std::string pointer;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      // An open array has no key: the place is how many of its items are finished.
      const size_t finished = open_[i + 1].first_value - open_[i].first_value;
      pointer = open_[i].key.empty() ? pointer_child(pointer, finished)
                                     : pointer_child(pointer, open_[i].key);
    }
    options_.duplicates->push_back(pointer_child(pointer, name));
  }

  const ParseOptions& options_;
  std::vector<Open> open_;
  std::vector<Value> values_;
  std::vector<Value> keys_;
};

/// Stops where the value at a pointer starts.
class PointerHandler : public DepthHandler {
 public:
  PointerHandler(std::string_view pointer, const Stream& stream)
      : DepthHandler(SIZE_MAX), stream_(stream) {
    tokens_ = pointer_tokens(pointer);
  }

  bool Default() { return value(); }
  bool Null() { return value(); }
  bool Bool(bool) { return value(); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return value(); }
  bool String(const char*, rapidjson::SizeType, bool) { return value(); }
  bool StartObject() { return value() && descend(false); }
  bool StartArray() { return value() && descend(true); }
  bool EndObject(rapidjson::SizeType) { return ascend(); }
  bool EndArray(rapidjson::SizeType) { return ascend(); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Level& level = levels_.back();
    level.matches = level.on_path && levels_.size() <= tokens_.size() &&
                    tokens_[levels_.size() - 1] == std::string_view(text, length);
    if (level.matches && levels_.size() == tokens_.size()) found_ = stream_.Tell();
    return !found_;
  }

  const std::optional<size_t>& found() const { return found_; }

 private:
  struct Level {
    bool is_array;
    bool on_path;
    size_t index = 0;
    bool matches = false;  ///< the member or item now read is the pointer's
  };

  bool value() {
    if (levels_.empty()) {
      if (tokens_.empty()) found_ = stream_.Tell();
      return !found_;
    }
    Level& level = levels_.back();
    if (!level.is_array) return true;
    level.matches = level.on_path && levels_.size() <= tokens_.size() &&
                    tokens_[levels_.size() - 1] == std::to_string(level.index);
    ++level.index;
    if (level.matches && levels_.size() == tokens_.size()) found_ = stream_.Tell();
    return !found_;
  }

  bool descend(bool is_array) {
    const bool on_path = levels_.empty() || levels_.back().matches;
    levels_.push_back({is_array, on_path});
    return true;
  }

  bool ascend() {
    levels_.pop_back();
    return true;
  }

  const Stream& stream_;
  std::vector<std::string> tokens_;
  std::vector<Level> levels_;
  std::optional<size_t> found_;
};

template <typename Handler>
base::Result<void> read(std::string_view text, const ParseOptions& options, Handler& handler) {
  if (text.size() > options.bytes_max) {
    return base::Error(base::ErrorKind::LimitExceeded,
                       "the text is longer than " + std::to_string(options.bytes_max) + " bytes");
  }
  Stream stream(text.data(), text.size());
  rapidjson::GenericReader<Encoding, Encoding> reader;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  // MemoryStream ends with a NUL, so a NUL in the text would hide what follows it.
  const size_t read_bytes = std::min(stream.Tell(), text.size());
  if (!result.IsError() && text.find('\0', 0) == std::string_view::npos) return {};
  if (handler.too_deep()) {
    return base::Error(base::ErrorKind::LimitExceeded,
                       "nested deeper than " + std::to_string(options.depth_max) + " levels",
                       position_at(text, read_bytes));
  }
  if (handler.lone_surrogate()) {
    return base::Error(base::ErrorKind::InvalidJson, "Half of a surrogate pair stands alone.",
                       position_at(text, read_bytes));
  }
  const size_t offset = result.IsError() ? result.Offset() : text.find('\0');
  const char* message =
      result.IsError() ? rapidjson::GetParseError_En(result.Code()) : "Unexpected NUL character.";
  return base::Error(base::ErrorKind::InvalidJson, message, position_at(text, offset));
}

}  // namespace

base::Result<Value> parse(std::string_view text, const ParseOptions& options) {
  ValueHandler handler(options);
  PAWL_TRY_VOID(read(text, options, handler));
  return handler.take();
}

base::Result<void> validate(std::string_view text, const ParseOptions& options) {
  DepthHandler handler(options.depth_max);
  return read(text, options, handler);
}

std::optional<base::SourcePosition> locate(std::string_view text, std::string_view pointer) {
  if (!pointer.empty() && pointer.front() != '/') return std::nullopt;
  Stream stream(text.data(), text.size());
  PointerHandler handler(pointer, stream);
  rapidjson::GenericReader<Encoding, Encoding> reader;
  reader.Parse<kFlags>(stream, handler);
  if (!handler.found()) return std::nullopt;
  // The handler hears of a token when it has been read: go back to where it began.
  size_t start = std::min(*handler.found(), text.size());
  if (start > 0) --start;
  if (text[start] == '"') {
    do {
      --start;
    } while (start > 0 && (text[start] != '"' || (start > 0 && text[start - 1] == '\\')));
  } else if (text[start] != '{' && text[start] != '[') {
    while (start > 0 &&
           std::string_view(",:[ \t\r\n").find(text[start - 1]) == std::string_view::npos)
      --start;
  }
  return position_at(text, start);
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  std::vector<std::string> tokens;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // "/"
    const std::string_view escaped = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(escaped.size());
    std::string& token = tokens.emplace_back();
    for (size_t i = 0; i < escaped.size(); ++i) {
      const bool is_escape = escaped[i] == '~' && i + 1 < escaped.size();
      token += is_escape ? (escaped[++i] == '1' ? '/' : '~') : escaped[i];
    }
  }
  return tokens;
}

std::string pointer_child(std::string_view pointer, std::string_view token) {
  std::string out(pointer);
  out += '/';
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string pointer_child(std::string_view pointer, size_t index) {
  return std::string(pointer) + "/" + std::to_string(index);
}

}  // namespace pawl::json
