// SPDX-License-Identifier: Apache-2.0
#include "services/s3/incoming_body.h"

#include <algorithm>

#include "aws/signing/aws_chunked.h"
#include "aws/signing/hmac.h"
#include "aws/signing/verify.h"
#include "base/bytes.h"
#include "base/integer.h"
#include "services/s3/errors.h"
#include "services/s3/input.h"
#include "services/s3/request_context.h"

namespace pawl::s3 {
namespace {

using aws::ApiResult;

constexpr uint64_t kBodyBytesMax = uint64_t{5} << 30;  // "PutObject", "UploadPart"
constexpr size_t kBufferBytes = 256 * 1024;
constexpr size_t kMd5Bytes = 16;

constexpr ChecksumAlgorithm kAlgorithms[] = {ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c,
                                             ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Sha1,
                                             ChecksumAlgorithm::Sha256};

/// The bytes of a body without their chunks.
class BodyBytes {
 public:
  explicit BodyBytes(const aws::Request& request) {
    if (request.http == nullptr) return;
    auto form = aws::ChunkedForm::of(request.http->headers.get("x-amz-content-sha256"));
    if (!form) {
      // The gateway believed the hash of a body that it had not read.
      if (request.http->stream && request.signature &&
          request.signature->payload_hash.size() == 64) {
        declared_sha256_ = request.signature->payload_hash;
        sha256_.emplace();
      }
      return;
    }
    std::optional<aws::ChunkSigner> signer;
    if (form->is_signed && request.signature) {
      const aws::SignedRequest& seed = *request.signature;
      signer.emplace(seed.signing_key, seed.date, seed.scope, seed.signature);
    }
    // Where nobody's signatures are checked those of chunks are not either.
    form->is_signed = signer.has_value();
    chunks_.emplace(*form, std::move(signer));
  }

  ApiResult<void> feed(std::string_view bytes, Intake& intake) {
    if (sha256_) sha256_->update(bytes);
    if (!chunks_) return intake.take(bytes);
    decoded_.clear();
    PAWL_TRY_VOID(chunks_->feed(bytes, decoded_));
    return intake.take(decoded_);
  }
  bool is_chunked() const { return chunks_.has_value(); }
  /// Bytes that are kept as they came.
  void look(std::string_view bytes, Intake& intake) {
    if (sha256_) sha256_->update(bytes);
    intake.hash(bytes);
  }
  ApiResult<void> finish() {
    if (sha256_ && sha256_->finish_hex() != declared_sha256_) {
      return error("XAmzContentSHA256Mismatch",
                   "The provided 'x-amz-content-sha256' header does not match what was computed.",
                   400);
    }
    return chunks_ ? chunks_->finish() : ApiResult<void>();
  }
  std::string trailer(std::string_view name) const {
    return chunks_ ? std::string(chunks_->trailers().get(name)) : std::string();
  }

 private:
  std::optional<aws::AwsChunkedReader> chunks_;
  std::string decoded_;
  std::optional<aws::Sha256> sha256_;
  std::string declared_sha256_;
};

ApiResult<void> feed_request(const aws::Request& request, BodyBytes& bytes, Intake& intake) {
  if (request.http == nullptr) {
    const std::string text = Input(request.input).text("Body");
    const auto decoded = base::base64_decode(text);
    if (!decoded) return invalid_request("Body is not base64");
    return intake.take(*decoded);
  }
  if (request.http->stream) {
    return feed_source(*request.http->stream,
                       [&](std::string_view piece) { return bytes.feed(piece, intake); });
  }
  return bytes.feed(request.http->body, intake);
}

ApiResult<void> check_md5(const aws::Request& request, const BodyWishes& wishes,
                          const std::string& md5_hex) {
  const std::string claimed = header_or_member(request, "Content-MD5", "ContentMD5");
  if (claimed.empty()) return {};
  const auto raw = base::base64_decode(claimed);
  if (!raw || raw->size() != kMd5Bytes) {
    return error("InvalidDigest", "The Content-MD5 you specified was invalid.", 400,
                 {{"Content-MD5", claimed}});
  }
  const std::string hex = base::hex_encode(*raw);
  if (hex == md5_hex) return {};
  std::string computed;
  for (size_t i = 0; i + 1 < md5_hex.size(); i += 2) {
    computed += static_cast<char>(std::stoi(md5_hex.substr(i, 2), nullptr, 16));
  }
  // As recorded: PutObject shows the expected digest in hexadecimal, UploadPart as it came.
  return error("BadDigest", "The Content-MD5 you specified did not match what we received.", 400,
               {{"CalculatedDigest", base::base64_encode(computed)},
                {"ExpectedDigest", wishes.is_part ? claimed : hex}});
}

ApiResult<void> check_claim(ChecksumAlgorithm algorithm, const std::string& value) {
  const auto raw = base::base64_decode(value);
  if (raw && raw->size() == bytes_of(algorithm)) return {};
  return invalid_request("Value for " + header_of(name_of(algorithm)) + " header is invalid.");
}

/// A body whose file may be kept as it is; null for any other.
aws::SpooledBody* adoptable(const ContentStore& contents, const aws::Request& request,
                            const BodyBytes& bytes) {
  if (request.http == nullptr || bytes.is_chunked()) return nullptr;
  auto* spooled = dynamic_cast<aws::SpooledBody*>(request.http->stream.get());
  return spooled != nullptr && contents.adopts(*spooled) ? spooled : nullptr;
}

}  // namespace

Intake::Intake(ContentStore& contents, std::optional<ChecksumAlgorithm> claimed,
               std::optional<ChecksumAlgorithm> wished)
    : writer_(contents.writer()), md5_(Digester::md5()), shares_(wished && wished == claimed) {
  if (claimed) claimed_.emplace(*claimed);
  if (wished && !shares_) wished_.emplace(*wished);
}

void Intake::hash(std::string_view bytes) {
  size_ += bytes.size();
  md5_.update(bytes);
  if (claimed_) claimed_->update(bytes);
  if (wished_) wished_->update(bytes);
}

ApiResult<void> Intake::take(std::string_view bytes) {
  hash(bytes);
  if (size_ > kBodyBytesMax) {
    return error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400,
                 {{"MaxSizeAllowed", std::to_string(kBodyBytesMax)}});
  }
  return answered(writer_.append(bytes));
}

