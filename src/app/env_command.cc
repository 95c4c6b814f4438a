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

std::vector<std::pair<std::string, std::string>> variables(const EnvOptions& options,
                                                           const std::string& authority) {
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
  if (options.tls) {
    list.insert(list.end(), {{"AWS_CA_BUNDLE", authority},
                             {"CURL_CA_BUNDLE", authority},
                             {"REQUESTS_CA_BUNDLE", authority},
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
  EnvOptions all = options;
  all.tls = options.tls || options.unset;
  std::string text;
  for (const auto& [name, value] : variables(all, authority)) {
    text +=
        options.unset ? "unset " + name + ";\n" : "export " + name + "=" + quoted(value) + ";\n";
  }
  // A profile or a token of the real AWS would win over, or not fit, these.
  if (!options.unset) text += "unset AWS_PROFILE AWS_SESSION_TOKEN;\n";
  write_fully(STDOUT_FILENO, text);
  return kExitOk;
}

}  // namespace pawl::app
