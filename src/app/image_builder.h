// SPDX-License-Identifier: Apache-2.0
// ImageBuilder: the command lines of the tool that builds and pushes images: buildah with a storage
// of ours, or Docker. Not the tool itself.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "container/image_reference.h"

namespace pawl::app {

class ImageBuilder {
 public:
  /// Looks for buildah, then for a Docker whose daemon answers; PAWL_IMAGE_BUILDER names another
  /// program for the first. PAWL_IMAGE_STORAGE is where buildah keeps images (below the user's data
  /// folder). `address`: the server's, "127.0.0.1:4566". Blocks for a moment. Errors: NotFound.
  static base::Result<ImageBuilder> find(const std::string& address);
  ImageBuilder(ImageBuilder&& other) noexcept;
  ImageBuilder& operator=(ImageBuilder&&) = delete;
  ~ImageBuilder();

  /// The exit status of the tool, whose output goes where ours goes.
  /// `options`: of `docker build`, "-t" for `tag` among them, which says where FROM may find ECR.
  int build(const std::vector<std::string>& options, const std::string& context,
            const std::string& tag);
  int push(const std::string& tag, const container::ImageReference& target);

  bool is_buildah() const { return is_buildah_; }
  /// A command of the tool on its storage, as it is.
  int command(const std::vector<std::string>& words, bool is_silent = false);
  /// Whether the storage has this image.
  bool has(const std::string& name);

  /// Where a reference is really pushed to and pulled from: ECR's hosts are the server.
  std::string reachable(const container::ImageReference& reference) const;

 private:
  ImageBuilder() = default;
  void choose_storage();
  void write_registries(const std::string& tag);

  std::string address_;
  std::string program_;
  bool is_buildah_ = true;
  std::vector<std::string> storage_options_;
  std::string registries_file_;  ///< that tells buildah where ECR's hosts are
};

/// The exit status of a program found in PATH, 127 if there is none. Its output goes where ours
/// goes, unless it is silent.
int run_program(const std::vector<std::string>& command, bool is_silent,
                const std::vector<std::pair<std::string, std::string>>& environment = {});

}  // namespace pawl::app
