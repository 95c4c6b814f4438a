// SPDX-License-Identifier: Apache-2.0
// Keyspace: the handle by which a service or partition owns its keys, and Range, a part of it.
// Handles come from Store::keyspace only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "store/key.h"

namespace pawl::store {

/// How the values of a keyspace live. Each shape is one column family of its own: memtable,
/// compaction and tombstones of one do not burden the others, and there are three of them however
/// many keyspaces there are, because each column family costs memory and one more file per flush.
enum class Shape : uint8_t {
  Records = 0,  ///< small, read often, kept: executions, history, items. Values from 16 KiB up go
                ///< to blob files, so that compaction does not rewrite them
  Queue = 1,    ///< written, read once, erased soon: timers, outbox, messages. Never blob files;
                ///< compacted early where tombstones gather
  Blobs = 2,    ///< mostly large: objects, payloads, up to kValueBytesMax. Values from 4 KiB up go
                ///< to blob files; a memtable of their own, so they do not push out small records
};
inline constexpr size_t kShapes = 3;

/// A named part of the store. Its keys are ordered byte strings that no other keyspace sees. A
/// plain value; valid as long as the Store that made it.
struct Keyspace {
  uint32_t id = 0;  ///< leads every stored key; 0 is the store's own
  Shape shape = Shape::Records;
};

/// Keys of a keyspace from `begin` up to, not including, `end`. An empty `end` means: to the last.
struct Range {
  std::string begin;
  std::string end;

  static Range all() { return {}; }
  static Range prefix(std::string_view text) { return {std::string(text), prefix_end(text)}; }
};

inline constexpr size_t kKeyBytesMax = size_t{16} << 10;
inline constexpr size_t kValueBytesMax = size_t{64} << 20;
/// What one Batch may hold together; the log writes it as one record, memory holds it thrice.
inline constexpr size_t kBatchBytesMax = size_t{256} << 20;

}  // namespace pawl::store
