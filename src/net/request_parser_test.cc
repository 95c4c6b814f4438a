// SPDX-License-Identifier: Apache-2.0
// Requests whole, in pieces of every size, pipelined; and everything that must be refused.
#include "net/request_parser.h"

#include <gtest/gtest.h>

#include <vector>

namespace pawl::net {
namespace {

using Status = RequestParser::Status;

constexpr RequestParser::Limits kLimits{.header_bytes_max = 200, .body_bytes_max = 50};

/// "METHOD TARGET name=value,… body" of each request, then the refusal if there is one.
std::string read_in_pieces(std::string_view text, size_t piece) {
  RequestParser parser(kLimits);
  std::string result;
  std::string pending;
  for (size_t at = 0; at < text.size(); at += piece) {
    pending += text.substr(at, piece);
    std::string_view data = pending;
    while (!data.empty()) {
      const Status status = parser.parse(data);
      if (status == Status::NeedMore) break;
      if (status == Status::Refused) return result + std::to_string(parser.refusal());
      HttpRequest& request = parser.request();
      result.append(request.method).append(" ").append(request.target).append(" ");
      for (const HttpField& field : request.headers) {
        result.append(field.name).append("=").append(field.value).append(",");
      }
      result += " " + request.body + (parser.keep_alive() ? "\n" : " close\n");
      parser.reset();
    }
    // What the parser has taken must not be needed any more.
    std::string rest(data);
    pending.assign(pending.size(), '!');
    pending = std::move(rest);
  }
  return result;
}

void expect_read(std::string_view text, const std::string& expected) {
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    ASSERT_EQ(read_in_pieces(text, piece), expected) << "in pieces of " << piece;
  }
}

TEST(RequestParser, ReadsRequestsHoweverTheyAreCut) {
  expect_read("GET /a?b HTTP/1.1\r\nHost: x\r\nEmpty:\r\nA: \t b c \t\r\n\r\n",
              "GET /a?b Host=x,Empty=,A=b c, \n");
  expect_read("POST / HTTP/1.1\r\nhost:x\r\ncontent-length: 5\r\n\r\nhello",
              "POST / host=x,content-length=5, hello\n");
  expect_read("\r\n\r\nGET / HTTP/1.0\r\n\r\n", "GET /   close\n");
  expect_read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
              "GET / Connection=Keep-Alive, \n");
  expect_read("GET / HTTP/1.1\r\nHost:\r\nConnection: x, close\r\n\r\n",
              "GET / Host=,Connection=x, close,  close\n");
}

TEST(RequestParser, ReadsPipelinedRequests) {
  expect_read(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
      "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n3",
      "POST /1 Host=x,Content-Length=1, 1\nGET /2 Host=x, \n"
      "POST /3 Host=x,Content-Length=1, 3\n");
}

TEST(RequestParser, ReadsChunks) {
  expect_read(
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a=b\r\nhello\r\nA\r\n, world!!!\r\n0\r\nTrailer: dropped\r\n\r\n"
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST / Host=x,Transfer-Encoding=chunked, hello, world!!!\nGET / Host=x, \n");
}

TEST(RequestParser, RefusesWhatCouldBeReadInTwoWays) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"GET / HTTP/1.1\r\n\r\n", "400"},  // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost a\r\n\r\n", "400"},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
      {"GET / FTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"{\"json\": 1}\r\n\r\n", "400"},
      {"\x16\x03\x01", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
       "400"},
      {"P / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", "400"},
      {"P / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx y: 1\r\n", "400"},
  };
  for (const auto& [text, refusal] : cases) {
    SCOPED_TRACE(text);
    expect_read(text, refusal);
  }
}

TEST(RequestParser, RefusesWhatIsTooLarge) {
  const std::string head = "P / HTTP/1.1\r\nHost: a\r\n";
  expect_read(head + "Content-Length: 51\r\n\r\n", "413");
  expect_read(head + "Content-Length: 99999999999999999999999\r\n\r\n", "413");
  expect_read(head + "Transfer-Encoding: chunked\r\n\r\n33\r\n", "413");
  expect_read(head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", "413");
  expect_read(head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n32\r\n", "413");
  expect_read(head + "A: " + std::string(300, 'a'), "431");
  expect_read("GET /" + std::string(300, 'a'), "431");
  expect_read(head + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(180, 'a') +
                  "\r\nB: " + std::string(100, 'b') + "\r\n",
              "431");
}

TEST(RequestParser, TellsWhoWaitsForContinue) {
  RequestParser parser(kLimits);
  std::string_view data =
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
  EXPECT_EQ(parser.parse(data), Status::NeedMore);
  EXPECT_TRUE(parser.has_head());
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_EQ(parser.request().header("expect"), "100-Continue");
}

}  // namespace
}  // namespace pawl::net
