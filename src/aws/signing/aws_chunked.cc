// SPDX-License-Identifier: Apache-2.0
// A state machine over lines and data; bounded memory whatever the sizes claim.
#include "aws/signing/aws_chunked.h"

#include <algorithm>
#include <charconv>

#include "aws/signing/canonical_request.h"
#include "base/assert.h"
#include "base/bytes.h"

namespace pawl::aws {
namespace {

constexpr size_t kLineBytesMax = 16'384;
constexpr size_t kTrailersMax = 32;
constexpr std::string_view kChunkAlgorithm = "AWS4-HMAC-SHA256-PAYLOAD";
constexpr std::string_view kTrailerAlgorithm = "AWS4-HMAC-SHA256-TRAILER";

ApiError malformed() {
  return ApiError("InvalidRequest", "The body is not in the form of aws-chunked.", 400);
}

ApiError wrong_signature() {
  return ApiError("SignatureDoesNotMatch",
                  "The request signature we calculated does not match the signature you provided. "
                  "Check your key and signing method.",
                  403);
}

std::string hex_size(size_t size) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof(text), size, 16).ptr;
  return std::string(text, end);
}

}  // namespace

std::optional<ChunkedForm> ChunkedForm::of(std::string_view content_sha256) {
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") return ChunkedForm{true, false};
  if (content_sha256 == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")
    return ChunkedForm{true, true};
  if (content_sha256 == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return ChunkedForm{false, true};
  return std::nullopt;
}

ChunkSigner::ChunkSigner(std::string signing_key, std::string date, const CredentialScope& scope,
                         std::string seed_signature)
    : signing_key_(std::move(signing_key)),
      date_(std::move(date)),
      scope_(scope.text()),
      previous_(std::move(seed_signature)) {}

std::string ChunkSigner::prefix(std::string_view algorithm) const {
  return std::string(algorithm) + "\n" + date_ + "\n" + scope_ + "\n" + previous_ + "\n";
}

std::string ChunkSigner::sign(std::string_view chunk_sha256) {
  const std::string text =
      prefix(kChunkAlgorithm) + sha256_hex("") + "\n" + std::string(chunk_sha256);
  previous_ = base::hex_encode(hmac_sha256(signing_key_, text));
  return previous_;
}

std::string ChunkSigner::sign_trailers(std::string_view canonical_trailers) {
  previous_ = base::hex_encode(
      hmac_sha256(signing_key_, prefix(kTrailerAlgorithm) + sha256_hex(canonical_trailers)));
  return previous_;
}

AwsChunkedReader::AwsChunkedReader(ChunkedForm form, std::optional<ChunkSigner> signer)
    : form_(form), signer_(std::move(signer)) {
  PAWL_ASSERT(!form_.is_signed || signer_.has_value());
}

ApiResult<void> AwsChunkedReader::feed(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    if (state_ == State::Done) return malformed();
    if (state_ == State::Data) {
      const size_t taken = std::min<uint64_t>(remaining_, bytes.size());
      out.append(bytes.substr(0, taken));
      if (form_.is_signed) hash_.update(bytes.substr(0, taken));
      decoded_bytes_ += taken;
      remaining_ -= taken;
      bytes.remove_prefix(taken);
      if (remaining_ == 0) state_ = State::DataEnd;
      continue;
    }
    const size_t end = bytes.find('\n');
    line_.append(bytes.substr(0, end));
    if (line_.size() > kLineBytesMax) return malformed();
    if (end == std::string_view::npos) return {};
    bytes.remove_prefix(end + 1);
    if (!line_.ends_with('\r')) return malformed();
    line_.pop_back();
    const std::string line = std::exchange(line_, "");
    PAWL_TRY_VOID(take_line(line));
  }
  return {};
}

ApiResult<void> AwsChunkedReader::take_line(std::string_view line) {
  switch (state_) {
    case State::Size: return begin_chunk(line);
    case State::DataEnd:
      if (!line.empty()) return malformed();
      return end_chunk();
    case State::Trailers: return line.empty() ? end_trailers() : take_trailer(line);
    default: return malformed();
  }
}

ApiResult<void> AwsChunkedReader::begin_chunk(std::string_view line) {
  const size_t semicolon = std::min(line.find(';'), line.size());
  const auto [end, error] = std::from_chars(line.data(), line.data() + semicolon, remaining_, 16);
  if (error != std::errc() || end != line.data() + semicolon) return malformed();
  constexpr std::string_view kSignature = ";chunk-signature=";
  chunk_signature_ = line.substr(semicolon).starts_with(kSignature)
                         ? line.substr(semicolon + kSignature.size())
                         : std::string_view();
  is_last_ = remaining_ == 0;
  if (!is_last_) {
    state_ = State::Data;
    return {};
  }
  return end_chunk();
}

ApiResult<void> AwsChunkedReader::end_chunk() {
  if (form_.is_signed &&
      !equals_constant_time(signer_->sign(hash_.finish_hex()), chunk_signature_)) {
    return wrong_signature();
  }
  state_ = is_last_ ? State::Trailers : State::Size;
  return {};
}

ApiResult<void> AwsChunkedReader::take_trailer(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || trailers_.size() >= kTrailersMax) return malformed();
  const std::string name = lower_ascii(line.substr(0, colon));
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "x-amz-trailer-signature") {
    trailer_signature_ = value;
    return {};
  }
  trailers_.add(name, value);
  canonical_trailers_ += name + ":" + std::string(value) + "\n";
  return {};
}

ApiResult<void> AwsChunkedReader::end_trailers() {
  state_ = State::Done;
  if (form_.is_signed && form_.has_trailers &&
      !equals_constant_time(signer_->sign_trailers(canonical_trailers_), trailer_signature_)) {
    return wrong_signature();
  }
  return {};
}

ApiResult<void> AwsChunkedReader::finish() const {
  // Some clients leave out the empty line after the last chunk.
  const bool unsigned_end = state_ == State::Trailers && line_.empty() && !form_.has_trailers;
  if (state_ == State::Done || unsigned_end) return {};
  return ApiError("IncompleteBody",
                  "You did not provide the number of bytes specified by the Content-Length HTTP "
                  "header",
                  400);
}

std::string write_aws_chunked(std::string_view body, size_t chunk_bytes, ChunkSigner* signer,
                              const Headers& trailers) {
  std::string out;
  bool last = false;
  while (!last) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    body.remove_prefix(chunk.size());
    last = chunk.empty();
    out += hex_size(chunk.size());
    if (signer != nullptr) out += ";chunk-signature=" + signer->sign(sha256_hex(chunk));
    out += "\r\n";
    if (!last) out.append(chunk).append("\r\n");
  }
  std::string canonical;
  for (const auto& [name, value] : trailers) {
    canonical += lower_ascii(name) + ":" + value + "\n";
    out += lower_ascii(name) + ":" + value + "\r\n";
  }
  if (!trailers.empty() && signer != nullptr) {
    out += "x-amz-trailer-signature:" + signer->sign_trailers(canonical) + "\r\n";
  }
  return out + "\r\n";
}

}  // namespace pawl::aws
