// SPDX-License-Identifier: Apache-2.0
// A body in chunks of S3: the same data or the same refusal comes out, however the bytes are cut.
// The first byte chooses the form and how.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/signing/aws_chunked.h"
#include "base/assert.h"

namespace {

using namespace pawl;

std::string read_all(aws::ChunkedForm form, std::string_view bytes, size_t piece) {
  std::optional<aws::ChunkSigner> signer;
  if (form.is_signed) {
    signer.emplace(std::string(32, 'k'), "20231114T221320Z",
                   aws::CredentialScope{"a", "20231114", "us-east-1", "s3"}, std::string(64, '0'));
  }
  aws::AwsChunkedReader reader(form, std::move(signer));
  std::string data;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const auto fed = reader.feed(bytes.substr(at, piece), data);
    // What came before a failure is void, so its end may differ.
    if (!fed) return fed.error().code;
  }
  const auto finished = reader.finish();
  if (!finished) return finished.error().code;
  PAWL_ASSERT(reader.decoded_bytes() == data.size());
  for (const auto& [name, value] : reader.trailers()) data += "\n" + name + ":" + value;
  return data;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const aws::ChunkedForm form{.is_signed = (data[0] & 1) != 0, .has_trailers = (data[0] & 2) != 0};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  PAWL_ASSERT(read_all(form, bytes, bytes.size()) == read_all(form, bytes, data[0] / 4 % 16 + 1U));
  // What we write is read back.
  if (!form.is_signed) {
    aws::Headers trailers;
    if (form.has_trailers) trailers.set("x-amz-checksum-crc32", "AAAAAA==");
    const std::string written = aws::write_aws_chunked(bytes, data[0] % 7 + 1U, nullptr, trailers);
    const std::string read = read_all(form, written, 5);
    PAWL_ASSERT(read.starts_with(bytes));
  }
  return 0;
}
