// SPDX-License-Identifier: Apache-2.0
#include "services/logs/gzip.h"

#include <zlib.h>

#include "base/assert.h"

namespace pawl::logs {

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;  // zlib.h: 16 more writes a gzip header
  constexpr int kMemoryLevel = 8;
  z_stream stream = {};
  PAWL_ASSERT(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                           Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  PAWL_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace pawl::logs
