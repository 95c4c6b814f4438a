// SPDX-License-Identifier: Apache-2.0
// What is kept of buckets, versions of objects, uploads and parts, and their form in the store
// (docs/formats/s3.md). Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace pawl::s3 {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The text of `name`, nullptr if there is none.
const std::string* find_pair(const Pairs& pairs, std::string_view name);

enum class Versioning : uint8_t { Never = 0, Enabled = 1, Suspended = 2 };

struct Bucket {
  std::string name;
  std::string account;   ///< the owner
  std::string region;    ///< "us-east-1"
  std::string location;  ///< LocationConstraint as it was given: "EU"; "" in us-east-1
  base::Timestamp created;
  Versioning versioning = Versioning::Never;
  bool mfa_delete = false;
  bool object_lock = false;

  std::string encode() const;
  static base::Result<Bucket> decode(std::string name, std::string_view record);
};

/// Bytes in the store or in a file, named by a random id of 32 hexadecimal digits.
struct Content {
  std::string id;
  uint64_t size = 0;
  bool is_inline = true;
};

/// A stretch of an object: the whole, or what was once a part of an upload.
struct Piece {
  Content content;
  uint32_t part_number = 0;  ///< 0: the object was not uploaded in parts
  std::string checksum;      ///< of the part, base64; "" if its object has none of its own
};

/// "" for what is not there.
struct Checksum {
  std::string algorithm;  ///< "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"
  std::string value;      ///< base64; with "-N" behind if it is of N parts' checksums
  bool is_composite = false;
};

struct Encryption {
  std::string algorithm = "AES256";  ///< "AES256", "aws:kms", "aws:kms:dsse"; "" under SSE-C
  std::string kms_key;               ///< an ARN
  bool bucket_key = false;
  std::string customer_key_md5;  ///< SSE-C, base64
};

/// What is set when an object is made and comes along with it.
struct Attributes {
  /// Headers kept and given back: Content-Type, Cache-Control, Content-Disposition,
  /// Content-Encoding, Content-Language, Expires, x-amz-website-redirect-location.
  Pairs headers;
  Pairs metadata;  ///< names in lower case
  Pairs tags;
  std::string storage_class = "STANDARD";
  Encryption encryption;
  std::string acl;        ///< AccessControlPolicy as JSON text; "": private
  std::string lock_mode;  ///< "GOVERNANCE", "COMPLIANCE", ""
  base::Timestamp retain_until;
  std::string legal_hold;  ///< "ON", "OFF", "": never set
};

struct ObjectVersion {
  std::string bucket;      ///< of the key, not of the record
  std::string key;         ///< the same
  uint64_t sequence = 0;   ///< the same; greater is newer
  std::string version_id;  ///< "null" while versioning is not enabled
  bool is_delete_marker = false;
  base::Timestamp modified;
  std::string account;  ///< the owner
  std::string etag;     ///< without quotes
  uint64_t size = 0;
  Checksum checksum;
  std::vector<Piece> pieces;
  Attributes attributes;
  std::string restore;  ///< of an archived object: the header x-amz-restore; "": not restored

  bool is_null_version() const { return version_id == "null"; }
  /// Uploaded in parts.
  bool has_parts() const { return !pieces.empty() && pieces.front().part_number != 0; }

  std::string encode() const;
  static base::Result<ObjectVersion> decode(std::string_view record);
};

struct Upload {
  std::string bucket;     ///< of the key, not of the record
  std::string key;        ///< the same
  uint64_t sequence = 0;  ///< the same
  std::string id;
  std::string account;
  base::Timestamp initiated;
  Attributes attributes;
  Checksum checksum;            ///< algorithm and is_composite as asked for
  bool checksum_asked = false;  ///< else the algorithm is the default of those who ask for none

  std::string encode() const;
  static base::Result<Upload> decode(std::string_view record);
};

struct Part {
  uint32_t number = 0;  ///< of the key, not of the record
  Content content;
  std::string md5;  ///< hex
  /// By the upload's algorithm; an upload whose default is CRC64NVME keeps that one.
  std::string checksum;
  base::Timestamp modified;

  std::string encode() const;
  static base::Result<Part> decode(uint32_t number, std::string_view record);
};

}  // namespace pawl::s3
