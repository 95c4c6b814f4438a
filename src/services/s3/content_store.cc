// SPDX-License-Identifier: Apache-2.0
// Files stand in 256 folders named by the first two digits of their ids.
#include "services/s3/content_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "services/s3/version_id.h"

namespace pawl::s3 {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr size_t kIdBytes = 16;
constexpr size_t kBufferBytes = 256 * 1024;
constexpr int kFolders = 256;

Error io_error(const std::string& path) {
  return Error(ErrorKind::Io, path + ": " + std::strerror(errno));
}

Result<void> write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) return io_error("write");
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Result<void> sync_path(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return io_error(path);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced) return io_error(path);
  return {};
}

std::string make_id() { return base::hex_encode(random_bytes(kIdBytes)); }

}  // namespace

/// Keeps files from being removed while they are read.
class Pins {
 public:
  Pins(ContentStore& owner, std::vector<std::string> ids) : owner_(owner), ids_(std::move(ids)) {
    owner_.pin(ids_);
  }
  Pins(const Pins&) = delete;
  Pins& operator=(const Pins&) = delete;
  ~Pins() { owner_.unpin(ids_); }

 private:
  ContentStore& owner_;
  const std::vector<std::string> ids_;
};

namespace {

/// A part of one content.
struct Stretch {
  std::string path;   ///< of its file; "": `bytes`
  std::string bytes;  ///< all that is read of it
  uint64_t offset = 0;
  uint64_t length = 0;
};

class StretchReader final : public aws::BodySource {
 public:
  StretchReader(std::vector<Stretch> stretches, uint64_t length, std::unique_ptr<Pins> pins)
      : stretches_(std::move(stretches)), length_(length), pins_(std::move(pins)) {}
  StretchReader(const StretchReader&) = delete;
  StretchReader& operator=(const StretchReader&) = delete;
  ~StretchReader() override { close_file(); }

  std::optional<uint64_t> size() const override { return length_; }

  Result<size_t> read(char* out, size_t bytes_max) override {
    while (at_ < stretches_.size()) {
      const Stretch& stretch = stretches_[at_];
      const uint64_t left = stretch.length - done_;
      if (left == 0) {
        close_file();
        ++at_;
        done_ = 0;
        continue;
      }
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(left, bytes_max));
      const size_t count = stretch.path.empty()
                               ? stretch.bytes.copy(out, wanted, stretch.offset + done_)
                               : PAWL_TRY(read_file(stretch, out, wanted));
      done_ += count;
      return count;
    }
    return 0;
  }

 private:
  Result<size_t> read_file(const Stretch& stretch, char* out, size_t wanted) {
    if (file_ < 0) file_ = ::open(stretch.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file_ < 0) return io_error(stretch.path);
    while (true) {
      const ssize_t count = ::pread(file_, out, wanted, static_cast<off_t>(stretch.offset + done_));
      if (count > 0) return static_cast<size_t>(count);
      if (count == 0) return Error(ErrorKind::Io, stretch.path + ": shorter than its record");
      if (errno != EINTR) return io_error(stretch.path);
    }
  }
  void close_file() {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
  }

  const std::vector<Stretch> stretches_;
  const uint64_t length_;
  const std::unique_ptr<Pins> pins_;
  size_t at_ = 0;
  uint64_t done_ = 0;  ///< of stretches_[at_]
  int file_ = -1;
};

}  // namespace

NewContent& NewContent::operator=(NewContent&& other) noexcept {
  release();
  owner_ = std::exchange(other.owner_, nullptr);
  content_ = std::move(other.content_);
  bytes_ = std::move(other.bytes_);
  is_kept_ = other.is_kept_;
  return *this;
}

void NewContent::keep(store::Batch& batch) {
  is_kept_ = true;
  if (content_.is_inline) {
    batch.put(owner_->inline_, content_.id, bytes_);
  } else {
    batch.put(owner_->files_, content_.id, "");
  }
}

void NewContent::release() {
  if (owner_ == nullptr || content_.is_inline) return;
  if (!is_kept_) owner_->remove_file(content_.id);
  owner_->end(content_.id);
  owner_ = nullptr;
}

ContentWriter::ContentWriter(ContentWriter&& other) noexcept
    : owner_(other.owner_),
      id_(std::exchange(other.id_, "")),
      buffer_(std::move(other.buffer_)),
      size_(other.size_),
      file_(std::exchange(other.file_, -1)) {}

