// SPDX-License-Identifier: Apache-2.0
// The socket is watched edge-triggered: `readable_` remembers what the edge said.
#include "net/http_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pawl::net {
namespace {

using namespace std::chrono_literals;

constexpr size_t kScratchBytes = 64 * 1024;
/// Of the body of an answer, at a time.
constexpr size_t kPieceBytes = 64 * 1024;
/// So many pieces one connection moves before others have their turn.
constexpr int kPiecesPerTurn = 16;
/// Answers to pipelined requests that are collected before they are sent.
constexpr size_t kOutputBytesMax = 256 * 1024;
/// A buffer that grew larger is given back when it is empty.
constexpr size_t kKeptBytesMax = 4 * 1024;
constexpr auto kLingerTime = 2s;
constexpr char kTlsHandshake = 0x16;  // RFC 8446 section 5.1, ContentType handshake
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void empty(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kKeptBytesMax) buffer.shrink_to_fit();
}

}  // namespace

HttpShared::HttpShared(std::shared_ptr<EventLoop> given, HttpLimits bounds,
                       HttpServer::RefusalMaker maker, LargeBodies large)
    : loop(std::move(given)),
      limits(bounds),
      refusal_maker(std::move(maker)),
      large_bodies(std::move(large)),
      scratch(kScratchBytes) {}

void HttpShared::add(std::shared_ptr<HttpConnection> connection) {
  connection->index = connections.size();
  connections.push_back(std::move(connection));
  open.store(connections.size(), std::memory_order_relaxed);
}

void HttpShared::remove(HttpConnection& connection) {
  const size_t index = connection.index;
  if (index >= connections.size() || connections[index].get() != &connection) return;
  connections[index].swap(connections.back());
  connections[index]->index = index;
  connections.pop_back();
  open.store(connections.size(), std::memory_order_relaxed);
  if (connections.empty() && drained) loop->post(std::exchange(drained, [] {}));
}

HttpConnection::HttpConnection(int descriptor, std::shared_ptr<HttpShared> shared,
                               std::shared_ptr<const HttpPort> port)
    : descriptor_(descriptor),
      shared_(std::move(shared)),
      port_(std::move(port)),
      deadline_(shared_->loop->now() + shared_->limits.idle_timeout) {}

HttpConnection::~HttpConnection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool HttpConnection::start() {
  return shared_->loop->watch(descriptor_, EventLoop::Trigger::Edge, *this);
}

void HttpConnection::close() {
  if (descriptor_ < 0) return;
  gone_.store(true, std::memory_order_relaxed);
  source_ = nullptr;
  shared_->loop->unwatch(descriptor_, *this);
  ::close(std::exchange(descriptor_, -1));
  shared_->buffered_bytes -= std::exchange(accounted_bytes_, 0);
  shared_->remove(*this);
}

void HttpConnection::drain() {
  keep_alive_ = false;
  if (source_) source_->stop();
  if (is_idle()) close();
}

void HttpConnection::check_deadline(EventLoop::TimePoint now) {
  if (now < deadline_) {
    if (is_idle() && pending_.empty()) parser_.reset();
    return;
  }
  if (reading_ && !lingering_ && is_flushed()) {
    const auto self = shared_from_this();
    refuse(408);
    flush();
    return;
  }
  close();
}

void HttpConnection::on_ready(uint32_t events) {
  const auto self = shared_from_this();
  if ((events & EventLoop::kClosed) != 0) {
    peer_done_ = true;
    gone_.store(true, std::memory_order_relaxed);
    if (source_) source_->stop();
  }
  if ((events & (EventLoop::kReadable | EventLoop::kClosed)) != 0) readable_ = true;
  if ((events & EventLoop::kWritable) != 0 && !is_sent() && !flush()) return;
  go_on();
}

void HttpConnection::answer(HttpResponse response) {
  if (shared_->loop->is_current()) return respond(response);
  shared_->loop->post(
      [self = shared_from_this(), response = std::move(response)] { self->respond(response); });
}

void HttpConnection::respond(const HttpResponse& response) {
  if (descriptor_ < 0 || !busy_) return;
  busy_ = false;
  if (shared_->drained) keep_alive_ = false;
  write(response);
  if (!keep_alive_ && !source_) ending_ = true;
  if (processing_) return;
  const auto self = shared_from_this();
  if (flush()) go_on();
}

/// Whatever can be done now is done: parsing what has come, then receiving more.
void HttpConnection::go_on() {
  if (descriptor_ < 0 || busy_ || !is_flushed()) return;
  if (pending_.empty() && !readable_) return;
  if (shared_->scratch_in_use) {
    // Answered from within another connection's handler, whose request lies in the scratch.
    shared_->loop->post([self = shared_from_this()] { self->go_on(); });
    return;
  }
  shared_->scratch_in_use = true;
  if (!pending_.empty()) process_pending();
  int pieces = 0;
  while (descriptor_ >= 0 && readable_ && !busy_ && is_flushed() && pieces < kPiecesPerTurn) {
    receive();
    ++pieces;
  }
  shared_->scratch_in_use = false;
  if (pieces == kPiecesPerTurn) shared_->loop->post([self = shared_from_this()] { self->go_on(); });
}

