// SPDX-License-Identifier: Apache-2.0
// BlobFiles: the bytes of layers and configurations, one file each, known by their digest; and
// those of uploads under way. No store, no rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/body_source.h"
#include "base/error.h"

namespace pawl::ecr {

/// Thread-safe for different blobs and uploads. All calls block. Errors: Io.
class BlobFiles {
 public:
  /// Makes the folders.
  static base::Result<BlobFiles> open(const std::string& folder);

  std::string blob_path(std::string_view digest) const;
  std::string upload_path(std::string_view id) const;

  base::Result<void> begin_upload(std::string_view id) const;
  /// Bytes so far.
  base::Result<uint64_t> upload_bytes(std::string_view id) const;
  /// Appends `body`, or what `stream` brings; a spooled body that is the whole upload is renamed.
  /// What fails half-way is cut off again. LimitExceeded beyond `bytes_max` in all.
  base::Result<uint64_t> append(std::string_view id, std::string_view body, aws::BodySource* stream,
                                uint64_t bytes_max) const;
  void remove_upload(std::string_view id) const;

  /// Makes the upload the blob of this digest, on disk for good when this returns.
  base::Result<void> keep(std::string_view id, std::string_view digest) const;
  void remove_blob(std::string_view digest) const;

 private:
  explicit BlobFiles(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace pawl::ecr
