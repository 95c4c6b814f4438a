// SPDX-License-Identifier: Apache-2.0
#include "services/sqs/receipt_handle.h"

#include "base/bytes.h"
#include "store/key.h"

namespace pawl::sqs {
namespace {

constexpr size_t kCheckBytes = 8;

/// Against handles that somebody made up or cut.
std::string check_of(std::string_view bytes) {
  return base::digest(base::DigestAlgorithm::Md5, "pawl receipt handle " + std::string(bytes))
      .substr(0, kCheckBytes);
}

}  // namespace

std::string write_receipt_handle(const ReceiptHandle& handle) {
  const std::string bytes = store::KeyBuilder()
                                .u64(handle.queue)
                                .i64(handle.position.order_ms)
                                .u64(handle.position.sequence)
                                .u64(handle.receipt)
                                .take();
  return base::base64_encode(check_of(bytes) + bytes);
}

std::optional<ReceiptHandle> parse_receipt_handle(std::string_view text) {
  const std::optional<std::string> all = base::base64_decode(text);
  if (!all || all->size() < kCheckBytes) return std::nullopt;
  const std::string_view bytes = std::string_view(*all).substr(kCheckBytes);
  if (check_of(bytes) != std::string_view(*all).substr(0, kCheckBytes)) return std::nullopt;
  store::KeyReader in(bytes);
  const auto queue = in.u64();
  const auto order_ms = in.i64();
  const auto sequence = in.u64();
  const auto receipt = in.u64();
  if (!queue || !order_ms || !sequence || !receipt || !in.rest().empty()) return std::nullopt;
  return ReceiptHandle{*queue, {*order_ms, *sequence}, *receipt};
}

}  // namespace pawl::sqs