void HttpConnection::receive() {
  const ssize_t got = ::recv(descriptor_, shared_->scratch.data(), shared_->scratch.size(), 0);
  if (got < 0) {
    if (errno == EINTR) return;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return close();
    readable_ = false;
    return;
  }
  if (got == 0) return close();
  // epoll(7): less than asked for means that there is no more, unless the end has been announced.
  readable_ = peer_done_ || static_cast<size_t>(got) == shared_->scratch.size();
  if (!ending_) take({shared_->scratch.data(), static_cast<size_t>(got)});
}

void HttpConnection::take(std::string_view bytes) {
  if (std::exchange(is_new_, false) && port_->tls && bytes.front() == kTlsHandshake) {
    tls_ = std::make_unique<TlsSession>(*port_->tls);
  }
  if (tls_ && !decrypt(bytes)) return;
  if (pending_.empty()) {
    process(bytes);
    if (descriptor_ >= 0 && !bytes.empty() && !ending_) pending_.assign(bytes);
  } else {
    pending_ += bytes;
    process_pending();
  }
  account();
}

/// False if there is nothing to process.
bool HttpConnection::decrypt(std::string_view& bytes) {
  shared_->plain.clear();
  const TlsSession::Status status = tls_->receive(bytes, shared_->plain);
  if (status == TlsSession::Status::Failed) {
    flush();  // the alert
    close();
    return false;
  }
  bytes = shared_->plain;
  if (!bytes.empty()) {
    if (status == TlsSession::Status::Ended) peer_done_ = readable_ = true;
    return true;
  }
  if (status == TlsSession::Status::Ended) {
    close();
  } else {
    flush();  // the handshake
  }
  return false;
}

void HttpConnection::process_pending() {
  std::string_view data = pending_;
  process(data);
  if (descriptor_ < 0 || data.empty() || ending_) {
    empty(pending_);
  } else {
    pending_.erase(0, pending_.size() - data.size());
  }
  account();
}

void HttpConnection::process(std::string_view& data) {
  processing_ = true;
  while (!data.empty() && !busy_ && !ending_ && descriptor_ >= 0 && parse_one(data)) {
    const bool is_much = source_ || out_.size() + plain_out_.size() > kOutputBytesMax;
    if (is_much && (!flush() || !is_flushed())) break;
  }
  processing_ = false;
  if (descriptor_ >= 0) flush();
}

/// False if more bytes are needed.
bool HttpConnection::parse_one(std::string_view& data) {
  if (!parser_) {
    parser_ = std::make_unique<RequestParser>(
        RequestParser::Limits{shared_->limits.header_bytes_max, shared_->limits.body_bytes_max},
        &shared_->large_bodies);
  }
  if (!std::exchange(reading_, true)) {
    began_ = shared_->loop->now();
    continued_ = false;
  }
  switch (parser_->parse(data)) {
    case RequestParser::Status::Done: dispatch(); return true;
    case RequestParser::Status::Refused: refuse(parser_->refusal()); return true;
    case RequestParser::Status::NeedMore: break;
  }
  const bool waits = parser_->has_head() && parser_->expects_continue() &&
                     !parser_->has_body_begun() && !std::exchange(continued_, true);
  if (waits) (tls_ ? plain_out_ : out_) += kContinue;
  return false;
}

void HttpConnection::dispatch() {
  reading_ = false;
  busy_ = true;
  keep_alive_ = parser_->keep_alive();
  is_http_1_0_ = parser_->is_http_1_0();
  is_head_ = parser_->request().method == "HEAD";
  shared_->requests.fetch_add(1, std::memory_order_relaxed);
  port_->handler(parser_->request(), HttpReply(shared_from_this()));
  parser_->reset();
}

void HttpConnection::refuse(int status) {
  shared_->requests_refused.fetch_add(1, std::memory_order_relaxed);
  reading_ = false;
  ending_ = true;
  keep_alive_ = false;
  is_head_ = false;
  write(shared_->refusal_maker ? shared_->refusal_maker(status, parser_->refused_request())
                               : HttpResponse{status, {}, {}});
  empty(pending_);
}

