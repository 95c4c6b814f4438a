// SPDX-License-Identifier: Apache-2.0
#include "items/csv_records.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace pawl::items {
namespace {

constexpr size_t kLostTextBytes = 100;

bool is_line_end(int byte) { return byte == '\n' || byte == '\r'; }

}  // namespace

Outcome<bool> CsvRecords::next(std::vector<std::string>& fields) {
  fields.clear();
  field_.clear();
  in_quotes_ = in_field_ = false;
  column_ = record_bytes_ = 0;
  if (stream_->peek() == TextStream::kEnd) {
    if (stream_->failure()) return *stream_->failure();
    return false;
  }
  for (;;) {
    if (record_bytes_ > record_bytes_max_) {
      return reader_failed("A record of the CSV file is longer than " +
                           std::to_string(record_bytes_max_) + " bytes.");
    }
    const int byte = stream_->peek();
    if (byte == TextStream::kEnd) {
      if (stream_->failure()) return *stream_->failure();
      if (in_quotes_) {
        field_.resize(std::min(field_.size(), kLostTextBytes));
        make_valid_utf8(field_);
        return reader_failed(
            "Unterminated quoted field at end of CSV line. Beginning of lost text: [" + field_ +
            "]");
      }
      end_field(fields);
      return true;
    }
    if (is_line_end(byte)) {
      end_line();
      if (!in_quotes_) {
        end_field(fields);
        return true;
      }
      field_ += '\n';
    } else if (byte == '\\') {
      escape();
    } else if (byte == '"') {
      quote();
    } else if (byte == delimiter_ && !in_quotes_) {
      take(byte);
      end_field(fields);
    } else {
      take_plain_text();
    }
  }
}

void CsvRecords::take(int byte) {
  stream_->take(1);
  previous_ = byte;
  ++column_;
  ++record_bytes_;
}

/// The next byte, which is plain, and all plain ones after it that are in memory.
void CsvRecords::take_plain_text() {
  const std::string_view text = stream_->buffered();
  size_t length = 1;
  while (length < text.size() && text[length] != delimiter_ && text[length] != '"' &&
         text[length] != '\\' && !is_line_end(text[length]))
    ++length;
  length = std::min(length, record_bytes_max_ + 1);
  field_.append(text.substr(0, length));
  previous_ = static_cast<unsigned char>(text[length - 1]);
  column_ += length;
  record_bytes_ += length;
  in_field_ = true;
  stream_->take(length);
}

void CsvRecords::end_line() {
  const bool is_pair = stream_->peek() == '\r' && stream_->peek_second() == '\n';
  stream_->take(is_pair ? 2 : 1);
  record_bytes_ += is_pair ? 2 : 1;
  column_ = 0;
  previous_ = 0;
}

void CsvRecords::end_field(std::vector<std::string>& fields) {
  make_valid_utf8(field_);
  fields.push_back(std::exchange(field_, {}));
  in_field_ = false;
}

/// "Backslashes only work with other backslashes, double quotes, and the configured field
/// separator. A backslash followed by any other character is silently removed."
void CsvRecords::escape() {
  const int second = stream_->peek_second();
  take('\\');
  in_field_ = true;
  if (second == '\\' || second == '"' || second == static_cast<unsigned char>(delimiter_)) {
    field_ += static_cast<char>(second);
    take(second);
  }
}

void CsvRecords::quote() {
  const int second = stream_->peek_second();
  if ((in_quotes_ || in_field_) && second == '"') {
    field_ += '"';
    take('"');
    take('"');
  } else {
    in_quotes_ = !in_quotes_;
    // opencsv: a quote amid a field (not at the line's very beginning, not beside a delimiter) is
    // kept, but only dropped together with the spaces if there is nothing else before it.
    const bool is_amid = column_ > 2 && previous_ != static_cast<unsigned char>(delimiter_) &&
                         second != TextStream::kEnd && !is_line_end(second) &&
                         second != static_cast<unsigned char>(delimiter_);
    if (is_amid) {
      const bool is_blank =
          !field_.empty() &&
          std::all_of(field_.begin(), field_.end(), [](char c) { return c == ' ' || c == '\t'; });
      if (is_blank) {
        field_.clear();
      } else {
        field_ += '"';
      }
    }
    take('"');
  }
  in_field_ = !in_field_;
}

}  // namespace pawl::items
