// SPDX-License-Identifier: Apache-2.0
// ContainerHost: the one ImageCache and the one Runner of a process, made when they are first
// needed: a start that runs no container pays nothing for them.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "container/image_cache.h"
#include "container/registry_client.h"
#include "container/runner.h"

namespace pawl::container {

/// Thread-safe.
class ContainerHost {
 public:
  struct Options {
    /// Its own, in the data folder: images/, runs/, pulls/. "": a temporary one, removed at the
    /// end.
    std::string folder;
    /// Asked before other registries are, in order. They outlive this object.
    std::vector<ImageSource*> sources;
    std::function<void(std::function<void()>)> work = {};  ///< Runner::Options::work
    std::string ca_file = {};                              ///< RegistryClient::Options::ca_file
  };

  explicit ContainerHost(Options options) : options_(std::move(options)) {}
  ~ContainerHost();

  /// Blocks for a moment the first time. Errors: Io. Valid as long as this object.
  base::Result<ImageCache*> images();
  base::Result<Runner*> runner();

  /// Kills all containers and breaks off what is being pulled; from then on nothing is called and
  /// nothing started. Before those end who are called.
  void stop();

 private:
  base::Result<void> open_images();

  const Options options_;
  std::mutex mutex_;
  bool is_stopped_ = false;
  std::string folder_;
  bool is_temporary_ = false;
  std::unique_ptr<RegistryClient> client_;
  std::unique_ptr<ImageCache> images_;
  std::unique_ptr<Runner> runner_;
};

}  // namespace pawl::container
