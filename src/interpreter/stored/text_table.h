// SPDX-License-Identifier: Apache-2.0
// The texts of one stored record: payloads, values, error causes, ARNs. Each different text is
// written once; events and frames name it by index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/wire.h"
#include "json/payload.h"
#include "json/value.h"

namespace pawl::interpreter {

/// Open-addressed map from a 64-bit key to an index; a key may have several.
class KeyIndex {
 public:
  /// The first index under `key` that `matches(index)`, or kNone.
  template <typename Matches>
  uint32_t find(uint64_t key, const Matches& matches) const {
    if (slots_.empty()) return kNone;
    for (size_t at = key & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.index == kNone) return kNone;
      if (slot.key == key && matches(slot.index)) return slot.index;
    }
  }
  void insert(uint64_t key, uint32_t index);

  static constexpr uint32_t kNone = UINT32_MAX;

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t index = kNone;
  };
  void place(Slot slot);

  std::vector<Slot> slots_;  ///< a power of two, at most half full
  size_t used_ = 0;
};

/// Collects the texts of a record. Borrows what it is given until the record is written: nodes are
/// told apart by their address.
class TextTableWriter {
 public:
  /// Texts are appended to `out`, one behind another.
  explicit TextTableWriter(std::string& out) : out_(out) {}

  /// Each appends the reference to `refs`.
  void add(std::string& refs, const json::Payload& payload);
  void add(std::string& refs, const json::Value& value);
  void add_text(std::string& refs, std::string_view text);
  void add_optional_text(std::string& refs, const std::optional<std::string>& text);

  void append_lengths(std::string& out) const;

 private:
  struct Entry {
    size_t offset;
    size_t bytes;
  };
  uint32_t index_of_text(std::string_view text);
  uint32_t index_of_value(const json::Value& value);
  uint32_t find_text(uint64_t key, std::string_view text) const;
  uint32_t append_entry(uint64_t key, size_t offset, size_t bytes);
  template <typename MakeIndex>
  uint32_t index_of_shared(const void* identity, const MakeIndex& make_index);

  std::string& out_;
  std::vector<Entry> entries_;
  KeyIndex by_text_;
  KeyIndex by_identity_;
  std::vector<const void*> identities_;
  std::vector<uint32_t> identity_entries_;
  const void* last_identity_ = nullptr;
  uint32_t last_entry_ = 0;
};

/// Gives the texts back. The bytes must outlive it.
class TextTableReader {
 public:
  TextTableReader() = default;  ///< of no texts
  /// `lengths` stands behind the tail's header. Fails `lengths` if they do not cover `texts`.
  TextTableReader(std::string_view texts, base::ByteReader& lengths);

  // Each reads a reference; fails `refs` if it names no text.
  json::Payload payload(base::ByteReader& refs);
  /// Also fails if the text is not JSON.
  json::Value value(base::ByteReader& refs);
  std::string text(base::ByteReader& refs);
  std::optional<std::string> optional_text(base::ByteReader& refs);

 private:
  struct Entry {
    std::string_view text;
    /// Made when first asked for, then shared: as written, and as a state made it.
    std::optional<json::Payload> payloads[2];
  };
  const json::Payload& shared_payload(Entry& entry, bool as_written);

  std::vector<Entry> entries_;
};

}  // namespace pawl::interpreter
