// SPDX-License-Identifier: Apache-2.0
// zlib's inflate in gzip mode.
#include "aws/model/gunzip.h"

#include <zlib.h>

#include <array>

namespace pawl::aws {

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

base::Result<std::string> gunzip(std::string_view bytes, size_t bytes_max) {
  z_stream stream = {};
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) {
    return base::Error(base::ErrorKind::Io, "zlib cannot start");
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 65'536> buffer;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
    if (out.size() > bytes_max) {
      inflateEnd(&stream);
      return base::Error(base::ErrorKind::LimitExceeded, "gzip content is too large");
    }
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) {
    return base::Error(base::ErrorKind::InvalidSyntax, "not a whole gzip stream");
  }
  return out;
}

}  // namespace pawl::aws
