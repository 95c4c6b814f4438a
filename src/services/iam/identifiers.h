// SPDX-License-Identifier: Apache-2.0
// Ids, keys and secrets in AWS's form (IAM User Guide, "IAM identifiers", "Unique identifiers").
#pragma once

#include <string>
#include <string_view>

namespace pawl::iam {

/// "AIDA" and 17 characters, drawn at random.
std::string random_id(std::string_view prefix);
/// The same for the same text.
std::string derived_id(std::string_view prefix, std::string_view text);
/// "AKIA" or "ASIA" and 16 characters that tell the account, as AWS's do.
std::string make_access_key_id(std::string_view prefix, std::string_view account);
/// 40 characters.
std::string make_secret();
/// Of temporary credentials.
std::string make_session_token();
std::string random_letters(size_t count);

/// RFC 3986, as policies are in answers: everything but unreserved characters.
std::string url_encoded(std::string_view text);

}  // namespace pawl::iam
