// SPDX-License-Identifier: Apache-2.0
#include "net/smtp_relay.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "base/bytes.h"

namespace pawl::net {
namespace {

/// A mail server for one connection: keeps what it is told, refuses the receiver if it is asked to.
class MailServer {
 public:
  explicit MailServer(bool refuses) : refuses_(refuses) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    url_ = "smtp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~MailServer() { finish(); }

  const std::string& url() const { return url_; }
  /// What the client said; waits for its end.
  const std::string& finish() {
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void serve() {
    const int connection = accept(listener_, nullptr, nullptr);
    const auto say = [connection](const std::string& line) {
      EXPECT_GT(write(connection, (line + "\r\n").data(), line.size() + 2), 0);
    };
    say("220 test");
    std::string line;
    bool is_data = false;
    char c = 0;
    while (read(connection, &c, 1) == 1) {
      heard_ += c;
      line += c;
      if (c != '\n') continue;
      if (is_data) {
        is_data = line != ".\r\n";
        if (!is_data) say("250 taken");
      } else if (line.starts_with("DATA")) {
        is_data = true;
        say("354 go on");
      } else if (line.starts_with("RCPT") && refuses_) {
        say("550 nobody of that name");
      } else {
        say(line.starts_with("QUIT") ? "221 bye" : "250 fine");
      }
      line.clear();
    }
    close(connection);
    close(listener_);
  }

  const bool refuses_;
  int listener_ = -1;
  std::string url_;
  std::string heard_;
  std::thread thread_;
};

OutgoingMail a_mail() {
  return {.from = "pawl@example.com",
          .to = "ada@example.org",
          .subject = "Grüße\r\nBcc: all@example.org",
          .text = "Line one\n.\nLine three with an ü\n",
          .id = "m-1",
          .date = {1'700'000'000'000}};
}

TEST(SmtpRelay, AMailArrivesWhole) {
  MailServer server(false);
  const auto relay = SmtpRelay::parse(server.url());
  ASSERT_TRUE(relay);
  const auto sent = relay->send(a_mail());
  ASSERT_TRUE(sent) << sent.error().message;
  const std::string& heard = server.finish();
  EXPECT_NE(heard.find("MAIL FROM:<pawl@example.com>"), std::string::npos) << heard;
  EXPECT_NE(heard.find("RCPT TO:<ada@example.org>"), std::string::npos) << heard;
  const size_t body = heard.find("base64\r\n\r\n") + 10;
  const std::string encoded = heard.substr(body, heard.find("\r\n.\r\n", body) - body);
  EXPECT_EQ(base::base64_decode(encoded), a_mail().text);
}

TEST(SmtpRelay, ARefusalIsToldInTheServersWords) {
  MailServer server(true);
  const auto sent = SmtpRelay::parse(server.url())->send(a_mail());
  ASSERT_FALSE(sent);
  EXPECT_NE(sent.error().message.find("550"), std::string::npos) << sent.error().message;
}

TEST(SmtpRelay, HeadersStayOnTheirLines) {
  const std::string message = mail_message(a_mail());
  EXPECT_NE(message.find("\r\nAuto-Submitted: auto-generated\r\n"), std::string::npos);
  EXPECT_EQ(message.find("\nBcc:"), std::string::npos) << message;
  EXPECT_NE(message.find("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"), std::string::npos);
  EXPECT_NE(message.find("Message-ID: <m-1@example.com>\r\n"), std::string::npos);
  OutgoingMail long_one = a_mail();
  long_one.subject = "";
  for (int i = 0; i < 60; ++i) long_one.subject += "ü";
  long_one.text = std::string(1000, 'x');
  const std::string folded = mail_message(long_one);
  size_t start = 0;
  while (start < folded.size()) {
    const size_t end = folded.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    EXPECT_LE(end - start, 78U);
    start = end + 2;
  }
}

TEST(SmtpRelay, OtherUrlsAreRefused) {
  EXPECT_FALSE(SmtpRelay::parse("http://127.0.0.1:25"));
  EXPECT_FALSE(SmtpRelay::parse("smtp://"));
  EXPECT_TRUE(SmtpRelay::parse("smtps://user:pass@mail.example.com:465"));
}

}  // namespace
}  // namespace pawl::net
