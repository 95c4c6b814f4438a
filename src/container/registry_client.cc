// SPDX-License-Identifier: Apache-2.0
#include "container/registry_client.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "container/blob_digest.h"
#include "container/file_descriptor.h"
#include "json/parse.h"

namespace pawl::container {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kTextBytesMax = size_t{4} << 20;

/// The file goes with the object.
class TemporaryBlob final : public BlobFile {
 public:
  explicit TemporaryBlob(std::string path) : path_(std::move(path)) {}
  TemporaryBlob(const TemporaryBlob&) = delete;
  TemporaryBlob& operator=(const TemporaryBlob&) = delete;
  ~TemporaryBlob() override { unlink(path_.c_str()); }
  const std::string& path() const override { return path_; }

 private:
  std::string path_;
};

bool is_this_computer(std::string_view registry) {
  const std::string_view host = registry.substr(0, registry.rfind(':'));
  return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

/// The value of `name="…"` in a challenge (RFC 9110, section 11.2).
std::string parameter_of(std::string_view challenge, std::string_view name) {
  const std::string mark = std::string(name) + "=\"";
  const size_t at = challenge.find(mark);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = challenge.substr(at + mark.size());
  return std::string(rest.substr(0, rest.find('"')));
}

std::string escaped(const std::string& text) {
  char* out = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string copy = out != nullptr ? out : "";
  curl_free(out);
  return copy;
}

}  // namespace

/// One GET on a handle of its own.
class RegistryClient::Transfer {
 public:
  Transfer(const RegistryClient& client, int file)
      : client_(client), file_(file), handle_(curl_easy_init()) {}
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(handle_);
  }

  Result<Answer> run(const std::string& url, const std::string& authorization,
                     const std::string& accept) {
    if (!accept.empty()) headers_ = curl_slist_append(headers_, ("Accept: " + accept).c_str());
    if (!authorization.empty()) {
      headers_ = curl_slist_append(headers_, ("Authorization: " + authorization).c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
    // Blobs mostly lie elsewhere; the token goes to no other host (libcurl sees to that).
    curl_easy_setopt(handle_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle_, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(handle_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT, client_.options_.connect_timeout_s);
    curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1024L);
    curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME, client_.options_.stalled_timeout_s);
    curl_easy_setopt(handle_, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
    if (!client_.options_.ca_file.empty()) {
      curl_easy_setopt(handle_, CURLOPT_CAINFO, client_.options_.ca_file.c_str());
    }
    curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, &Transfer::go_on);
    curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
    const CURLcode failed = curl_easy_perform(handle_);
    if (failed != CURLE_OK) return Error(ErrorKind::Io, url + ": " + curl_easy_strerror(failed));
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer_.status);
    return std::move(answer_);
  }

 private:
  static size_t take_body(const char* bytes, size_t one, size_t count, void* self) {
    return static_cast<Transfer*>(self)->take({bytes, one * count}) ? one * count : 0;
  }

  bool take(std::string_view bytes) {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    if (file_ < 0 || status != 200) {
      answer_.body.append(bytes.substr(0, kTextBytesMax + 1 - answer_.body.size()));
      return answer_.body.size() <= kTextBytesMax;
    }
    written_ += bytes.size();
    if (written_ > client_.options_.blob_bytes_max) return false;
    while (!bytes.empty()) {
      const ssize_t written = write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }

  static size_t take_header(const char* bytes, size_t one, size_t count, void* self) {
    Answer& answer = static_cast<Transfer*>(self)->answer_;
    std::string_view line(bytes, one * count);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    const size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) answer = {};  // of a redirect
    if (colon == std::string_view::npos) return one * count;
    const std::string name(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (strcasecmp(name.c_str(), "Content-Type") == 0) answer.content_type = value;
    if (strcasecmp(name.c_str(), "WWW-Authenticate") == 0) answer.challenge = value;
    return one * count;
  }

  static int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->client_.is_stopped_ ? 1 : 0;
  }

  const RegistryClient& client_;
  const int file_;
  CURL* handle_;
  curl_slist* headers_ = nullptr;
  Answer answer_;
  uint64_t written_ = 0;
};

RegistryClient::RegistryClient(Options options) : options_(std::move(options)) {
  static const CURLcode is_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(is_ready);
  std::error_code failure;  // shows when a blob is to be written
  std::filesystem::create_directories(options_.folder, failure);
}

