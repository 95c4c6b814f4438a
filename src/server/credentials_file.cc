// SPDX-License-Identifier: Apache-2.0
// An INI file as botocore reads it.
#include "server/credentials_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace pawl::server {
namespace {

using base::Error;
using base::ErrorKind;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Profile {
  int line = 0;
  std::string access_key_id;
  CredentialsFile::Entry entry;
};

void set(Profile& profile, std::string_view name, std::string_view value) {
  if (name == "aws_access_key_id") profile.access_key_id = value;
  if (name == "aws_secret_access_key") profile.entry.secret_access_key = value;
  if (name == "aws_session_token") profile.entry.session_token = value;
  if (name == "aws_account_id") profile.entry.account_id = value;
}

base::Result<std::vector<Profile>> read_profiles(std::string_view text) {
  std::vector<Profile> profiles;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const auto mistake = [number](const std::string& what) {
      return Error(ErrorKind::InvalidSyntax, "line " + std::to_string(number) + ": " + what,
                   {.line = number});
    };
    if (line.front() == '[') {
      if (line.back() != ']' || line.size() < 3) return mistake("expected [profile]");
      profiles.push_back({.line = number, .access_key_id = {}, .entry = {}});
      profiles.back().entry.profile = trimmed(line.substr(1, line.size() - 2));
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) return mistake("expected name = value");
    if (profiles.empty()) return mistake("expected [profile] before the first name");
    set(profiles.back(), trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
  }
  return profiles;
}

}  // namespace

base::Result<CredentialsFile> CredentialsFile::parse(std::string_view text) {
  CredentialsFile file;
  for (Profile& profile : PAWL_TRY(read_profiles(text))) {
    const auto mistake = [&profile](const std::string& what) {
      return Error(ErrorKind::InvalidSyntax,
                   "line " + std::to_string(profile.line) + ": profile [" + profile.entry.profile +
                       "] " + what,
                   {.line = profile.line});
    };
    if (profile.access_key_id.empty()) return mistake("has no aws_access_key_id");
    if (profile.entry.secret_access_key.empty()) return mistake("has no aws_secret_access_key");
    if (!profile.entry.account_id.empty() && !is_account(profile.entry.account_id)) {
      return mistake("has an aws_account_id that is not twelve digits");
    }
    if (!file.entries_.emplace(profile.access_key_id, std::move(profile.entry)).second) {
      return mistake("has the aws_access_key_id of another profile");
    }
  }
  if (file.entries_.empty()) return Error(ErrorKind::InvalidSyntax, "it has no profiles");
  return file;
}

base::Result<CredentialsFile> CredentialsFile::read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error(ErrorKind::Io, "cannot read " + file);
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = parse(std::move(text).str());
  if (!parsed) return Error(parsed.error().kind, file + ": " + parsed.error().message);
  return parsed;
}

const CredentialsFile::Entry* CredentialsFile::find(std::string_view access_key_id) const {
  const auto found = entries_.find(access_key_id);
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace pawl::server
