// SPDX-License-Identifier: Apache-2.0
// Names from the SDKs' "Settings reference" and from what the languages below them read.
#include "app/env_command.h"

#include <unistd.h>

#include <filesystem>
#include <utility>
#include <vector>

#include "app/exit_code.h"
#include "app/serve_command.h"
#include "app/text_file.h"
#include "server/tls_files.h"

namespace pawl::app {
namespace {

/// One word of a POSIX shell.
std::string quoted(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

/// The certificate authorities that this computer trusts: Debian's file, Fedora's, macOS's.
constexpr const char* kSystemAuthorities[] = {
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
constexpr size_t kAuthoritiesBytesMax = 16u << 20u;

/// A file with the computer's authorities and the server's beside the latter's: what a client
/// trusts that takes one file only, so that it goes on trusting the rest of the world. The
/// authority's own file where that cannot be written.
std::string trusted_file(const std::string& authority) {
  auto own = read_text_file(authority, kAuthoritiesBytesMax);
  if (!own) return authority;
  std::string text;
  for (const char* system : kSystemAuthorities) {
    auto read = read_text_file(system, kAuthoritiesBytesMax);
    if (!read) continue;
    text = *read + "\n";
    break;
  }
  text += *own;
  const std::string trusted =
      (std::filesystem::path(authority).parent_path() / "trusted.pem").string();
  const auto there = read_text_file(trusted, kAuthoritiesBytesMax);
  if (there && *there == text) return trusted;
  return write_text_file(trusted, text) ? trusted : authority;
}

std::vector<std::pair<std::string, std::string>> variables(const EnvOptions& options,
                                                           const std::string& authority,
                                                           const std::string& trusted) {
  const bool is_v6 = options.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + options.host + "]" : options.host;
  std::vector<std::pair<std::string, std::string>> list = {
      {"AWS_ENDPOINT_URL",
       (options.tls ? "https://" : "http://") + host + ":" + std::to_string(options.port)},
      {"AWS_REGION", options.region},
      {"AWS_DEFAULT_REGION", options.region},
      {"AWS_ACCESS_KEY_ID", "test"},
      {"AWS_SECRET_ACCESS_KEY", "test"},
      // StartSyncExecution and TestState go to the host "sync-…", which no name server knows here.
      {"AWS_DISABLE_HOST_PREFIX_INJECTION", "true"},
      {"AWS_EC2_METADATA_DISABLED", "true"}};
  // The URLs that services hand out are https: an API's, a function's.
  if (!trusted.empty()) {
    list.insert(list.end(), {{"AWS_CA_BUNDLE", trusted},
                             {"CURL_CA_BUNDLE", trusted},
                             {"REQUESTS_CA_BUNDLE", trusted},
                             {"NODE_EXTRA_CA_CERTS", authority}});
  }
  return list;
}

}  // namespace

int run_env(const EnvOptions& options) {
  const std::string folder =
      options.data_folder.empty() ? default_data_folder() : options.data_folder;
  const std::string authority =
      std::filesystem::absolute(server::authority_file(folder + "/tls")).string();
  std::error_code error;
  if (options.tls && !options.unset && !std::filesystem::exists(authority, error)) {
    write_fully(STDERR_FILENO, "pawl env: there is no " + authority +
                                   " yet: pawl serve makes it when it starts\n");
    return kExitRefused;
  }
  std::string trusted;
  if (options.unset) {
    trusted = authority;
  } else if (std::filesystem::exists(authority, error)) {
    trusted = trusted_file(authority);
  }
  std::string text;
  for (const auto& [name, value] : variables(options, authority, trusted)) {
    text +=
        options.unset ? "unset " + name + ";\n" : "export " + name + "=" + quoted(value) + ";\n";
  }
  // A profile or a token of the real AWS would win over, or not fit, these.
  if (!options.unset) text += "unset AWS_PROFILE AWS_SESSION_TOKEN;\n";
  write_fully(STDOUT_FILENO, text);
  return kExitOk;
}

}  // namespace pawl::app
