// SPDX-License-Identifier: Apache-2.0
#include "interpreter/stored/text_table.h"

#include <cstring>
#include <utility>

#include "json/write.h"

namespace pawl::interpreter {
namespace {

/// Not for strangers' tables of unbounded life: texts of one record, compared before they are taken
/// for equal.
uint64_t key_of(std::string_view text) {
  constexpr uint64_t kFactor = 0x9e3779b97f4a7c15ULL;
  uint64_t key = text.size() * kFactor;
  while (text.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, text.data(), 8);
    key = (key ^ word) * kFactor;
    key ^= key >> 32;
    text.remove_prefix(8);
  }
  uint64_t word = 0;
  if (!text.empty()) std::memcpy(&word, text.data(), text.size());
  key = (key ^ word) * kFactor;
  return key ^ (key >> 29);
}

uint64_t key_of(const void* address) {
  const auto number = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(address));
  return (number >> 4) * 0x9e3779b97f4a7c15ULL >> 16;
}

}  // namespace

void KeyIndex::insert(uint64_t key, uint32_t index) {
  constexpr size_t kSlotsMin = 16;
  if (2 * (used_ + 1) > slots_.size()) {
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.index != kNone) place(slot);
    }
  }
  place({key, index});
  ++used_;
}

void KeyIndex::place(Slot slot) {
  size_t at = slot.key & (slots_.size() - 1);
  while (slots_[at].index != kNone) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = slot;
}

void TextTableWriter::add(std::string& refs, const json::Payload& payload) {
  const uint64_t index = index_of_shared(payload.identity(), [&] {
    return payload.is_text() ? index_of_text(payload.text_view()) : index_of_value(payload.value());
  });
  base::append_varint(refs, index << 1 | (payload.is_as_written() ? 1 : 0));
}

void TextTableWriter::add(std::string& refs, const json::Value& value) {
  base::append_varint(refs,
                      index_of_shared(value.shared_node(), [&] { return index_of_value(value); }));
}

void TextTableWriter::add_text(std::string& refs, std::string_view text) {
  base::append_varint(refs, index_of_text(text));
}

void TextTableWriter::add_optional_text(std::string& refs, const std::optional<std::string>& text) {
  base::append_varint(refs, text ? uint64_t{1} + index_of_text(*text) : 0);
}

void TextTableWriter::append_lengths(std::string& out) const {
  base::append_varint(out, entries_.size());
  for (const Entry& entry : entries_) base::append_varint(out, entry.bytes);
}

/// An identity seen before saves writing and comparing the text again.
template <typename MakeIndex>
uint32_t TextTableWriter::index_of_shared(const void* identity, const MakeIndex& make_index) {
  if (identity == nullptr) return make_index();
  if (identity == last_identity_) return last_entry_;
  const uint64_t key = key_of(identity);
  const uint32_t known =
      by_identity_.find(key, [&](uint32_t i) { return identities_[i] == identity; });
  if (known != KeyIndex::kNone) {
    last_entry_ = identity_entries_[known];
  } else {
    last_entry_ = make_index();
    by_identity_.insert(key, static_cast<uint32_t>(identities_.size()));
    identities_.push_back(identity);
    identity_entries_.push_back(last_entry_);
  }
  last_identity_ = identity;
  return last_entry_;
}

uint32_t TextTableWriter::index_of_text(std::string_view text) {
  const uint64_t key = key_of(text);
  const uint32_t known = find_text(key, text);
  if (known != KeyIndex::kNone) return known;
  const size_t offset = out_.size();
  out_ += text;
  return append_entry(key, offset, text.size());
}

uint32_t TextTableWriter::index_of_value(const json::Value& value) {
  const size_t offset = out_.size();
  json::write(value, out_);
  const std::string_view text = std::string_view(out_).substr(offset);
  const uint64_t key = key_of(text);
  const uint32_t known = find_text(key, text);
  if (known == KeyIndex::kNone) return append_entry(key, offset, text.size());
  out_.resize(offset);
  return known;
}

uint32_t TextTableWriter::find_text(uint64_t key, std::string_view text) const {
  return by_text_.find(key, [&](uint32_t i) {
    return std::string_view(out_).substr(entries_[i].offset, entries_[i].bytes) == text;
  });
}

uint32_t TextTableWriter::append_entry(uint64_t key, size_t offset, size_t bytes) {
  const auto index = static_cast<uint32_t>(entries_.size());
  entries_.push_back({offset, bytes});
  by_text_.insert(key, index);
  return index;
}

TextTableReader::TextTableReader(std::string_view texts, base::ByteReader& lengths) {
  base::ByteReader reader(texts);
  const size_t count = lengths.count();
  entries_.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    Entry entry;
    entry.text = reader.bytes(lengths.varint());
    entries_.push_back(std::move(entry));
  }
  if (!reader.ok() || !reader.at_end()) lengths.fail();
}

json::Payload TextTableReader::payload(base::ByteReader& refs) {
  const uint64_t reference = refs.varint();
  if (reference >> 1 >= entries_.size()) {
    refs.fail();
    return {};
  }
  return shared_payload(entries_[reference >> 1], (reference & 1) != 0);
}

json::Value TextTableReader::value(base::ByteReader& refs) {
  const uint64_t index = refs.varint();
  if (index >= entries_.size()) {
    refs.fail();
    return {};
  }
  Entry& entry = entries_[index];
  const bool as_written = entry.payloads[1].has_value() && !entry.payloads[0].has_value();
  const base::Result<const json::Value*> value = shared_payload(entry, as_written).checked_value();
  if (!value) {
    refs.fail();
    return {};
  }
  return **value;
}

std::string TextTableReader::text(base::ByteReader& refs) {
  const uint64_t index = refs.varint();
  if (index < entries_.size()) return std::string(entries_[index].text);
  refs.fail();
  return {};
}

std::optional<std::string> TextTableReader::optional_text(base::ByteReader& refs) {
  const uint64_t reference = refs.varint();
  if (reference == 0) return std::nullopt;
  if (reference - 1 < entries_.size()) return std::string(entries_[reference - 1].text);
  refs.fail();
  return std::nullopt;
}

const json::Payload& TextTableReader::shared_payload(Entry& entry, bool as_written) {
  std::optional<json::Payload>& payload = entry.payloads[as_written ? 1 : 0];
  if (!payload) payload = json::Payload::from_trusted_text(std::string(entry.text), as_written);
  return *payload;
}

}  // namespace pawl::interpreter
