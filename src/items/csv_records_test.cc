// SPDX-License-Identifier: Apache-2.0
#include "items/csv_records.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pawl::items {
namespace {

using Rows = std::vector<std::vector<std::string>>;

/// Hands out one byte at a time, so that every look ahead crosses a border.
class OneByteReader : public ByteReader {
 public:
  explicit OneByteReader(std::string text) : text_(std::move(text)) {}
  Outcome<size_t> read(char* buffer, size_t) override {
    if (position_ == text_.size()) return size_t{0};
    *buffer = text_[position_++];
    return size_t{1};
  }

 private:
  std::string text_;
  size_t position_ = 0;
};

Outcome<Rows> read_all(std::string text, char delimiter = ',', size_t record_bytes_max = 1'000) {
  TextStream stream(std::make_unique<OneByteReader>(std::move(text)));
  CsvRecords records(stream, delimiter, record_bytes_max);
  Rows rows;
  std::vector<std::string> fields;
  while (PAWL_TRY(records.next(fields))) rows.push_back(fields);
  return rows;
}

Rows rows_of(const std::string& text, char delimiter = ',') {
  Outcome<Rows> rows = read_all(text, delimiter);
  EXPECT_TRUE(rows) << *rows.error().cause;
  return rows ? *rows : Rows();
}

TEST(CsvRecords, EndsOfRecords) {
  EXPECT_EQ(rows_of(""), Rows());
  EXPECT_EQ(rows_of("a,b"), (Rows{{"a", "b"}}));
  EXPECT_EQ(rows_of("a,b\n"), (Rows{{"a", "b"}}));
  EXPECT_EQ(rows_of("a\r\nb\rc\n"), (Rows{{"a"}, {"b"}, {"c"}}));
  EXPECT_EQ(rows_of("a\n\nb"), (Rows{{"a"}, {""}, {"b"}}));
  EXPECT_EQ(rows_of("a,\n,b"), (Rows{{"a", ""}, {"", "b"}}));
  EXPECT_EQ(rows_of(",,,\n   \n"), (Rows{{"", "", "", ""}, {"   "}}));
}

TEST(CsvRecords, EveryDelimiter) {
  EXPECT_EQ(rows_of("a|b,c", '|'), (Rows{{"a", "b,c"}}));
  EXPECT_EQ(rows_of("a;\"b;c\"", ';'), (Rows{{"a", "b;c"}}));
  EXPECT_EQ(rows_of("a b  c", ' '), (Rows{{"a", "b", "", "c"}}));
  EXPECT_EQ(rows_of("a\t b", '\t'), (Rows{{"a", " b"}}));
}

TEST(CsvRecords, Quotes) {
  EXPECT_EQ(rows_of(R"("a,b",c)"), (Rows{{"a,b", "c"}}));
  EXPECT_EQ(rows_of(R"("",x,"")"), (Rows{{"", "x", ""}}));
  EXPECT_EQ(rows_of(R"("""")"), (Rows{{"\""}}));
  EXPECT_EQ(rows_of("\"a\r\nb\nc\",d\ne"), (Rows{{"a\nb\nc", "d"}, {"e"}}));
  EXPECT_EQ(rows_of("x,y\n\"a\n\nb\",d"), (Rows{{"x", "y"}, {"a\n\nb", "d"}}));
  EXPECT_EQ(rows_of(R"(abc,  "d,e")"), (Rows{{"abc", "d,e"}}));
  EXPECT_EQ(rows_of(R"(abc,d"e"f)"), (Rows{{"abc", R"(d"e"f)"}}));
  EXPECT_EQ(rows_of("'a,b'"), (Rows{{"'a", "b'"}}));
}

/// Developer Guide "How Step Functions parses input CSV files", "Example of parsing".
TEST(CsvRecords, ExampleOfTheDeveloperGuide) {
  EXPECT_EQ(
      rows_of(
          "abc,123,\"This string contains commas, a double quotation marks (\"\"), and a newline "
          "(\n)\",{\"\"MyKey\"\":\"\"MyValue\"\"},\"[1,2,3]\""),
      (Rows{{"abc", "123",
             "This string contains commas, a double quotation marks (\"), and a newline (\n)",
             R"({"MyKey":"MyValue"})", "[1,2,3]"}}));
}

TEST(CsvRecords, Backslashes) {
  EXPECT_EQ(rows_of(R"(C:\\Program Files\\MyApp.exe,1)"),
            (Rows{{R"(C:\Program Files\MyApp.exe)", "1"}}));
  EXPECT_EQ(rows_of(R"(a\,b,c)"), (Rows{{"a,b", "c"}}));
  EXPECT_EQ(rows_of(R"(a\nb)"), (Rows{{"anb"}}));
  EXPECT_EQ(rows_of(R"(\"a\",b)"), (Rows{{R"("a")", "b"}}));
  EXPECT_EQ(rows_of(R"(a\|b|c)", '|'), (Rows{{"a|b", "c"}}));
  EXPECT_EQ(rows_of("a\\\nb\\"), (Rows{{"a"}, {"b"}}));
}

TEST(CsvRecords, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(rows_of("\xef\xbb\xbf"
                    "a,\xff,\xe2\x82,\xed\xa0\x80x"),
            (Rows{{"a", "\xef\xbf\xbd", "\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx"}}));
  EXPECT_EQ(rows_of("gr\xc3\xbc\xc3\x9f,\xf0\x9f\x98\x80"),
            (Rows{{"gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x98\x80"}}));
}

TEST(CsvRecords, OpenQuotesAndEndlessRecordsFail) {
  const Outcome<Rows> open = read_all("a,\"b\nc");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error, "States.ItemReaderFailed");
  EXPECT_EQ(open.error().cause,
            "Unterminated quoted field at end of CSV line. Beginning of lost text: [b\nc]");
  const Outcome<Rows> endless = read_all('"' + std::string(5'000, 'x') + '"', ',', 1'000);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().cause, "A record of the CSV file is longer than 1000 bytes.");
  EXPECT_TRUE(read_all(std::string(1'000, 'x') + "\n" + std::string(1'000, 'y'), ',', 1'000));
}

/// What is quoted as RFC 4180 says, with backslashes doubled, is read as it was.
RC_GTEST_PROP(CsvRecords, QuotedFieldsComeBack, ()) {
  const auto field =
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,;|\t \"\"\\\\\n'{}")));
  const auto rows = *rc::gen::nonEmpty(rc::gen::container<Rows>(
      rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field))));
  const char delimiter = *rc::gen::elementOf(std::string(",|; \t"));
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += delimiter;
      text += '"';
      for (const char c : row[i]) {
        if (c == '"' || c == '\\') text += c;
        text += c;
      }
      text += '"';
    }
    text += '\n';
  }
  const Outcome<Rows> read = read_all(text, delimiter, 1'000'000);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == rows);
}

/// Plain fields need no quotes.
RC_GTEST_PROP(CsvRecords, PlainFieldsComeBack, ()) {
  const auto field =
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcXYZ0189 .-_:'{}[]")));
  const auto rows = *rc::gen::nonEmpty(rc::gen::container<Rows>(
      rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field))));
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "," : "") + row[i];
    text += *rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n"});
  }
  const Outcome<Rows> read = read_all(text, ',', 1'000'000);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == rows);
}

}  // namespace
}  // namespace pawl::items
