// SPDX-License-Identifier: Apache-2.0
// CredentialsFile: who may call, in the format of ~/.aws/credentials ("Configuration and credential
// file settings" of the AWS CLI User Guide): sections are profiles.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::server {

/// Immutable; thread-safe.
class CredentialsFile {
 public:
  struct Entry {
    std::string profile;
    std::string secret_access_key;
    std::string session_token;  ///< "" for long-term keys
    std::string account_id;     ///< key aws_account_id; "" for the default account
  };

  /// Errors: InvalidSyntax with a line for what is no "name = value" or "[profile]", a profile
  /// without key or secret, a key that two profiles have, an account that is not twelve digits, a
  /// file without profiles. Names that are not known are ignored.
  static base::Result<CredentialsFile> parse(std::string_view text);
  /// Also Io.
  static base::Result<CredentialsFile> read(const std::string& file);

  /// nullptr if nobody has that key.
  const Entry* find(std::string_view access_key_id) const;

 private:
  std::map<std::string, Entry, std::less<>> entries_;  ///< by access key id
};

}  // namespace pawl::server
