// SPDX-License-Identifier: Apache-2.0
#include "services/dynamodb/streams/stream_record.h"

#include "base/wire.h"

namespace pawl::dynamodb {
namespace {
constexpr uint8_t kVersion = 1;
}  // namespace

std::string encode_stream_record(const StreamRecord& record) {
  std::string out;
  base::ByteWriter writer(out);
  writer.byte(kVersion);
  writer.byte(static_cast<uint8_t>(record.event));
  writer.boolean(record.is_expiry);
  writer.signed_varint(record.created_ms);
  writer.varint(record.size_bytes);
  writer.sized(record.keys);
  writer.sized(record.new_image);
  writer.sized(record.old_image);
  return out;
}

base::Result<StreamRecord> decode_stream_record(std::string_view bytes) {
  base::ByteReader in(bytes);
  StreamRecord out;
  if (in.byte() != kVersion) in.fail();
  out.event = static_cast<StreamRecord::Event>(in.at_most(in.byte(), 2));
  out.is_expiry = in.boolean();
  out.created_ms = in.signed_varint();
  out.size_bytes = in.varint();
  out.keys = in.sized();
  out.new_image = in.sized();
  out.old_image = in.sized();
  if (!in.ok() || !in.at_end()) return base::malformed_record("DynamoDB stream record");
  return out;
}

}  // namespace pawl::dynamodb
