// SPDX-License-Identifier: Apache-2.0
// CsvRecords: the records of a text delimited file, as Developer Guide "How Step Functions parses
// input CSV files" describes them. What that page says (a backslash before an ordinary character is
// dropped, doubled quotes count outside of quotes too) is the behaviour of opencsv's CSVParser,
// whose rules are followed where the page is silent.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "items/outcome.h"
#include "items/text_stream.h"

namespace pawl::items {

/// - Records end with \n, \r\n or \r. A last one needs no end; an empty line is a record of one
/// empty
///   field.
/// - Inside double quotes, delimiters and line ends are text; a line end becomes \n.
/// - "" is a quote, inside quotes and inside a field; a backslash makes the delimiter, a quote or a
///   backslash ordinary and is dropped before anything else.
/// - A quote in the middle of a field stays, and turns quoting on or off.
/// Fields are valid UTF-8. One thread; the stream is borrowed.
class CsvRecords {
 public:
  CsvRecords(TextStream& stream, char delimiter, size_t record_bytes_max)
      : stream_(&stream), delimiter_(delimiter), record_bytes_max_(record_bytes_max) {}

  /// Fills `fields`; false at the end. Errors: S3's; a quote that is never closed; a record beyond
  /// the limit.
  Outcome<bool> next(std::vector<std::string>& fields);

 private:
  void take(int byte);
  void take_plain_text();
  void end_line();
  void end_field(std::vector<std::string>& fields);
  void escape();
  void quote();

  TextStream* stream_;
  char delimiter_;
  size_t record_bytes_max_;

  std::string field_;
  bool in_quotes_ = false;
  bool in_field_ = false;
  size_t column_ = 0;  ///< bytes of the current line before the next one
  int previous_ = 0;   ///< the byte before the next one
  size_t record_bytes_ = 0;
};

}  // namespace pawl::items