ContentWriter::~ContentWriter() {
  if (file_ >= 0) ::close(file_);
  if (id_.empty()) return;
  owner_.remove_file(id_);
  owner_.end(id_);
}

Result<void> ContentWriter::append(std::string_view bytes) {
  size_ += bytes.size();
  if (file_ < 0 && size_ > kInlineBytesMax) PAWL_TRY_VOID(open_file());
  if (file_ >= 0 && bytes.size() >= kBufferBytes) {
    PAWL_TRY_VOID(flush());
    return write_all(file_, bytes);
  }
  buffer_ += bytes;
  if (file_ >= 0 && buffer_.size() >= kBufferBytes) return flush();
  return {};
}

Result<void> ContentWriter::open_file() {
  id_ = make_id();
  owner_.begin(id_);
  const std::string path = owner_.path_of(id_);
  PAWL_TRY_VOID(owner_.make_folder_of(id_));
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file_ < 0) return io_error(path);
  return {};
}

Result<void> ContentWriter::flush() {
  PAWL_TRY_VOID(write_all(file_, buffer_));
  buffer_.clear();
  return {};
}

Result<NewContent> ContentWriter::finish() {
  if (file_ < 0) return NewContent(owner_, {make_id(), size_, true}, std::move(buffer_));
  PAWL_TRY_VOID(flush());
  if (!owner_.is_private_ && ::fsync(file_) != 0) return io_error(owner_.path_of(id_));
  ::close(std::exchange(file_, -1));
  PAWL_TRY_VOID(owner_.sync_folder_of(id_));
  return NewContent(owner_, {std::exchange(id_, ""), size_, false}, "");
}