RegistryClient::~RegistryClient() = default;

bool RegistryClient::serves(const ImageReference& reference) const {
  static_cast<void>(reference);
  return true;
}

Result<RegistryClient::Answer> RegistryClient::get_url(const std::string& url,
                                                       const std::string& authorization,
                                                       const std::string& accept, int file) {
  return Transfer(*this, file).run(url, authorization, accept);
}

/// Docker Registry "Token Authentication".
Result<std::string> RegistryClient::fetch_token(const std::string& challenge) {
  const std::string realm = parameter_of(challenge, "realm");
  if (!challenge.starts_with("Bearer ") || realm.empty()) {
    return Error(ErrorKind::Unsupported, "the registry asks for credentials that we do not have");
  }
  const std::string url = realm + (realm.find('?') == std::string::npos ? "?" : "&") +
                          "service=" + escaped(parameter_of(challenge, "service")) +
                          "&scope=" + escaped(parameter_of(challenge, "scope"));
  const Answer answer = PAWL_TRY(get_url(url, "", "", -1));
  const Result<json::Value> document = json::parse(answer.body);
  for (const char* member : {"token", "access_token"}) {
    const json::Value* token = document && document->is_object() ? document->find(member) : nullptr;
    if (token != nullptr && token->is_string()) return std::string(token->as_string());
  }
  return Error(ErrorKind::Unsupported, "the registry gives no token to anybody");
}

Result<RegistryClient::Answer> RegistryClient::get(const ImageReference& reference,
                                                   const std::string& path, int file) {
  const std::string host =
      reference.registry == "docker.io" ? "registry-1.docker.io" : reference.registry;
  const std::string url = (is_this_computer(host) ? "http://" : "https://") + host + "/v2/" +
                          reference.repository + path;
  const std::string accept = std::string(kOciManifest) + ", " + std::string(kOciIndex) + ", " +
                             std::string(kDockerManifest) + ", " + std::string(kDockerIndex) +
                             ", */*";
  const std::string place = host + "/" + reference.repository;
  std::string token;
  {
    const std::lock_guard lock(mutex_);
    token = tokens_[place];
  }
  Answer answer = PAWL_TRY(get_url(url, token.empty() ? "" : "Bearer " + token, accept, file));
  if (answer.status == 401) {
    token = PAWL_TRY(fetch_token(answer.challenge));
    {
      const std::lock_guard lock(mutex_);
      tokens_[place] = token;
    }
    answer = PAWL_TRY(get_url(url, "Bearer " + token, accept, file));
  }
  if (answer.status == 200) return answer;
  const ErrorKind kind = answer.status == 404   ? ErrorKind::NotFound
                         : answer.status == 401 ? ErrorKind::Unsupported
                         : answer.status == 403 ? ErrorKind::Unsupported
                                                : ErrorKind::Io;
  return Error(kind, reference.text() + ": the registry answers " + std::to_string(answer.status) +
                         ": " + answer.body.substr(0, 300));
}

Result<StoredManifest> RegistryClient::manifest(const ImageReference& reference) {
  Answer answer = PAWL_TRY(get(reference, "/manifests/" + reference.manifest_name(), -1));
  StoredManifest out;
  out.media_type = answer.content_type.substr(0, answer.content_type.find(';'));
  out.digest = digest_of(answer.body);
  out.bytes = std::move(answer.body);
  if (reference.digest.empty() || reference.digest == out.digest) return out;
  return Error(ErrorKind::InvalidSyntax,
               reference.text() + ": the registry gives another manifest than asked for");
}

Result<std::unique_ptr<BlobFile>> RegistryClient::blob(const ImageReference& reference,
                                                       const Descriptor& blob) {
  std::string path = options_.folder + "/blob-XXXXXX";
  const FileDescriptor file(mkostemp(path.data(), O_CLOEXEC));
  if (!file) return Error(ErrorKind::Io, path + ": " + strerror(errno));
  auto kept = std::make_unique<TemporaryBlob>(path);
  PAWL_TRY(get(reference, "/blobs/" + blob.digest, file.get()));
  if (PAWL_TRY(digest_of_file(path)) != blob.digest) {
    return Error(ErrorKind::InvalidSyntax,
                 reference.text() + ": the registry gives other bytes than " + blob.digest);
  }
  return std::unique_ptr<BlobFile>(std::move(kept));
}

}  // namespace pawl::container
