// SPDX-License-Identifier: Apache-2.0
// Elements of a JSON array, and lines of JSON Lines, as items.
#include <algorithm>
#include <string_view>
#include <utility>

#include "base/integer.h"
#include "items/record_source.h"
#include "json/parse.h"

namespace pawl::items {
namespace {

constexpr std::string_view kNotIterable = "Attempting to map over non-iterable node.";

bool is_space(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// Finds where JSON values begin and end, byte by byte. Whether they are well-formed inside is for
/// the parser to say, who gets the text.
class JsonScanner {
 public:
  JsonScanner(std::unique_ptr<TextStream> text, const ReaderSettings& settings)
      : text_(std::move(text)),
        value_bytes_max_(settings.limits.item_bytes_max),
        depth_max_(settings.limits.json_depth_max) {}

  /// The next byte that is no space, or kEnd.
  Outcome<int> peek() {
    while (is_space(text_->peek())) text_->take(1);
    const int byte = text_->peek();
    if (byte == TextStream::kEnd && text_->failure()) return *text_->failure();
    return byte;
  }

  /// Drops `expected`, which must be the next byte that is no space.
  Outcome<void> expect(char expected) {
    if (PAWL_TRY(peek()) != static_cast<unsigned char>(expected)) return malformed();
    text_->take(1);
    return {};
  }

  /// Steps over one value.
  Outcome<void> skip() { return scan(nullptr); }

  /// Reads one value.
  Outcome<json::Value> value() {
    std::string text;
    PAWL_TRY_VOID(scan(&text));
    auto value = json::parse(text, {.depth_max = depth_max_});
    if (!value) return reader_failed("The object is not valid JSON: " + value.error().message);
    return *std::move(value);
  }

  asl::ExecutionError malformed() {
    if (text_->peek() == TextStream::kEnd)
      return reader_failed("The object is not valid JSON: it ends too early.");
    return reader_failed("The object is not valid JSON: unexpected '" +
                         std::string(1, static_cast<char>(std::clamp(text_->peek(), 0x20, 0x7e))) +
                         "'.");
  }

 private:
  /// Steps over one value, and appends its text to `out` if there is one.
  Outcome<void> scan(std::string* out) {
    const int first = PAWL_TRY(peek());
    if (first == TextStream::kEnd || first == ',' || first == ':' || first == ']' || first == '}')
      return malformed();
    if (first == '{' || first == '[' || first == '"') return scan_until_closed(out);
    for (;;) {
      const std::string_view text = text_->buffered();
      const size_t end = text.find_first_of(",:]}\"[{ \t\r\n");
      PAWL_TRY_VOID(take(text.substr(0, end), out));
      if (end != std::string_view::npos) return {};
      if (text_->peek() == TextStream::kEnd) return at_end_of_scalar();
    }
  }

  /// A container or a string.
  Outcome<void> scan_until_closed(std::string* out) {
    size_t depth = 0;
    bool in_string = false;
    bool is_escaped = false;
    for (;;) {
      const std::string_view text = text_->buffered();
      if (text.empty()) return at_end();
      for (size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (is_escaped) {
          is_escaped = false;
        } else if (in_string) {
          is_escaped = byte == '\\';
          in_string = byte != '"';
        } else if (byte == '"') {
          in_string = true;
        } else if (byte == '{' || byte == '[') {
          ++depth;
        } else if (byte == '}' || byte == ']') {
          --depth;
        }
        if (depth == 0 && !in_string) return take(text.substr(0, i + 1), out);
      }
      PAWL_TRY_VOID(take(text, out));
    }
  }

  Outcome<void> take(std::string_view text, std::string* out) {
    if (out != nullptr) {
      if (out->size() + text.size() > value_bytes_max_) {
        return reader_failed("An item is longer than " + std::to_string(value_bytes_max_) +
                             " bytes.");
      }
      out->append(text);
    }
    text_->take(text.size());
    return {};
  }

  Outcome<void> at_end_of_scalar() {
    if (text_->failure()) return *text_->failure();
    return {};
  }

  asl::ExecutionError at_end() { return text_->failure() ? *text_->failure() : malformed(); }

  std::unique_ptr<TextStream> text_;
  size_t value_bytes_max_;
  size_t depth_max_;
};

class JsonArrayItems : public RecordSource {
 public:
  JsonArrayItems(std::unique_ptr<TextStream> text, const ReaderSettings& settings)
      : scanner_(std::move(text), settings), is_whole_document_(settings.items_pointer.empty()) {}

  /// Goes to the array at `pointer` and enters it.
  Outcome<void> find_array(std::string_view pointer) {
    for (const std::string& token : json::pointer_tokens(pointer)) {
      const int byte = PAWL_TRY(scanner_.peek());
      const bool is_found = byte == '{'   ? PAWL_TRY(find_member(token))
                            : byte == '[' ? PAWL_TRY(find_element(token))
                                          : false;
      if (!is_found) return reader_failed(std::string(kNotIterable));
    }
    const int byte = PAWL_TRY(scanner_.peek());
    if (byte == TextStream::kEnd) return scanner_.malformed();
    if (byte == '[') return scanner_.expect('[');
    // NOTE: neither is an object, as recorded (test_map_item_reader_json_no_json_list_object). What
    // is no JSON at all is told apart by reading it.
    if (byte != '{') PAWL_TRY(scanner_.value());
    return reader_failed(std::string(kNotIterable));
  }

  Outcome<std::optional<json::Value>> next() override {
    if (PAWL_TRY(scanner_.peek()) == ']') {
      if (needs_element_) return scanner_.malformed();
      PAWL_TRY_VOID(scanner_.expect(']'));
      if (is_whole_document_ && PAWL_TRY(scanner_.peek()) != TextStream::kEnd)
        return scanner_.malformed();
      return std::optional<json::Value>();
    }
    if (!is_first_ && !needs_element_) return scanner_.malformed();
    json::Value value = PAWL_TRY(scanner_.value());
    is_first_ = false;
    needs_element_ = PAWL_TRY(scanner_.peek()) == ',';
    if (needs_element_) PAWL_TRY_VOID(scanner_.expect(','));
    return std::optional(std::move(value));
  }

 private:
  /// Enters the object that comes next and stops before the value of `name`; false if there is
  /// none.
  Outcome<bool> find_member(std::string_view name) {
    PAWL_TRY_VOID(scanner_.expect('{'));
    if (PAWL_TRY(scanner_.peek()) == '}') return false;
    for (;;) {
      const json::Value key = PAWL_TRY(scanner_.value());
      if (!key.is_string()) return scanner_.malformed();
      PAWL_TRY_VOID(scanner_.expect(':'));
      if (key.as_string() == name) return true;
      PAWL_TRY_VOID(scanner_.skip());
      if (PAWL_TRY(scanner_.peek()) == '}') return false;
      PAWL_TRY_VOID(scanner_.expect(','));
    }
  }

  /// RFC 6901 section 4: an index has no leading zeros.
  Outcome<bool> find_element(std::string_view token) {
    const std::optional<int64_t> index = base::parse_int64(token);
    const bool is_index = index && *index >= 0 && std::to_string(*index) == token;
    PAWL_TRY_VOID(scanner_.expect('['));
    if (!is_index || PAWL_TRY(scanner_.peek()) == ']') return false;
    for (int64_t i = 0; i < *index; ++i) {
      PAWL_TRY_VOID(scanner_.skip());
      if (PAWL_TRY(scanner_.peek()) == ']') return false;
      PAWL_TRY_VOID(scanner_.expect(','));
    }
    return true;
  }

  JsonScanner scanner_;
  bool is_whole_document_;
  bool is_first_ = true;
  bool needs_element_ = false;  ///< a comma was read
};

class JsonLinesItems : public RecordSource {
 public:
  JsonLinesItems(std::unique_ptr<TextStream> text, const ReaderSettings& settings)
      : text_(std::move(text)),
        line_bytes_max_(settings.limits.item_bytes_max),
        depth_max_(settings.limits.json_depth_max) {}

  Outcome<std::optional<json::Value>> next() override {
    std::string line;
    while (PAWL_TRY(read_line(line))) {
      if (std::all_of(line.begin(), line.end(), is_space)) continue;
      auto value = json::parse(line, {.depth_max = depth_max_});
      if (!value) {
        return reader_failed("Line " + std::to_string(line_number_) +
                             " of the object is not valid JSON: " + value.error().message);
      }
      return std::optional(*std::move(value));
    }
    return std::optional<json::Value>();
  }

 private:
  Outcome<bool> read_line(std::string& line) {
    line.clear();
    ++line_number_;
    for (;;) {
      const std::string_view text = text_->buffered();
      if (text.empty()) {
        if (text_->failure()) return *text_->failure();
        return !line.empty();
      }
      const size_t end = text.find('\n');
      const std::string_view part = text.substr(0, end);
      if (line.size() + part.size() > line_bytes_max_) {
        return reader_failed("Line " + std::to_string(line_number_) +
                             " of the object is longer than " + std::to_string(line_bytes_max_) +
                             " bytes.");
      }
      line += part;
      text_->take(end == std::string_view::npos ? part.size() : end + 1);
      if (end != std::string_view::npos) return true;
    }
  }

  std::unique_ptr<TextStream> text_;
  size_t line_bytes_max_;
  size_t depth_max_;
  uint64_t line_number_ = 0;
};

}  // namespace

Outcome<std::unique_ptr<RecordSource>> open_json_array(std::unique_ptr<TextStream> text,
                                                       const ReaderSettings& settings) {
  auto items = std::make_unique<JsonArrayItems>(std::move(text), settings);
  PAWL_TRY_VOID(items->find_array(settings.items_pointer));
  return items;
}

std::unique_ptr<RecordSource> open_json_lines(std::unique_ptr<TextStream> text,
                                              const ReaderSettings& settings) {
  return std::make_unique<JsonLinesItems>(std::move(text), settings);
}

}  // namespace pawl::items
