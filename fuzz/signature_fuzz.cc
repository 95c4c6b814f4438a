// SPDX-License-Identifier: Apache-2.0
// What a request says of its signature, in a header, a query or the form of its body: read or
// refused, and never taken for right, because nobody here has a secret that it could know. The
// first byte says where the bytes go.
#include <cstddef>
#include <cstdint>
#include <string>

#include "aws/service/request_router.h"
#include "aws/signing/verify.h"
#include "base/assert.h"

namespace {

using namespace pawl;

void check(const aws::HttpRequest& request, const std::string& signing_name) {
  aws::inspect_request(request);
  aws::VerifyOptions options;
  options.now = {1'700'000'000'000};
  options.signing_name = signing_name;
  const auto verified = aws::verify_request(
      request,
      [](std::string_view, std::string_view) { return "a secret of 64 bytes that no input has"; },
      options);
  PAWL_ASSERT(!verified.has_value());
  PAWL_ASSERT(!verified.error().code.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  aws::HttpRequest request;
  request.method = "GET";
  request.headers.set("Host", "localhost");
  request.headers.set("X-Amz-Date", "20231114T221320Z");
  switch (data[0] % 5) {
    case 0: request.headers.set("Authorization", bytes); break;
    case 1: request.headers.set("Authorization", "AWS4-HMAC-SHA256 " + bytes); break;
    case 2: request.query = bytes; break;
    case 3:
      request.headers.set("Authorization",
                          "AWS4-HMAC-SHA256 Credential=a/20231114/us-east-1/s3/aws4_request, "
                          "SignedHeaders=host;x-amz-date, Signature=0");
      request.headers.set("X-Amz-Date", bytes);
      request.headers.set("Date", bytes);
      break;
    default:
      request.method = "POST";
      request.headers.set("Content-Type", "application/x-www-form-urlencoded");
      request.body = bytes;
  }
  check(request, "s3");
  check(request, "states");
  check(request, "");
  return 0;
}
