// SPDX-License-Identifier: Apache-2.0
// ImageReference: the name of a container image, "registry/repository:tag@digest", as the OCI
// distribution specification and Docker write it, and the host names of Amazon ECR.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pawl::container {

/// "123456789012.dkr.ecr.eu-west-1.amazonaws.com".
struct EcrHost {
  std::string account;
  std::string region;
};

/// The account and region of a host name of ECR, with or without a port.
std::optional<EcrHost> parse_ecr_host(std::string_view host);

/// "sha256:" and 64 lower-case hexadecimal digits; the only algorithm that is taken.
bool is_digest(std::string_view text);
/// OCI distribution "Pulling manifests": a tag.
bool is_tag(std::string_view text);
/// OCI distribution: a repository's name, up to 255 characters.
bool is_repository_name(std::string_view text);

struct ImageReference {
  std::string registry;    ///< "docker.io", "127.0.0.1:5000"
  std::string repository;  ///< "library/python"
  std::string tag;         ///< "" if only a digest is given; "latest" if neither is
  std::string digest;      ///< "" or "sha256:…"; decides, if there is a tag as well

  /// As Docker reads names: the first part is a registry if it has a dot or a colon or is
  /// "localhost"; else it is docker.io, with "library/" before a single name. Errors:
  /// InvalidSyntax. Thread-safe.
  static base::Result<ImageReference> parse(std::string_view text);

  /// The digest if there is one, else the tag: what a manifest is asked for by.
  const std::string& manifest_name() const { return digest.empty() ? tag : digest; }
  std::string text() const;
  /// The same image by its digest alone: "registry/repository@digest".
  std::string text_with(std::string_view other_digest) const;
};

}  // namespace pawl::container