Result<std::unique_ptr<ContentStore>> ContentStore::open(store::Store& store, std::string folder) {
  const bool is_private = folder.empty();
  if (is_private) {
    std::error_code error;
    folder = (std::filesystem::temp_directory_path(error) / "pawl-s3-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return io_error(folder);
  }
  std::unique_ptr<ContentStore> made(new ContentStore(store, std::move(folder), is_private));
  PAWL_TRY_VOID(made->prepare());
  return made;
}

Result<void> ContentStore::prepare() {
  inline_ = PAWL_TRY(store_.keyspace("s3/inline", store::Shape::Blobs));
  files_ = PAWL_TRY(store_.keyspace("s3/files", store::Shape::Records));
  at_start_ = store_.snapshot();
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return Error(ErrorKind::Io, folder_ + ": " + error.message());
  if (is_private_) return {};
  PAWL_TRY_VOID(sync_path(folder_, O_RDONLY | O_DIRECTORY));
  return sync_path(std::filesystem::path(folder_).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

ContentStore::~ContentStore() {
  if (!is_private_) return;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string ContentStore::folder_of(std::string_view id) const {
  return folder_ + "/" + std::string(id.substr(0, 2));
}
std::string ContentStore::path_of(std::string_view id) const {
  return folder_of(id) + "/" + std::string(id);
}

Result<void> ContentStore::make_folder_of(std::string_view id) const {
  const std::string path = folder_of(id);
  if (::mkdir(path.c_str(), 0777) != 0) {
    if (errno == EEXIST) return {};
    return io_error(path);
  }
  return is_private_ ? Result<void>() : sync_path(folder_, O_RDONLY | O_DIRECTORY);
}

Result<void> ContentStore::sync_folder_of(std::string_view id) const {
  if (is_private_) return {};
  return sync_path(folder_of(id), O_RDONLY | O_DIRECTORY);
}

Result<NewContent> ContentStore::adopt(aws::SpooledBody& body) {
  const std::string id = make_id();
  begin(id);
  NewContent made(*this, {id, body.size().value_or(0), false}, "");
  PAWL_TRY_VOID(make_folder_of(id));
  PAWL_TRY_VOID(body.move_to(path_of(id)));
  PAWL_TRY_VOID(sync_path(path_of(id), O_RDONLY));
  PAWL_TRY_VOID(sync_folder_of(id));
  return made;
}

Result<NewContent> ContentStore::copy(const Content& content) {
  if (content.is_inline) {
    auto bytes = PAWL_TRY(store_.get(inline_, content.id));
    if (!bytes) return Error(ErrorKind::NotFound, "content " + content.id);
    return NewContent(*this, {make_id(), content.size, true}, std::move(*bytes));
  }
  const std::string id = make_id();
  begin(id);
  NewContent made(*this, {id, content.size, false}, "");
  PAWL_TRY_VOID(make_folder_of(id));
  if (::link(path_of(content.id).c_str(), path_of(id).c_str()) == 0) {
    PAWL_TRY_VOID(sync_folder_of(id));
    return made;
  }
  if (errno == ENOENT) return Error(ErrorKind::NotFound, "content " + content.id);
  // The file has as many links as its file system allows, or that knows none.
  ContentWriter writer(*this);
  const auto source = PAWL_TRY(read({Piece{content, 0, ""}}, 0, content.size));
  std::string buffer(kBufferBytes, 0);
  while (const size_t count = PAWL_TRY(source->read(buffer.data(), buffer.size()))) {
    PAWL_TRY_VOID(writer.append(std::string_view(buffer).substr(0, count)));
  }
  return writer.finish();
}

Result<std::shared_ptr<aws::BodySource>> ContentStore::read(const std::vector<Piece>& pieces,
                                                            uint64_t offset, uint64_t length) {
  std::vector<Stretch> stretches;
  std::vector<std::string> ids;
  uint64_t left = length;
  for (const Piece& piece : pieces) {
    if (left == 0) break;
    const Content& content = piece.content;
    if (offset >= content.size) {
      offset -= content.size;
      continue;
    }
    Stretch stretch;
    stretch.offset = std::exchange(offset, 0);
    stretch.length = std::min(content.size - stretch.offset, left);
    left -= stretch.length;
    if (content.is_inline) {
      auto bytes = PAWL_TRY(store_.get(inline_, content.id));
      if (!bytes) return Error(ErrorKind::NotFound, "content " + content.id);
      stretch.bytes = std::move(*bytes);
    } else {
      stretch.path = path_of(content.id);
      ids.push_back(content.id);
    }
    stretches.push_back(std::move(stretch));
  }
  return std::make_shared<StretchReader>(std::move(stretches), length - left,
                                         std::make_unique<Pins>(*this, std::move(ids)));
}

void ContentStore::drop(store::Batch& batch, const Content& content) const {
  batch.erase(content.is_inline ? inline_ : files_, content.id);
}

void ContentStore::discard(const Content& content) {
  if (content.is_inline) return;
  {
    const std::lock_guard lock(mutex_);
    if (pins_.contains(content.id)) {
      condemned_.insert(content.id);
      return;
    }
  }
  remove_file(content.id);
}

void ContentStore::sweep() {
  if (!at_start_) return;
  for (int i = 0; i < kFolders; ++i) {
    const std::string folder = folder_of(base::hex_encode(std::string(1, static_cast<char>(i))));
    DIR* entries = ::opendir(folder.c_str());
    if (entries == nullptr) continue;
    while (const dirent* entry = ::readdir(entries)) {
      const std::string id = entry->d_name;
      if (id.size() != 2 * kIdBytes) continue;
      {
        const std::lock_guard lock(mutex_);
        if (in_progress_.contains(id) || condemned_.contains(id)) continue;
      }
      // Neither under way nor, now, in a record: it never will be.
      const auto before = at_start_->get(files_, id);
      const auto now = store_.get(files_, id);
      if (before && !*before && now && !*now) remove_file(id);
    }
    ::closedir(entries);
  }
  at_start_.reset();
}

void ContentStore::begin(const std::string& id) {
  const std::lock_guard lock(mutex_);
  in_progress_.insert(id);
}

void ContentStore::end(const std::string& id) {
  const std::lock_guard lock(mutex_);
  in_progress_.erase(id);
}

void ContentStore::pin(const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  for (const std::string& id : ids) ++pins_[id];
}

void ContentStore::unpin(const std::vector<std::string>& ids) {
  std::vector<std::string> removed;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& id : ids) {
      const auto found = pins_.find(id);
      if (--found->second != 0) continue;
      pins_.erase(found);
      if (condemned_.erase(id) != 0) removed.push_back(id);
    }
  }
  for (const std::string& id : removed) remove_file(id);
}

void ContentStore::remove_file(std::string_view id) const { ::unlink(path_of(id).c_str()); }

}  // namespace pawl::s3
