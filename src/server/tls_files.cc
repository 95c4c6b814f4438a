// SPDX-License-Identifier: Apache-2.0
// Files are written beside and renamed, so that one is whole or not there.
#include "server/tls_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "net/certificate_authority.h"

namespace pawl::server {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using net::CertifiedKey;

constexpr int64_t kRenewBeforeMs = int64_t{30} * 86'400'000;

/// Regions whose hosts a client may be told to find here (by /etc/hosts or a proxy).
constexpr const char* kRegions[] = {
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "af-south-1",
    "ap-east-1",      "ap-south-1",     "ap-south-2",     "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ca-central-1",   "ca-west-1",      "eu-central-1",   "eu-central-2",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-north-1",     "eu-south-1",
    "eu-south-2",     "il-central-1",   "me-central-1",   "me-south-1",     "sa-east-1"};

net::ServerNames server_names() {
  net::ServerNames names;
  names.dns = {"localhost",         "*.localhost",          "sync-localhost",
               "sync-127.0.0.1",    "states.localhost",     "sync-states.localhost",
               "*.s3.localhost",    "host.docker.internal", "*.amazonaws.com",
               "*.s3.amazonaws.com"};
  for (const char* region : kRegions) {
    names.dns.push_back(std::string("*.") + region + ".amazonaws.com");
    names.dns.push_back(std::string("*.s3.") + region + ".amazonaws.com");
    // APIs of API Gateway; curl and browsers find every name below "localhost" on this computer.
    names.dns.push_back(std::string("*.execute-api.") + region + ".amazonaws.com");
    names.dns.push_back(std::string("*.execute-api.") + region + ".localhost");
  }
  names.addresses = {"127.0.0.1", "::1"};
  return names;
}

Error failure(const std::string& what, const std::string& file) {
  return {ErrorKind::Io, what + " " + file + ": " + std::strerror(errno)};
}

/// nullopt if there is no such file.
base::Result<std::optional<std::string>> read(const std::string& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return std::optional<std::string>();
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure("cannot read", file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::optional(std::move(text).str());
}

base::Result<void> write(const std::string& file, const std::string& text, mode_t mode) {
  const std::string beside = file + ".new";
  unlink(beside.c_str());
  const int descriptor = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return failure("cannot write", beside);
  const bool is_written =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0;
  close(descriptor);
  if (!is_written || rename(beside.c_str(), file.c_str()) != 0) {
    return failure("cannot write", file);
  }
  return {};
}

/// FOLDER/NAME.pem and FOLDER/NAME-key.pem; nullopt unless both are there.
base::Result<std::optional<CertifiedKey>> read_pair(const std::string& path) {
  auto certificate = PAWL_TRY(read(path + ".pem"));
  auto key = PAWL_TRY(read(path + "-key.pem"));
  if (!certificate || !key) return std::optional<CertifiedKey>();
  return std::optional(CertifiedKey{std::move(*certificate), std::move(*key)});
}

base::Result<void> write_pair(const std::string& path, const CertifiedKey& pair) {
  PAWL_TRY_VOID(write(path + "-key.pem", pair.key, 0600));
  return write(path + ".pem", pair.certificate, 0644);
}

}  // namespace

std::string authority_file(const std::string& folder) { return folder + "/ca.pem"; }

base::Result<std::shared_ptr<const net::TlsContext>> open_tls_files(const std::string& folder,
                                                                    base::Timestamp now) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error(ErrorKind::Io, "cannot make " + folder + ": " + error.message());
  auto authority = PAWL_TRY(read_pair(folder + "/ca"));
  if (!authority) {
    authority = net::make_certificate_authority("Pawl local certificate authority", now);
    PAWL_TRY_VOID(write_pair(folder + "/ca", *authority));
  }
  const net::ServerNames names = server_names();
  auto server = PAWL_TRY(read_pair(folder + "/server"));
  const base::Timestamp soon{now.ms + kRenewBeforeMs};
  if (!server || !net::certifies(server->certificate, authority->certificate, names, soon)) {
    server = PAWL_TRY(net::issue_certificate(*authority, names, now));
    PAWL_TRY_VOID(write_pair(folder + "/server", *server));
  }
  return net::TlsContext::make(server->certificate + authority->certificate, server->key);
}

}  // namespace pawl::server
