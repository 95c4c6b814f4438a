// SPDX-License-Identifier: Apache-2.0
// "Configuration and credential file settings", AWS SDKs and Tools Reference Guide.
#include "server/remote_credentials.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace pawl::server {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void set(aws::Credentials& credentials, std::string_view name, std::string_view value) {
  if (name == "aws_access_key_id") credentials.access_key_id = value;
  if (name == "aws_secret_access_key") credentials.secret_access_key = value;
  if (name == "aws_session_token") credentials.session_token = value;
}

/// "" if there is no such file.
std::string version_of(const std::string& file) {
  struct stat found {};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) return "";
  return std::to_string(found.st_mtim.tv_sec) + "." + std::to_string(found.st_mtim.tv_nsec) + " " +
         std::to_string(found.st_size) + " " + std::to_string(found.st_ino);
}

}  // namespace

std::optional<aws::Credentials> read_profile(std::string_view text, std::string_view profile) {
  aws::Credentials found;
  bool is_inside = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      is_inside = line.back() == ']' && trimmed(line.substr(1, line.size() - 2)) == profile;
      continue;
    }
    const size_t equals = line.find('=');
    if (!is_inside || equals == std::string_view::npos) continue;
    set(found, trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
  }
  if (found.access_key_id.empty() || found.secret_access_key.empty()) return std::nullopt;
  return found;
}

RemoteCredentials::RemoteCredentials(std::string profile, Environment environment)
    : profile_(std::move(profile)), environment_(std::move(environment)) {}

std::string RemoteCredentials::text(const char* name) const {
  const char* value = environment_(name);
  return value == nullptr ? "" : value;
}

std::string RemoteCredentials::file_name() const {
  std::string file = text("AWS_SHARED_CREDENTIALS_FILE");
  if (!file.empty()) return file;
  const std::string home = text("HOME");
  return home.empty() ? "" : home + "/.aws/credentials";
}

aws::ApiResult<aws::Credentials> RemoteCredentials::credentials() {
  if (profile_.empty()) {
    aws::Credentials given{text("AWS_ACCESS_KEY_ID"), text("AWS_SECRET_ACCESS_KEY"),
                           text("AWS_SESSION_TOKEN")};
    if (!given.access_key_id.empty() && !given.secret_access_key.empty()) return given;
  }
  std::string profile = profile_.empty() ? text("AWS_PROFILE") : profile_;
  if (profile.empty()) profile = "default";
  const std::string file = file_name();
  const std::lock_guard lock(mutex_);
  std::string version = version_of(file);
  if (version.empty() || version != version_) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream read;
    if (in) read << in.rdbuf();
    kept_ = read_profile(read.str(), profile);
    version_ = std::move(version);
  }
  if (kept_) return *kept_;
  return aws::ApiError(
      "SdkClientException",
      "There are no credentials for calls to other servers: neither AWS_ACCESS_KEY_ID and "
      "AWS_SECRET_ACCESS_KEY nor a profile [" +
          profile + "] in " + (file.empty() ? "~/.aws/credentials" : file) + ".");
}

}  // namespace pawl::server
