// SPDX-License-Identifier: Apache-2.0
#include "net/smtp_relay.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace pawl::net {
namespace {

using base::Error;
using base::ErrorKind;

constexpr long kConnectSeconds = 10;
constexpr long kTotalSeconds = 30;
constexpr size_t kLineBytes = 76;  ///< RFC 2045 section 6.8
/// Of text in an encoded word (RFC 2047): with 12 characters around and "Subject: " a line of 73.
constexpr size_t kWordBytes = 39;

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// A header is one line: what would begin another is a space.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return out;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// RFC 2047 encoded words; none ends inside a character.
std::string encoded_header(std::string_view given) {
  const std::string text = one_line(given);
  if (is_ascii(text)) return text;
  std::string out;
  for (size_t start = 0; start < text.size();) {
    size_t end = std::min(start + kWordBytes, text.size());
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base::base64_encode(text.substr(start, end - start)) + "?=";
    start = end;
  }
  return out;
}

std::string header_date(base::Timestamp date) {
  const std::time_t seconds = date.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  // strftime's names are the locale's; the header's are English.
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::array<char, 32> rest{};
  std::strftime(rest.data(), rest.size(), "%Y %H:%M:%S +0000", &parts);
  return std::string(kDays[static_cast<size_t>(parts.tm_wday)]) + ", " +
         std::to_string(parts.tm_mday) + " " + kMonths[static_cast<size_t>(parts.tm_mon)] + " " +
         rest.data();
}

/// What libcurl reads the message from.
struct Upload {
  std::string_view rest;

  static size_t read(char* to, size_t size, size_t count, void* self) {
    auto& upload = *static_cast<Upload*>(self);
    const size_t bytes = std::min(size * count, upload.rest.size());
    std::memcpy(to, upload.rest.data(), bytes);
    upload.rest.remove_prefix(bytes);
    return bytes;
  }
};

}  // namespace

std::string mail_message(const OutgoingMail& mail) {
  const std::string from = one_line(mail.from);
  const size_t at = from.rfind('@');
  const std::string domain = at == std::string::npos ? "localhost" : from.substr(at + 1);
  std::string out =
      "From: " + from + "\r\nTo: " + one_line(mail.to) +
      "\r\nSubject: " + encoded_header(mail.subject) + "\r\nDate: " + header_date(mail.date) +
      "\r\nMessage-ID: <" + one_line(mail.id) + "@" + domain +
      // RFC 3834 section 5: whoever answers mail by a program does not answer this one,
      // so that a topic and an auto-responder do not write to each other for ever.
      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=UTF-8\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string body = base::base64_encode(mail.text);
  for (size_t start = 0; start < body.size(); start += kLineBytes)
    out += body.substr(start, kLineBytes) + "\r\n";
  return out;
}

base::Result<SmtpRelay> SmtpRelay::parse(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  const bool is_smtp = url.starts_with("smtp://") || url.starts_with("smtps://");
  if (!is_smtp || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return Error{ErrorKind::InvalidSyntax, "'" + url + "' is not smtp://HOST:PORT"};
  return SmtpRelay(url);
}

base::Result<void> SmtpRelay::send(const OutgoingMail& mail) const {
  const std::unique_ptr<CURL, EasyFree> easy(curl_easy_init());
  if (!easy) return Error{ErrorKind::Io, "e-mail: out of memory"};
  const std::string from = "<" + one_line(mail.from) + ">";
  const std::string to = "<" + one_line(mail.to) + ">";
  const std::unique_ptr<curl_slist, ListFree> receivers(curl_slist_append(nullptr, to.c_str()));
  const std::string message = mail_message(mail);
  Upload upload{message};
  std::array<char, CURL_ERROR_SIZE> words{};
  CURL* raw = easy.get();
  curl_easy_setopt(raw, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(raw, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(raw, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  curl_easy_setopt(raw, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(raw, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(raw, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(raw, CURLOPT_TIMEOUT, kTotalSeconds);
  curl_easy_setopt(raw, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(raw, CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(raw, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(raw, CURLOPT_READFUNCTION, &Upload::read);
  curl_easy_setopt(raw, CURLOPT_READDATA, &upload);
  curl_easy_setopt(raw, CURLOPT_ERRORBUFFER, words.data());
  const CURLcode code = curl_easy_perform(raw);
  if (code == CURLE_OK) return {};
  return Error{
      ErrorKind::Io,
      "e-mail: " + std::string(words[0] != '\0' ? words.data() : curl_easy_strerror(code))};
}

}  // namespace pawl::net
