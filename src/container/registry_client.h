// SPDX-License-Identifier: Apache-2.0
// RegistryClient: images of other registries by the OCI distribution API (libcurl): plain HTTP on
// this computer, TLS elsewhere; anonymous, with the token that a registry hands out to anybody.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "container/image_source.h"

namespace pawl::container {

/// Serves every registry: to be asked last. Thread-safe; blocks for as long as the network takes.
class RegistryClient final : public ImageSource {
 public:
  struct Options {
    std::string folder;     ///< of blobs while they arrive; made
    std::string ca_file{};  ///< PEM certificates that are trusted instead of the system's
    long connect_timeout_s = 10;
    long stalled_timeout_s = 30;  ///< without a kilobyte in a second
    uint64_t blob_bytes_max = uint64_t{10} << 30;
  };
  explicit RegistryClient(Options options);
  ~RegistryClient() override;

  /// What is under way fails soon, and all that comes later.
  void stop() { is_stopped_ = true; }

  bool serves(const ImageReference& reference) const override;
  base::Result<StoredManifest> manifest(const ImageReference& reference) override;
  base::Result<std::unique_ptr<BlobFile>> blob(const ImageReference& reference,
                                               const Descriptor& blob) override;

 private:
  class Transfer;
  struct Answer {
    long status = 0;
    std::string content_type;
    std::string challenge;  ///< WWW-Authenticate
    std::string body;       ///< what did not go into the file
  };
  /// GET, once more with a token if one is asked for.
  base::Result<Answer> get(const ImageReference& reference, const std::string& path, int file);
  base::Result<Answer> get_url(const std::string& url, const std::string& authorization,
                               const std::string& accept, int file);
  base::Result<std::string> fetch_token(const std::string& challenge);

  const Options options_;
  std::atomic<bool> is_stopped_{false};
  std::mutex mutex_;
  std::map<std::string, std::string> tokens_;  ///< by registry and repository; guarded by mutex_
};

}  // namespace pawl::container
