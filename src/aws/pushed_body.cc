// SPDX-License-Identifier: Apache-2.0
// A buffer under a mutex. Whoever waits is told outside of it.
#include "aws/pushed_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pawl::aws {
namespace {

class PrefixedBody final : public BodySource {
 public:
  PrefixedBody(std::string first, std::shared_ptr<BodySource> rest)
      : first_(std::move(first)), rest_(std::move(rest)) {}

  std::optional<uint64_t> size() const override {
    const auto size = rest_->size();
    return size ? std::optional(*size + first_.size()) : std::nullopt;
  }
  base::Result<size_t> read(char* out, size_t bytes_max) override {
    if (at_ == first_.size()) return rest_->read(out, bytes_max);
    const size_t bytes = std::min(bytes_max, first_.size() - at_);
    std::memcpy(out, first_.data() + at_, bytes);
    at_ += bytes;
    return bytes;
  }
  bool ready_or_call(std::function<void()> ready) override {
    return at_ < first_.size() || rest_->ready_or_call(std::move(ready));
  }

 private:
  const std::string first_;
  const std::shared_ptr<BodySource> rest_;
  size_t at_ = 0;
};

}  // namespace

std::shared_ptr<BodySource> with_prefix(std::string first, std::shared_ptr<BodySource> rest) {
  if (first.empty()) return rest;
  return std::make_shared<PrefixedBody>(std::move(first), std::move(rest));
}

void PushedBody::tell(std::function<void()> ready) {
  changed_.notify_all();
  if (ready) ready();
}

bool PushedBody::push(std::string_view bytes) {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    if (is_finished_ || error_ || bytes.size() > bytes_max_ - left()) return false;
    waiting_ += bytes;
    if (!bytes.empty()) ready = std::exchange(ready_, nullptr);
  }
  tell(std::move(ready));
  return true;
}

void PushedBody::finish() {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    if (!error_) is_finished_ = true;
    ready = std::exchange(ready_, nullptr);
  }
  tell(std::move(ready));
}

void PushedBody::fail(base::Error error) {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    if (!is_finished_ && !error_) error_ = std::move(error);
    ready = std::exchange(ready_, nullptr);
  }
  tell(std::move(ready));
}

base::Result<size_t> PushedBody::read(char* out, size_t bytes_max) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_ready(); });
  if (left() == 0) {
    if (error_) return *error_;
    return size_t{0};
  }
  const size_t bytes = std::min(bytes_max, left());
  std::memcpy(out, waiting_.data() + at_, bytes);
  at_ += bytes;
  if (at_ > waiting_.size() / 2) {
    waiting_.erase(0, at_);
    at_ = 0;
  }
  return bytes;
}

bool PushedBody::ready_or_call(std::function<void()> ready) {
  const std::lock_guard lock(mutex_);
  if (is_ready()) return true;
  ready_ = std::move(ready);
  return false;
}

}  // namespace pawl::aws
