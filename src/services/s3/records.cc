// SPDX-License-Identifier: Apache-2.0
// Every record begins with the number of its form.
#include "services/s3/records.h"

#include "base/wire.h"

namespace pawl::s3 {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Result;

constexpr uint8_t kForm = 1;

void put_pairs(ByteWriter& out, const Pairs& pairs) {
  out.varint(pairs.size());
  for (const auto& [name, value] : pairs) {
    out.sized(name);
    out.sized(value);
  }
}

Pairs take_pairs(ByteReader& in) {
  Pairs pairs;
  for (size_t left = in.count(); left > 0; --left) {
    std::string name(in.sized());
    pairs.emplace_back(std::move(name), in.sized());
  }
  return pairs;
}

void put_content(ByteWriter& out, const Content& content) {
  out.sized(content.id);
  out.varint(content.size);
  out.boolean(content.is_inline);
}

Content take_content(ByteReader& in) {
  Content content;
  content.id = in.sized();
  content.size = in.varint();
  content.is_inline = in.boolean();
  return content;
}

void put_checksum(ByteWriter& out, const Checksum& checksum) {
  out.sized(checksum.algorithm);
  out.sized(checksum.value);
  out.boolean(checksum.is_composite);
}

Checksum take_checksum(ByteReader& in) {
  Checksum checksum;
  checksum.algorithm = in.sized();
  checksum.value = in.sized();
  checksum.is_composite = in.boolean();
  return checksum;
}

void put_attributes(ByteWriter& out, const Attributes& attributes) {
  put_pairs(out, attributes.headers);
  put_pairs(out, attributes.metadata);
  put_pairs(out, attributes.tags);
  out.sized(attributes.storage_class);
  out.sized(attributes.encryption.algorithm);
  out.sized(attributes.encryption.kms_key);
  out.boolean(attributes.encryption.bucket_key);
  out.sized(attributes.encryption.customer_key_md5);
  out.sized(attributes.acl);
  out.sized(attributes.lock_mode);
  out.signed_varint(attributes.retain_until.ms);
  out.sized(attributes.legal_hold);
}

Attributes take_attributes(ByteReader& in) {
  Attributes attributes;
  attributes.headers = take_pairs(in);
  attributes.metadata = take_pairs(in);
  attributes.tags = take_pairs(in);
  attributes.storage_class = in.sized();
  attributes.encryption.algorithm = in.sized();
  attributes.encryption.kms_key = in.sized();
  attributes.encryption.bucket_key = in.boolean();
  attributes.encryption.customer_key_md5 = in.sized();
  attributes.acl = in.sized();
  attributes.lock_mode = in.sized();
  attributes.retain_until.ms = in.signed_varint();
  attributes.legal_hold = in.sized();
  return attributes;
}

/// `value`, if all was read and nothing is left.
template <typename T>
Result<T> finished(const ByteReader& in, T value, std::string_view what) {
  if (!in.ok() || !in.at_end()) return base::malformed_record(what);
  return value;
}

void check_form(ByteReader& in) { in.at_most(static_cast<uint64_t>(in.byte() ^ kForm), 0); }

}  // namespace

const std::string* find_pair(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string Bucket::encode() const {
  std::string record;
  ByteWriter out(record);
  out.byte(kForm);
  out.sized(account);
  out.sized(region);
  out.sized(location);
  out.signed_varint(created.ms);
  out.byte(static_cast<uint8_t>(versioning));
  out.boolean(mfa_delete);
  out.boolean(object_lock);
  return record;
}

Result<Bucket> Bucket::decode(std::string name, std::string_view record) {
  ByteReader in(record);
  check_form(in);
  Bucket bucket;
  bucket.name = std::move(name);
  bucket.account = in.sized();
  bucket.region = in.sized();
  bucket.location = in.sized();
  bucket.created.ms = in.signed_varint();
  bucket.versioning = static_cast<Versioning>(in.at_most(in.byte(), 2));
  bucket.mfa_delete = in.boolean();
  bucket.object_lock = in.boolean();
  return finished(in, std::move(bucket), "bucket");
}

std::string ObjectVersion::encode() const {
  std::string record;
  ByteWriter out(record);
  out.byte(kForm);
  out.sized(version_id);
  out.boolean(is_delete_marker);
  out.signed_varint(modified.ms);
  out.sized(account);
  out.sized(etag);
  out.varint(size);
  put_checksum(out, checksum);
  put_attributes(out, attributes);
  out.sized(restore);
  out.varint(pieces.size());
  for (const Piece& piece : pieces) {
    put_content(out, piece.content);
    out.varint(piece.part_number);
    out.sized(piece.checksum);
  }
  return record;
}

Result<ObjectVersion> ObjectVersion::decode(std::string_view record) {
  ByteReader in(record);
  check_form(in);
  ObjectVersion version;
  version.version_id = in.sized();
  version.is_delete_marker = in.boolean();
  version.modified.ms = in.signed_varint();
  version.account = in.sized();
  version.etag = in.sized();
  version.size = in.varint();
  version.checksum = take_checksum(in);
  version.attributes = take_attributes(in);
  version.restore = in.sized();
  for (size_t left = in.count(); left > 0; --left) {
    Piece piece;
    piece.content = take_content(in);
    piece.part_number = in.varint32();
    piece.checksum = in.sized();
    version.pieces.push_back(std::move(piece));
  }
  return finished(in, std::move(version), "object version");
}

std::string Upload::encode() const {
  std::string record;
  ByteWriter out(record);
  out.byte(kForm);
  out.sized(id);
  out.sized(account);
  out.signed_varint(initiated.ms);
  put_attributes(out, attributes);
  put_checksum(out, checksum);
  out.boolean(checksum_asked);
  return record;
}

Result<Upload> Upload::decode(std::string_view record) {
  ByteReader in(record);
  check_form(in);
  Upload upload;
  upload.id = in.sized();
  upload.account = in.sized();
  upload.initiated.ms = in.signed_varint();
  upload.attributes = take_attributes(in);
  upload.checksum = take_checksum(in);
  upload.checksum_asked = in.boolean();
  return finished(in, std::move(upload), "upload");
}

std::string Part::encode() const {
  std::string record;
  ByteWriter out(record);
  out.byte(kForm);
  put_content(out, content);
  out.sized(md5);
  out.sized(checksum);
  out.signed_varint(modified.ms);
  return record;
}

Result<Part> Part::decode(uint32_t number, std::string_view record) {
  ByteReader in(record);
  check_form(in);
  Part part;
  part.number = number;
  part.content = take_content(in);
  part.md5 = in.sized();
  part.checksum = in.sized();
  part.modified.ms = in.signed_varint();
  return finished(in, std::move(part), "part");
}

}  // namespace pawl::s3
