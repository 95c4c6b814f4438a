// SPDX-License-Identifier: Apache-2.0
#include "container/container_host.h"

#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "container/remove_tree.h"

namespace pawl::container {

using base::Error;
using base::ErrorKind;
using base::Result;

ContainerHost::~ContainerHost() {
  stop();
  runner_.reset();
  images_.reset();
  if (is_temporary_) remove_tree(folder_);
}

Result<void> ContainerHost::open_images() {
  if (is_stopped_) return Error(ErrorKind::Unsupported, "the server is stopping");
  if (images_) return {};
  if (folder_.empty()) folder_ = options_.folder;
  if (folder_.empty()) {
    std::string name = (std::filesystem::temp_directory_path() / "pawl-images-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) return Error(ErrorKind::Io, name + ": " + strerror(errno));
    folder_ = name;
    is_temporary_ = true;
  }
  remove_tree(folder_ + "/pulls");
  client_ = std::make_unique<RegistryClient>(
      RegistryClient::Options{.folder = folder_ + "/pulls", .ca_file = options_.ca_file});
  std::vector<ImageSource*> sources = options_.sources;
  sources.push_back(client_.get());
  images_ = PAWL_TRY(ImageCache::open({.folder = folder_ + "/images", .sources = sources}));
  return {};
}

Result<ImageCache*> ContainerHost::images() {
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(open_images());
  return images_.get();
}

Result<Runner*> ContainerHost::runner() {
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(open_images());
  if (!runner_) {
    runner_ = PAWL_TRY(Runner::open(
        {.folder = folder_ + "/runs", .images = images_.get(), .work = options_.work}));
  }
  return runner_.get();
}

void ContainerHost::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  if (client_) client_->stop();
  if (runner_) runner_->end();
}

}  // namespace pawl::container
