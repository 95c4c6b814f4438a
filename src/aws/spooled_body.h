// SPDX-License-Identifier: Apache-2.0
// SpooledBody: the body of a request that was too large for memory, in a file of its own. What the
// server hands out as HttpRequest::stream.
#pragma once

#include <memory>
#include <string>

#include "aws/body_source.h"

namespace pawl::aws {

/// The file is complete and closed; it stands in the same file system as the data folder. Nothing
/// has been synced to the disk. Used by one thread at a time; reading blocks.
class SpooledBody final : public BodySource {
 public:
  /// `owner` removes the file when the last one lets go of it, unless it has been moved away.
  SpooledBody(std::string path, uint64_t size, std::shared_ptr<void> owner);
  ~SpooledBody() override;
  SpooledBody(const SpooledBody&) = delete;
  SpooledBody& operator=(const SpooledBody&) = delete;

  const std::string& path() const { return path_; }
  std::optional<uint64_t> size() const override { return size_; }
  base::Result<size_t> read(char* out, size_t bytes_max) override;

  /// Renames the file, which from now on is the caller's; path() follows. Errors: Io, also if the
  /// target is in another file system; then it stays where it was.
  base::Result<void> move_to(const std::string& target);

 private:
  std::string path_;
  const uint64_t size_;
  std::shared_ptr<void> owner_;
  int descriptor_ = -1;  ///< opened by the first read
};

}  // namespace pawl::aws
