// SPDX-License-Identifier: Apache-2.0
// One libcurl multi handle on one thread; requests come in through a queue.
#include "net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "base/assert.h"

namespace pawl::net {
namespace {

using base::Error;
using base::ErrorKind;

constexpr size_t kHeaderBytesMax = 256 * 1024;
constexpr int kPollMs = 1'000;  // a wake-up ends it earlier
constexpr char kUserAgent[] = "pawl";

struct EasyFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyHandle = std::unique_ptr<CURL, EasyFree>;
using ListHandle = std::unique_ptr<curl_slist, ListFree>;

/// curl_global_init() is for once and for one thread.
void initialize_library() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  PAWL_ASSERT(done == CURLE_OK);
}

/// Setting the list takes the environment's away.
std::string hosts_without_proxy() {
  std::string hosts = "localhost,127.0.0.0/8,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    if (std::string_view(value) == "*") return "*";
    return hosts + "," + value;
  }
  return hosts;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return text;
}

/// One request until it is answered. On the client's thread after its making.
class Transfer {
 public:
  Transfer(ClientRequest request, HttpClient::Receiver receiver, size_t bytes_max)
      : request_(std::move(request)), receiver_(std::move(receiver)), bytes_max_(bytes_max) {}

  bool prepare(const HttpClientOptions& options, const std::string& no_proxy) {
    easy_.reset(curl_easy_init());
    PAWL_ASSERT(easy_ != nullptr);
    const auto timeout = request_.timeout.count() > 0 ? request_.timeout : options.total_timeout;
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_NOPROXY, no_proxy.c_str());
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    if (!options.ca_file.empty()) set(CURLOPT_CAINFO, options.ca_file.c_str());
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(CURLOPT_HEADERDATA, this);
    set_method();
    set_headers();
    return curl_easy_setopt(easy_.get(), CURLOPT_URL, request_.url.c_str()) == CURLE_OK;
  }

  CURL* easy() const { return easy_.get(); }

  void finish(CURLcode code) {
    // libcurl takes the end of the connection for the end of the head.
    const bool is_cut = code == CURLE_OK && !has_head_;
    if (code == CURLE_OK && !is_cut) return receiver_(std::move(response_));
    const std::string_view detail = is_cut ? "the answer was cut off" : error_.data();
    std::string message = request_.url.substr(0, request_.url.find('?'));
    message += ": ";
    message += detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail;
    if (is_too_large_)
      message = "the answer is larger than " + std::to_string(bytes_max_) + " bytes";
    ErrorKind kind = is_too_large_ ? ErrorKind::LimitExceeded : ErrorKind::Io;
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
      kind = ErrorKind::InvalidSyntax;
    }
    receiver_(Error(kind, std::move(message)));
  }
  void fail(Error error) { receiver_(std::move(error)); }

 private:
  template <typename T>
  void set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    PAWL_ASSERT(code == CURLE_OK);
  }

  void set_method() {
    const std::string& method = request_.method;
    const bool takes_body = method == "POST" || method == "PUT" || method == "PATCH";
    if (method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (takes_body || !request_.body.empty()) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    }
    if (method != "HEAD") set(CURLOPT_CUSTOMREQUEST, method.c_str());
  }

  void set_headers() {
    bool has_type = false;
    bool has_agent = false;
    for (const auto& [name, value] : request_.headers) {
      if (equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Expect")) {
        continue;
      }
      has_type = has_type || equal_ignoring_case(name, "Content-Type");
      has_agent = has_agent || equal_ignoring_case(name, "User-Agent");
      // libcurl's way to say that a field is there and empty.
      add_header(one_line(value.empty() ? name + ";" : name + ": " + value));
    }
    // What libcurl would add by itself.
    for (const char* unwanted : {"Expect:", "Accept:"}) {
      const std::string_view name(unwanted, std::string_view(unwanted).size() - 1);
      const bool is_given =
          std::any_of(request_.headers.begin(), request_.headers.end(),
                      [name](const auto& field) { return equal_ignoring_case(field.first, name); });
      if (!is_given || name == "Expect") add_header(unwanted);
    }
    if (!has_type) add_header("Content-Type:");
    if (!has_agent) set(CURLOPT_USERAGENT, kUserAgent);
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    PAWL_ASSERT(longer != nullptr);
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }

  static size_t take_body(char* data, size_t, size_t bytes, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    if (bytes > self.bytes_max_ - self.response_.body.size()) {
      self.is_too_large_ = true;
      return 0;
    }
    self.response_.body.append(data, bytes);
    return bytes;
  }

  static size_t take_header(char* data, size_t, size_t bytes, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    const std::string_view line(data, bytes);
    self.header_bytes_ += bytes;
    if (self.header_bytes_ > kHeaderBytesMax) {
      self.is_too_large_ = true;
      return 0;
    }
    self.has_head_ = self.has_head_ || line == "\r\n" || line == "\n";
    if (line.starts_with("HTTP/")) {
      // Of an interim answer nothing is kept.
      self.has_head_ = false;
      self.response_.headers.clear();
      const size_t space = std::min(line.find(' '), line.size());
      self.response_.status = std::atoi(std::string(line.substr(space)).c_str());
    } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
      self.response_.headers.emplace_back(std::string(line.substr(0, colon)),
                                          std::string(trimmed(line.substr(colon + 1))));
    }
    return bytes;
  }

  const ClientRequest request_;
  const HttpClient::Receiver receiver_;
  const size_t bytes_max_;
  EasyHandle easy_;
  ListHandle headers_;
  HttpResponse response_;
  size_t header_bytes_ = 0;
  bool has_head_ = false;
  bool is_too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(HttpClientOptions options)
      : options_(std::move(options)), no_proxy_(hosts_without_proxy()) {
    initialize_library();
    multi_ = curl_multi_init();
    PAWL_ASSERT(multi_ != nullptr);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      static_cast<long>(options_.connections_max));
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    curl_multi_cleanup(multi_);
  }

  void send(ClientRequest request, Receiver receiver) {
    auto transfer = std::make_unique<Transfer>(std::move(request), std::move(receiver),
                                               options_.response_bytes_max);
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(transfer));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  void run() {
    while (begin_waiting()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      end_finished();
      curl_multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
    }
    for (const auto& transfer : transfers_) {
      curl_multi_remove_handle(multi_, transfer->easy());
      transfer->fail(Error(ErrorKind::Io, "the client has ended"));
    }
    transfers_.clear();
  }

  /// False if it is to stop.
  bool begin_waiting() {
    std::deque<std::unique_ptr<Transfer>> taken;
    bool is_stopping = false;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(waiting_);
      is_stopping = stopping_;
    }
    for (auto& transfer : taken) {
      if (is_stopping) {
        transfer->fail(Error(ErrorKind::Io, "the client has ended"));
      } else if (transfers_.size() >= options_.requests_max) {
        transfer->fail(Error(ErrorKind::LimitExceeded, "too many requests are under way"));
      } else if (!transfer->prepare(options_, no_proxy_)) {
        transfer->fail(Error(ErrorKind::InvalidSyntax, "not a URL"));
      } else {
        curl_multi_add_handle(multi_, transfer->easy());
        transfers_.push_back(std::move(transfer));
      }
    }
    return !is_stopping;
  }

  void end_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_, easy);
      const auto found = std::find_if(transfers_.begin(), transfers_.end(),
                                      [easy](const auto& each) { return each->easy() == easy; });
      PAWL_ASSERT(found != transfers_.end());
      const std::unique_ptr<Transfer> transfer = std::move(*found);
      transfers_.erase(found);
      transfer->finish(code);
    }
  }

  const HttpClientOptions options_;
  const std::string no_proxy_;
  CURLM* multi_ = nullptr;
  std::list<std::unique_ptr<Transfer>> transfers_;  ///< on the thread only
  std::mutex mutex_;
  std::deque<std::unique_ptr<Transfer>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

HttpClient::HttpClient(HttpClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;
void HttpClient::send(ClientRequest request, Receiver receiver) {
  impl_->send(std::move(request), std::move(receiver));
}

}  // namespace pawl::net
