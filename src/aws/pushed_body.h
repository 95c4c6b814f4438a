// SPDX-License-Identifier: Apache-2.0
// PushedBody: a body that an action says piece by piece while the client already reads: events, the
// output of a function.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "aws/body_source.h"

namespace pawl::aws {

/// Writer and reader may be on different threads; several writers take turns by themselves.
class PushedBody final : public BodySource {
 public:
  /// `bytes_max`: what may wait to be read.
  explicit PushedBody(size_t bytes_max = 16 * 1024 * 1024) : bytes_max_(bytes_max) {}

  /// False if it has not been taken: after finish() or fail(), or because the reader is so slow
  /// that more than bytes_max would wait. Then nothing may be left out, so the writer must fail().
  [[nodiscard]] bool push(std::string_view bytes);
  /// Nothing more comes.
  void finish();
  /// The reader gets what was pushed, then the error. Nothing after finish().
  void fail(base::Error error);

  std::optional<uint64_t> size() const override { return std::nullopt; }
  base::Result<size_t> read(char* out, size_t bytes_max) override;
  bool ready_or_call(std::function<void()> ready) override;

 private:
  size_t left() const { return waiting_.size() - at_; }
  bool is_ready() const { return left() != 0 || is_finished_ || error_; }
  void tell(std::function<void()> ready);

  const size_t bytes_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  size_t at_ = 0;  ///< of waiting_: what is before has been read
  bool is_finished_ = false;
  std::optional<base::Error> error_;
  std::function<void()> ready_;
};

/// `first`, then all of `rest`.
std::shared_ptr<BodySource> with_prefix(std::string first, std::shared_ptr<BodySource> rest);

}  // namespace pawl::aws