void HttpConnection::write(const HttpResponse& response) {
  framing_ = framing_of(response, is_http_1_0_);
  if (framing_ == BodyFraming::Connection) keep_alive_ = false;
  if (framing_ != BodyFraming::None && !is_head_ && response.source) {
    source_ = response.source;
    source_left_ = source_->size().value_or(0);
    is_waiting_ = false;
    if (shared_->drained || gone_.load(std::memory_order_relaxed)) source_->stop();
  }
  std::string_view connection;
  if (!keep_alive_) {
    connection = "close";
  } else if (is_http_1_0_) {
    connection = "keep-alive";
  }
  write_response(response, framing_, shared_->date, connection, is_head_, tls_ ? plain_out_ : out_);
}

/// Sends what there is as far as the socket takes it. False if the connection has ended.
bool HttpConnection::flush() {
  for (int pieces = 0; send_out();) {
    const bool is_blocked = !is_sent();
    if (is_blocked || !source_) break;
    if (++pieces > kPiecesPerTurn) {
      shared_->loop->post([self = shared_from_this()] {
        if (self->descriptor_ >= 0 && self->flush()) self->go_on();
      });
      break;
    }
    if (!refill()) break;
  }
  if (descriptor_ < 0) return false;
  set_deadline();
  if (ending_ && !lingering_ && is_flushed()) finish();
  return descriptor_ >= 0;
}

/// Puts the next piece of the answer's body into the output. False if there is none now.
bool HttpConnection::refill() {
  if (is_waiting_) return false;
  is_waiting_ = !source_->ready_or_call([weak = weak_from_this(), loop = shared_->loop] {
    loop->post([weak] {
      const auto self = weak.lock();
      if (!self || self->descriptor_ < 0 || !self->source_) return;
      self->is_waiting_ = false;
      if (self->flush()) self->go_on();
    });
  });
  if (is_waiting_) empty(out_);  // for hours, it may be
  return !is_waiting_ && read_source();
}

bool HttpConnection::read_source() {
  std::string& out = tls_ ? plain_out_ : out_;
  std::string piece;
  std::string& into = framing_ == BodyFraming::Chunked ? piece : out;
  into.resize(kPieceBytes);
  const auto got = source_->read(into.data(), into.size());
  into.resize(got ? *got : 0);
  const bool has_length = framing_ == BodyFraming::Length;
  const bool is_end = got && *got == 0;
  if (!got || (has_length && (is_end ? source_left_ != 0 : *got > source_left_))) {
    // Nothing else tells the client that this is not all.
    close();
    return false;
  }
  if (has_length) source_left_ -= *got;
  if (framing_ == BodyFraming::Chunked) write_chunk(piece, out);
  if (is_end || (has_length && source_left_ == 0)) end_source();
  return true;
}

void HttpConnection::end_source() {
  source_ = nullptr;
  if (!keep_alive_) ending_ = true;
}

/// False if the connection has ended.
bool HttpConnection::send_out() {
  if (tls_) {
    if (!plain_out_.empty()) {
      tls_->send(plain_out_);
      empty(plain_out_);
    }
    if (ending_ && !lingering_ && !source_) tls_->end();
    tls_->take_output(out_);
  }
  while (out_sent_ < out_.size()) {
    const ssize_t sent =
        ::send(descriptor_, out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return true;
    if (sent < 0) {
      close();
      return false;
    }
    out_sent_ += static_cast<size_t>(sent);
  }
  out_sent_ = 0;
  if (source_) {
    out_.clear();
  } else {
    empty(out_);
  }
  return true;
}

void HttpConnection::set_deadline() {
  const HttpLimits& limits = shared_->limits;
  if (lingering_) return;
  if (!is_sent()) {
    deadline_ = shared_->loop->now() + limits.write_timeout;
  } else if (busy_ || source_) {
    deadline_ = EventLoop::TimePoint::max();
  } else if (reading_ && parser_->has_head() && parser_->is_spooled()) {
    deadline_ = shared_->loop->now() + limits.read_timeout;
  } else if (reading_) {
    deadline_ = began_ + (parser_->has_head() ? limits.read_timeout : limits.header_timeout);
  } else {
    deadline_ = shared_->loop->now() + limits.idle_timeout;
  }
}

/// Ends our side and waits for the client's: to close at once would reset the connection if the
/// client has sent more, and take the answer away from it.
void HttpConnection::finish() {
  lingering_ = true;
  if (::shutdown(descriptor_, SHUT_WR) != 0) return close();
  deadline_ = shared_->loop->now() + kLingerTime;
}

void HttpConnection::account() {
  if (descriptor_ < 0) return;
  const size_t bytes = pending_.size() + (reading_ ? parser_->body_bytes() : 0);
  shared_->buffered_bytes += bytes - accounted_bytes_;
  const bool is_growing = bytes > accounted_bytes_;
  accounted_bytes_ = bytes;
  if (is_growing && shared_->buffered_bytes > shared_->limits.buffered_bytes_max && reading_) {
    refuse(503);
    flush();
  }
}

}  // namespace pawl::net