ApiResult<ReceivedBody> Intake::finish() { return finish(PAWL_TRY(answered(writer_.finish()))); }

ReceivedBody Intake::finish(NewContent content) {
  ReceivedBody body;
  body.md5 = base::hex_encode(md5_.finish());
  if (claimed_) body.checksum = base::base64_encode(claimed_->finish());
  if (wished_) body.wished = base::base64_encode(wished_->finish());
  if (shares_) body.wished = body.checksum;
  body.content = std::move(content);
  return body;
}

ApiResult<void> feed_source(aws::BodySource& source,
                            const std::function<ApiResult<void>(std::string_view)>& feed) {
  std::string buffer(kBufferBytes, 0);
  while (true) {
    const size_t count = PAWL_TRY(answered(source.read(buffer.data(), buffer.size())));
    if (count == 0) return {};
    PAWL_TRY_VOID(feed(std::string_view(buffer).substr(0, count)));
  }
}

bool has_short_body(const aws::Request& request) {
  if (request.http == nullptr) {
    const json::Value* body = request.input.find("Body");
    return body == nullptr || !body->is_string() ||
           body->as_string().size() <= kInlineBytesMax * 4 / 3;
  }
  return !request.http->stream && request.http->body.size() <= kInlineBytesMax;
}

ApiResult<ClaimedChecksum> claimed_checksum(const aws::Request& request) {
  ClaimedChecksum claim;
  int count = 0;
  for (const ChecksumAlgorithm algorithm : kAlgorithms) {
    const std::string value =
        header_or_member(request, header_of(name_of(algorithm)), member_of(name_of(algorithm)));
    if (value.empty()) continue;
    ++count;
    claim = {algorithm, value};
  }
  if (count > 1) {
    return invalid_request(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (claim.algorithm) {
    PAWL_TRY_VOID(check_claim(*claim.algorithm, claim.value));
    return claim;
  }
  const std::string trailer = header_or_member(request, "x-amz-trailer", "");
  for (const ChecksumAlgorithm algorithm : kAlgorithms) {
    if (aws::equals_ignoring_case(trailer, header_of(name_of(algorithm)))) {
      claim.algorithm = algorithm;
    }
  }
  if (claim.algorithm) return claim;
  const std::string named =
      header_or_member(request, "x-amz-sdk-checksum-algorithm", "ChecksumAlgorithm");
  if (named.empty()) return claim;
  claim.algorithm = checksum_algorithm_named(named);
  if (!claim.algorithm) {
    return invalid_request("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  return claim;
}

ApiResult<ReceivedBody> receive_body(ContentStore& contents, const aws::Request& request,
                                     const BodyWishes& wishes) {
  const ClaimedChecksum claim = PAWL_TRY(claimed_checksum(request));
  BodyBytes bytes(request);
  Intake intake(contents, claim.algorithm, wishes.checksum);
  aws::SpooledBody* spooled = adoptable(contents, request, bytes);
  if (spooled != nullptr) {
    PAWL_TRY_VOID(feed_source(*spooled, [&](std::string_view piece) -> ApiResult<void> {
      bytes.look(piece, intake);
      return {};
    }));
  } else {
    PAWL_TRY_VOID(feed_request(request, bytes, intake));
  }
  PAWL_TRY_VOID(bytes.finish());
  const auto length =
      base::parse_int64(header_or_member(request, "x-amz-decoded-content-length", ""));
  if (length && static_cast<uint64_t>(*length) != intake.size()) {
    return error(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header", 400);
  }
  ReceivedBody body = spooled != nullptr
                          ? intake.finish(PAWL_TRY(answered(contents.adopt(*spooled))))
                          : PAWL_TRY(intake.finish());
  PAWL_TRY_VOID(check_md5(request, wishes, body.md5));
  if (!claim.algorithm) return body;
  body.algorithm = name_of(*claim.algorithm);
  std::string value = claim.value;
  if (value.empty()) {
    value = bytes.trailer(header_of(body.algorithm));
    if (!value.empty()) PAWL_TRY_VOID(check_claim(*claim.algorithm, value));
  }
  if (!value.empty() && value != body.checksum) {
    return error("BadDigest",
                 "The " + body.algorithm + " you specified did not match the calculated checksum.",
                 400);
  }
  return body;
}

ApiResult<ReceivedBody> copy_body(ContentStore& contents, aws::BodySource& source,
                                  std::optional<ChecksumAlgorithm> wished) {
  Intake intake(contents, std::nullopt, wished);
  PAWL_TRY_VOID(feed_source(source, [&](std::string_view piece) { return intake.take(piece); }));
  return intake.finish();
}

}  // namespace pawl::s3
