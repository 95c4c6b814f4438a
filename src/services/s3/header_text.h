// SPDX-License-Identifier: Apache-2.0
// Texts in headers as S3 reads and writes them: user metadata in RFC 2047 words, tags as a query,
// the source of a copy, keys encoded for XML (encoding-type=url).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/s3/records.h"

namespace pawl::s3 {

/// "=?UTF-8?Q?…?=" and "=?UTF-8?B?…?=" read as JavaMail reads them, the mistakes in them too; any
/// other text is itself. Bytes that are no UTF-8 become U+FFFD.
std::string decode_header_word(std::string_view text);
/// Visible ASCII is itself; other text becomes one encoded word: "Q" if most of its characters are
/// ASCII, else "B".
std::string encode_header_word(std::string_view text);

/// x-amz-tagging: "a=1&b=2". nullopt if a name occurs twice or the text is no query.
std::optional<Pairs> parse_tagging(std::string_view text);

struct CopySource {
  std::string bucket;
  std::string key;
  std::string version_id;  ///< "": the latest
};
/// x-amz-copy-source: "[/]bucket/key[?versionId=id]", encoded, or the ARN of an access point, which
/// is not known here. nullopt if it is none.
std::optional<CopySource> parse_copy_source(std::string_view text);

/// encoding-type=url: as Java's URLEncoder, "/" kept.
std::string encode_key(std::string_view key);

}  // namespace pawl::s3
