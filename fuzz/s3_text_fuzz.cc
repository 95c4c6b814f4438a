// SPDX-License-Identifier: Apache-2.0
// What clients of S3 write by hand: posted forms (whole and in pieces give the same), their
// policies, ranges, copy sources, tags, encoded words; and stored records.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "base/bytes.h"
#include "services/s3/bucket_policy.h"
#include "services/s3/conditions.h"
#include "services/s3/form_reader.h"
#include "services/s3/header_text.h"
#include "services/s3/post_policy.h"
#include "services/s3/records.h"
#include "services/s3/version_id.h"

namespace {

using namespace pawl;

struct Read {
  bool ok = false;
  std::string file;
  s3::Pairs fields;
  friend bool operator==(const Read&, const Read&) = default;
};

Read read_form(std::string_view body, size_t piece) {
  Read read;
  s3::FormReader reader("multipart/form-data; boundary=b",
                        [&](std::string_view bytes) -> aws::ApiResult<void> {
                          read.file += bytes;
                          return {};
                        });
  for (size_t at = 0; at < body.size(); at += piece) {
    if (!reader.feed(body.substr(at, piece))) return {};
  }
  if (!reader.finish()) return {};
  read.ok = true;
  read.fields = reader.fields();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  PAWL_ASSERT(read_form(text, 1) == read_form(text, 7));
  static_cast<void>(
      s3::check_post_policy(base::base64_encode(text), {{"key", "k"}}, 5, {1'700'000'000'000}));
  static_cast<void>(s3::check_policy(text, "bucket"));
  static_cast<void>(s3::policy_allows(text, "000000000000", "s3:GetObject", "arn:aws:s3:::b/k"));
  const auto range = s3::parse_range(text, 1'000);
  if (range && *range) PAWL_ASSERT((*range)->first + (*range)->length <= 1'000);
  const auto copied = s3::parse_copy_range(text, 1'000);
  if (copied) PAWL_ASSERT(copied->first + copied->length <= 1'000);
  static_cast<void>(s3::parse_copy_source(text));
  static_cast<void>(s3::parse_tagging(text));
  static_cast<void>(s3::names_etag(text, "a"));
  static_cast<void>(s3::sequence_of(text));
  const std::string decoded = s3::decode_header_word(text);
  PAWL_ASSERT(s3::decode_header_word(s3::encode_header_word(decoded)) == decoded ||
              decoded.starts_with("=?"));
  const auto version = s3::ObjectVersion::decode(text);
  if (version) PAWL_ASSERT(s3::ObjectVersion::decode(version->encode()).has_value());
  static_cast<void>(s3::Upload::decode(text));
  static_cast<void>(s3::Part::decode(1, text));
  static_cast<void>(s3::Bucket::decode("b", text));
  return 0;
}
