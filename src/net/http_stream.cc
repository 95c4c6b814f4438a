// SPDX-License-Identifier: Apache-2.0
// A buffer under a mutex. Whoever waits is told outside of it.
#include "net/http_stream.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>

namespace pawl::net {

class HttpStream::State {
 public:
  explicit State(size_t bytes_max) : bytes_max_(bytes_max) {}

  bool write(std::string_view bytes) {
    std::function<void()> ready;
    {
      const std::lock_guard lock(mutex_);
      if (is_ended_) return false;
      if (!waiting_.empty() && left() + bytes.size() > bytes_max_) {
        was_refused_ = true;
        return false;
      }
      waiting_ += bytes;
      if (!bytes.empty()) ready = std::exchange(ready_, nullptr);
    }
    if (ready) ready();
    return true;
  }

  void end(bool is_whole) {
    std::function<void()> ready;
    std::function<void()> changed;
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(is_ended_, true)) return;
      is_whole_ = is_whole;
      ready = std::exchange(ready_, nullptr);
      changed = std::exchange(changed_, nullptr);
    }
    if (ready) ready();
    if (changed) changed();
  }

  /// The writer's own end is no news to it.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      changed_ = nullptr;
    }
    end(true);
  }

  bool is_ended() const {
    const std::lock_guard lock(mutex_);
    return is_ended_;
  }

  void on_change(std::function<void()> changed) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_ended_) {
        changed_ = std::move(changed);
        return;
      }
    }
    changed();
  }

  base::Result<size_t> read(char* out, size_t bytes_max) {
    std::function<void()> changed;
    size_t bytes = 0;
    {
      const std::lock_guard lock(mutex_);
      bytes = std::min(bytes_max, left());
      if (bytes == 0 && !is_whole_) return base::Error(base::ErrorKind::Io, "interrupted");
      std::memcpy(out, waiting_.data() + at_, bytes);
      at_ += bytes;
      if (left() == 0) {
        std::string().swap(waiting_);
        at_ = 0;
        if (std::exchange(was_refused_, false)) changed = changed_;
      }
    }
    if (changed) changed();
    return bytes;
  }

  bool ready_or_call(std::function<void()> ready) {
    const std::lock_guard lock(mutex_);
    if (is_ended_ || left() > 0) return true;
    ready_ = std::move(ready);
    return false;
  }

 private:
  size_t left() const { return waiting_.size() - at_; }

  const size_t bytes_max_;
  mutable std::mutex mutex_;
  std::string waiting_;
  size_t at_ = 0;  ///< of waiting_: what is before has been read
  bool is_ended_ = false;
  bool is_whole_ = false;  ///< its writer has ended it
  bool was_refused_ = false;
  std::function<void()> ready_;
  std::function<void()> changed_;
};

/// Belongs to the connection: its end is the client's.
class HttpStream::Body final : public base::BodySource {
 public:
  explicit Body(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~Body() override { state_->end(false); }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  std::optional<uint64_t> size() const override { return std::nullopt; }
  base::Result<size_t> read(char* out, size_t bytes_max) override {
    return state_->read(out, bytes_max);
  }
  bool ready_or_call(std::function<void()> ready) override {
    return state_->ready_or_call(std::move(ready));
  }
  void stop() override { state_->end(false); }

 private:
  const std::shared_ptr<State> state_;
};

HttpStream& HttpStream::operator=(HttpStream&& other) noexcept {
  if (this == &other) return *this;
  close();
  state_ = std::move(other.state_);
  return *this;
}

std::pair<HttpStream, std::shared_ptr<base::BodySource>> HttpStream::make(size_t buffer_bytes_max) {
  HttpStream stream;
  stream.state_ = std::make_shared<State>(buffer_bytes_max);
  auto body = std::make_shared<Body>(stream.state_);
  return {std::move(stream), std::move(body)};
}

bool HttpStream::write(std::string_view bytes) { return state_ && state_->write(bytes); }
void HttpStream::close() {
  if (state_) state_->close();
}
bool HttpStream::is_gone() const { return !state_ || state_->is_ended(); }
void HttpStream::on_change(std::function<void()> changed) {
  if (state_) return state_->on_change(std::move(changed));
  changed();
}

}  // namespace pawl::net
