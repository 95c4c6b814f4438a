// SPDX-License-Identifier: Apache-2.0
// Bytes of a connection: the same requests come out, however the bytes are cut. The first byte says
// how.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "net/request_parser.h"

namespace {

using pawl::net::RequestParser;

std::string read_all(std::string_view bytes, size_t piece) {
  RequestParser parser({.header_bytes_max = 4'096, .body_bytes_max = 4'096});
  std::string result;
  std::string pending;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    pending += bytes.substr(at, piece);
    std::string_view data = pending;
    while (!data.empty()) {
      const RequestParser::Status status = parser.parse(data);
      if (status == RequestParser::Status::Refused) {
        return result + "refused " + std::to_string(parser.refusal());
      }
      if (status == RequestParser::Status::NeedMore) break;
      const pawl::net::HttpRequest& request = parser.request();
      result.append(request.method).append(request.target).append("\n");
      for (const auto& [name, value] : request.headers) result.append(name).append(value);
      result += request.body;
      parser.reset();
    }
    pending.erase(0, pending.size() - data.size());
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  PAWL_ASSERT(read_all(bytes, bytes.size()) == read_all(bytes, data[0] % 16 + 1U));
  return 0;
}
