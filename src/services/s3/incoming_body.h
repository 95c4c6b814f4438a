// SPDX-License-Identifier: Apache-2.0
// receive_body(): the body of PutObject and UploadPart, wherever it is (memory, a stream, base64 in
// an input from inside the process), taken out of aws-chunked, hashed, checked and stored. This is
// the only place that reads bodies.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/body_source.h"
#include "aws/service/request.h"
#include "services/s3/checksums.h"
#include "services/s3/content_store.h"

namespace pawl::s3 {

/// What a body is hashed for, besides what its request says.
struct BodyWishes {
  std::optional<ChecksumAlgorithm> checksum;  ///< also this one
  bool is_part = false;
};

struct ReceivedBody {
  NewContent content;
  std::string md5;        ///< hex
  std::string algorithm;  ///< of the client's checksum: "CRC32"; "" if it sent none
  std::string checksum;   ///< base64
  std::string wished;     ///< base64, by BodyWishes::checksum
};

/// Whether it is so short that it is received without waiting for a disk.
bool has_short_body(const aws::Request& request);

/// The checksum that a request claims or announces. Errors: InvalidRequest (several, malformed).
struct ClaimedChecksum {
  std::optional<ChecksumAlgorithm> algorithm;
  std::string value;  ///< base64; "" if it comes as a trailer, or is to be computed
};
aws::ApiResult<ClaimedChecksum> claimed_checksum(const aws::Request& request);

/// Blocks on the disk unless has_short_body().
/// Errors: InvalidDigest, BadDigest, InvalidRequest, IncompleteBody, EntityTooLarge and those of
/// aws-chunked.
aws::ApiResult<ReceivedBody> receive_body(ContentStore& contents, const aws::Request& request,
                                          const BodyWishes& wishes);

/// Content and digests of bytes that come in pieces. One thread. Errors: EntityTooLarge.
class Intake {
 public:
  /// `claimed`: the client's checksum; `wished`: one more.
  Intake(ContentStore& contents, std::optional<ChecksumAlgorithm> claimed,
         std::optional<ChecksumAlgorithm> wished);
  aws::ApiResult<void> take(std::string_view bytes);
  /// Of bytes that are kept already: only the digests.
  void hash(std::string_view bytes);
  uint64_t size() const { return size_; }
  /// The last call.
  aws::ApiResult<ReceivedBody> finish();
  /// The same, for bytes that are kept already.
  ReceivedBody finish(NewContent content);

 private:
  ContentWriter writer_;
  uint64_t size_ = 0;
  Digester md5_;
  std::optional<Digester> claimed_;
  std::optional<Digester> wished_;
  bool shares_ = false;
};

/// Calls `feed` with all bytes of a source, piece by piece.
aws::ApiResult<void> feed_source(aws::BodySource& source,
                                 const std::function<aws::ApiResult<void>(std::string_view)>& feed);

/// The same for bytes that are there already: a copy's.
aws::ApiResult<ReceivedBody> copy_body(ContentStore& contents, aws::BodySource& source,
                                       std::optional<ChecksumAlgorithm> wished);

}  // namespace pawl::s3
