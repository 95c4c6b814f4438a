// SPDX-License-Identifier: Apache-2.0
// Manifests, indexes and configurations of images: JSON documents of OCI's image specification 1.1
// and of Docker's image manifest version 2, schema 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace pawl::container {

inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kDockerManifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerIndex =
    "application/vnd.docker.distribution.manifest.list.v2+json";

/// OCI "Platform": GOOS and GOARCH words.
struct Platform {
  std::string os = "linux";
  std::string architecture = "amd64";
};

/// What this machine runs.
Platform machine_platform();

/// OCI "Descriptor".
struct Descriptor {
  std::string media_type;
  std::string digest;
  uint64_t size = 0;
  std::optional<Platform> platform = {};  ///< in an index
};

/// A manifest or an index (then `manifests` is filled and nothing else).
struct ImageManifest {
  bool is_index = false;
  std::string media_type;
  std::string artifact_type;
  std::string subject;  ///< the digest of the manifest that it refers to; "": none
  Descriptor config;
  std::vector<Descriptor> layers;
  std::vector<Descriptor> manifests;

  /// Reads either; `media_type` as the transport gave it, "" if unknown: then the document tells.
  /// Up to 4 MiB, 2,048 layers or manifests. Errors: InvalidJson, InvalidSyntax (a member is
  /// missing or wrong, a digest is none), Unsupported (schema 1), LimitExceeded. Thread-safe.
  static base::Result<ImageManifest> parse(std::string_view text, std::string_view media_type);

  /// Of an index: the manifest for that platform; nullptr if there is none.
  const Descriptor* find(const Platform& platform) const;
};

/// OCI "Image configuration", what is needed to run it.
struct ImageConfig {
  Platform platform;
  std::vector<std::string> entry_point;
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;  ///< in order
  std::string working_directory;                                 ///< "": "/"
  std::string user;  ///< "", "1000", "name", "name:group", "1000:1000"
  std::vector<std::string> volumes;
  std::string stop_signal;  ///< "", "SIGINT", "15"
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::string> diff_ids;  ///< digests of the layers, unpacked

  /// Errors: InvalidJson, InvalidSyntax. Thread-safe.
  static base::Result<ImageConfig> parse(std::string_view text);
};

}  // namespace pawl::container
