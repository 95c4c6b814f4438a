// SPDX-License-Identifier: Apache-2.0
// Bytes of a connection: the same requests come out, however the bytes are cut, and whether a body
// stays in memory or goes into a file. The first byte says how.
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "net/request_parser.h"

namespace {

using pawl::net::RequestParser;

const pawl::net::LargeBodies& spooled_bodies() {
  static const pawl::net::LargeBodies large{
      .bound_of =
          [](const pawl::net::HttpRequest&) {
            return pawl::net::BodyBound{4'096, true};
          },
      .folder = *pawl::net::SpoolFolder::open_temporary(1 << 20),
      .memory_bytes_max = 3};
  return large;
}

std::string body_of(const pawl::net::HttpRequest& request) {
  if (!request.spooled) return request.body;
  std::ifstream file(request.spooled->path(), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string read_all(std::string_view bytes, size_t piece,
                     const pawl::net::LargeBodies* large = nullptr) {
  RequestParser parser({.header_bytes_max = 4'096, .body_bytes_max = 4'096}, large);
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
      result += body_of(request);
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
  const std::string whole = read_all(bytes, bytes.size());
  PAWL_ASSERT(whole == read_all(bytes, data[0] % 16 + 1U));
  PAWL_ASSERT(whole == read_all(bytes, data[0] % 16 + 1U, &spooled_bodies()));
  return 0;
}
