// SPDX-License-Identifier: Apache-2.0
// HttpConnection: one accepted socket of an HttpServer, and what all of them share. Internal to
// net.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/event_loop.h"
#include "net/http_server.h"
#include "net/request_parser.h"
#include "net/tls.h"

namespace pawl::net {

class HttpConnection;

/// What a connection knows of the port it came through.
struct HttpPort {
  HttpServer::Handler handler;
  std::shared_ptr<const TlsContext> tls;
};

/// On the loop's thread, but for the counters.
struct HttpShared {
  HttpShared(std::shared_ptr<EventLoop> given, HttpLimits bounds, HttpServer::RefusalMaker maker,
             LargeBodies large);

  void add(std::shared_ptr<HttpConnection> connection);
  void remove(HttpConnection& connection);

  const std::shared_ptr<EventLoop> loop;
  const HttpLimits limits;
  const HttpServer::RefusalMaker refusal_maker;
  const LargeBodies large_bodies;
  std::string date;           ///< for the field of that name, a second old at most
  std::vector<char> scratch;  ///< what has just been received
  std::string plain;          ///< the same, decrypted
  bool scratch_in_use = false;
  size_t buffered_bytes = 0;
  std::vector<std::shared_ptr<HttpConnection>> connections;
  std::function<void()> drained;  ///< set: nothing new is taken

  std::atomic<uint64_t> open{0};
  std::atomic<uint64_t> accepted{0};
  std::atomic<uint64_t> refused{0};
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> requests_refused{0};
};

/// Reads a request, hands it out, writes the answer, then reads the next: what comes meanwhile
/// waits in the kernel, so a client that does not read its answers is not read from either. An idle
/// connection holds no buffers. On the loop's thread, but for answer().
class HttpConnection final : public HttpReply::Channel,
                             public EventLoop::Watcher,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  /// Owns the descriptor.
  HttpConnection(int descriptor, std::shared_ptr<HttpShared> shared,
                 std::shared_ptr<const HttpPort> port);
  ~HttpConnection() override;

  /// False if the loop cannot watch it.
  bool start();
  void on_ready(uint32_t events) override;
  void answer(HttpResponse response) override;
  bool is_gone() const override { return gone_.load(std::memory_order_relaxed); }
  void check_deadline(EventLoop::TimePoint now);
  /// Ends it now if it is idle, else after the next answer.
  void drain();
  void close();

  bool came_through(const HttpPort& port) const { return port_.get() == &port; }
  size_t index = 0;  ///< in HttpShared::connections

 private:
  bool is_sent() const { return out_sent_ == out_.size() && plain_out_.empty(); }
  /// All answers are written, to their ends.
  bool is_flushed() const { return is_sent() && !source_; }
  bool is_idle() const { return !busy_ && !reading_ && !lingering_ && is_flushed(); }
  void respond(const HttpResponse& response);
  void go_on();
  void receive();
  void take(std::string_view bytes);
  bool decrypt(std::string_view& bytes);
  void process_pending();
  void process(std::string_view& data);
  bool parse_one(std::string_view& data);
  void dispatch();
  void refuse(int status);
  void write(const HttpResponse& response);
  bool flush();
  bool send_out();
  bool refill();
  bool read_source();
  void end_source();
  void set_deadline();
  void finish();
  void account();

  int descriptor_;
  const std::shared_ptr<HttpShared> shared_;
  const std::shared_ptr<const HttpPort> port_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<RequestParser> parser_;  ///< while there is something to parse
  std::string pending_;                    ///< received, not yet parsed
  std::string plain_out_;                  ///< to be encrypted
  std::string out_;                        ///< to be sent
  size_t out_sent_ = 0;
  std::shared_ptr<base::BodySource> source_;  ///< of the answer that is being written
  BodyFraming framing_ = BodyFraming::None;   ///< of it
  uint64_t source_left_ = 0;                  ///< of it, if it told its length
  size_t accounted_bytes_ = 0;
  EventLoop::TimePoint deadline_;
  EventLoop::TimePoint began_;  ///< the request under way

  std::atomic<bool> gone_{false};  ///< read by other threads

  bool is_new_ = true;       ///< nothing has come yet: plain or TLS is not told
  bool readable_ = false;    ///< the kernel may have more
  bool peer_done_ = false;   ///< it has said that nothing more will come
  bool reading_ = false;     ///< a request has begun
  bool continued_ = false;   ///< 100 Continue has been written
  bool busy_ = false;        ///< a handler owes an answer
  bool processing_ = false;  ///< process() is on the stack: it flushes
  bool ending_ = false;      ///< nothing more is read; ends when all is written
  bool is_waiting_ = false;  ///< for the source to have something
  bool lingering_ = false;   ///< all is written, waits for the client to notice
  bool keep_alive_ = true;   ///< of the request under way, like the next two
  bool is_head_ = false;
  bool is_http_1_0_ = false;
};

}  // namespace pawl::net
