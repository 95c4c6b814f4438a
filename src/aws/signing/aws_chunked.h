// SPDX-License-Identifier: Apache-2.0
// Content-Encoding aws-chunked: bodies in chunks that are signed one by one, or unsigned, with or
// without trailers (S3 API Reference, "Signature Calculations … Transferring Payload in Multiple
// Chunks").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "aws/http_message.h"
#include "aws/signing/credential_scope.h"
#include "aws/signing/hmac.h"

namespace pawl::aws {

/// What X-Amz-Content-Sha256 says of such a body.
struct ChunkedForm {
  bool is_signed = false;
  bool has_trailers = false;
  /// STREAMING-AWS4-HMAC-SHA256-PAYLOAD[-TRAILER], STREAMING-UNSIGNED-PAYLOAD-TRAILER; nullopt for
  /// anything else.
  static std::optional<ChunkedForm> of(std::string_view content_sha256);
};

/// Signs one chunk after another, beginning with the request's signature.
class ChunkSigner {
 public:
  ChunkSigner(std::string signing_key, std::string date, const CredentialScope& scope,
              std::string seed_signature);
  /// Of a chunk whose data has this hash; becomes the previous of the next.
  std::string sign(std::string_view chunk_sha256);
  /// Of the trailers "name:value\n…", the last signature.
  std::string sign_trailers(std::string_view canonical_trailers);

 private:
  std::string prefix(std::string_view algorithm) const;

  std::string signing_key_;
  std::string date_;
  std::string scope_;
  std::string previous_;
};

/// Takes the bytes of the body as they come. Data is handed out before its chunk's signature has
/// been read: what came is void if a later call fails.
class AwsChunkedReader {
 public:
  /// `signer` is needed if the form is signed. Where nobody's signatures are checked, say that it
  /// is not: signatures are then read over.
  AwsChunkedReader(ChunkedForm form, std::optional<ChunkSigner> signer);

  /// Appends decoded data to `out`. Errors: IncompleteBody, InvalidRequest (a line that is none),
  /// SignatureDoesNotMatch.
  ApiResult<void> feed(std::string_view bytes, std::string& out);
  /// Call at the end of the body. Errors: IncompleteBody if the last chunk has not come.
  ApiResult<void> finish() const;
  /// The trailing headers, without the signature.
  const Headers& trailers() const { return trailers_; }
  uint64_t decoded_bytes() const { return decoded_bytes_; }

 private:
  enum class State { Size, Data, DataEnd, Trailers, Done };

  ApiResult<void> take_line(std::string_view line);
  ApiResult<void> begin_chunk(std::string_view line);
  ApiResult<void> end_chunk();
  ApiResult<void> take_trailer(std::string_view line);
  ApiResult<void> end_trailers();

  ChunkedForm form_;
  std::optional<ChunkSigner> signer_;
  State state_ = State::Size;
  std::string line_;
  uint64_t remaining_ = 0;
  uint64_t decoded_bytes_ = 0;
  bool is_last_ = false;
  std::string chunk_signature_;
  Sha256 hash_;
  Headers trailers_;
  std::string canonical_trailers_;
  std::string trailer_signature_;
};

/// A whole body in that form; the opposite of the reader, for clients and tests.
std::string write_aws_chunked(std::string_view body, size_t chunk_bytes, ChunkSigner* signer,
                              const Headers& trailers);

}  // namespace pawl::aws
