// SPDX-License-Identifier: Apache-2.0
// RemoteCredentials: the keys for calls to other servers, found where the AWS SDKs find them: the
// environment, then the shared credentials file. Not the metadata service of EC2.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "aws/client/credential_source.h"

namespace pawl::server {

/// The file is read again when it has changed. Thread-safe.
class RemoteCredentials final : public aws::CredentialSource {
 public:
  /// Like std::getenv.
  using Environment = std::function<const char*(const char*)>;

  /// `profile`: of the file, which then goes before the environment; "": AWS_PROFILE or "default".
  RemoteCredentials(std::string profile, Environment environment);

  aws::ApiResult<aws::Credentials> credentials() override;

 private:
  std::string text(const char* name) const;
  std::string file_name() const;

  const std::string profile_;
  const Environment environment_;
  std::mutex mutex_;
  std::string version_;  ///< of the file that was read: its time and size
  std::optional<aws::Credentials> kept_;
};

/// The profile of an INI file as ~/.aws/credentials; nullopt if it is not there or has no keys.
std::optional<aws::Credentials> read_profile(std::string_view text, std::string_view profile);

}  // namespace pawl::server
