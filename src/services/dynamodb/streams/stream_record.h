// SPDX-License-Identifier: Apache-2.0
// A stream record as the store keeps it: docs/formats/dynamodb.md "Stream record".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::dynamodb {

struct StreamRecord {
  enum class Event : uint8_t { Insert, Modify, Remove };
  Event event = Event::Insert;
  bool is_expiry = false;  ///< TTL removed the item
  int64_t created_ms = 0;
  uint64_t size_bytes = 0;
  std::string keys;  ///< item records (item_record.h); "" for what the view leaves out
  std::string new_image;
  std::string old_image;
};

std::string encode_stream_record(const StreamRecord& record);
base::Result<StreamRecord> decode_stream_record(std::string_view bytes);

}  // namespace pawl::dynamodb
