// SPDX-License-Identifier: Apache-2.0
// ContentStore: the bytes of objects and parts: small ones in the store, larger ones in files. It
// knows no buckets; what belongs to what is in the metadata.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/body_source.h"
#include "aws/spooled_body.h"
#include "base/error.h"
#include "services/s3/records.h"
#include "store/store.h"

namespace pawl::s3 {

inline constexpr size_t kInlineBytesMax = 16 * 1024;

class ContentStore;

/// A content that no record names yet: it goes when this goes, unless a batch keeps it. Movable; it
/// must live until that batch is committed, and not outlive the ContentStore.
class NewContent {
 public:
  NewContent() = default;
  NewContent(ContentStore& owner, Content content, std::string bytes)
      : owner_(&owner), content_(std::move(content)), bytes_(std::move(bytes)) {}
  NewContent(NewContent&& other) noexcept { *this = std::move(other); }
  NewContent& operator=(NewContent&& other) noexcept;
  ~NewContent() { release(); }

  const Content& content() const { return content_; }
  /// Adds to the batch that it is kept.
  void keep(store::Batch& batch);

 private:
  void release();

  ContentStore* owner_ = nullptr;
  Content content_;
  std::string bytes_;  ///< if inline
  bool is_kept_ = false;
};

/// Takes bytes one after the other. One thread. Blocks on the disk beyond kInlineBytesMax.
class ContentWriter {
 public:
  explicit ContentWriter(ContentStore& owner) : owner_(owner) {}
  ContentWriter(ContentWriter&& other) noexcept;
  ~ContentWriter();

  base::Result<void> append(std::string_view bytes);
  /// The last call. The bytes are on disk, if they are in a file.
  base::Result<NewContent> finish();
  uint64_t size() const { return size_; }

 private:
  base::Result<void> open_file();
  base::Result<void> flush();

  ContentStore& owner_;
  std::string id_;      ///< of the file, "" while there is none
  std::string buffer_;  ///< not written yet
  uint64_t size_ = 0;
  int file_ = -1;
};

/// Thread-safe.
class ContentStore {
 public:
  /// `folder` is made if it is missing; "": a private one that goes with this object, and nothing
  /// is synced. Errors: Io.
  static base::Result<std::unique_ptr<ContentStore>> open(store::Store& store, std::string folder);
  ~ContentStore();

  ContentWriter writer() { return ContentWriter(*this); }
  /// The file of a body that the server has spooled, moved and not copied. It must have been read,
  /// and be in the same file system: see adopts().
  base::Result<NewContent> adopt(aws::SpooledBody& body);
  bool adopts(const aws::SpooledBody& body) const {
    return !is_private_ && body.size().value_or(0) > kInlineBytesMax;
  }
  /// The same bytes under another name: a hard link, if it is a file.
  base::Result<NewContent> copy(const Content& content);

  /// `length` bytes of the pieces in their order, from `offset`. The contents are pinned as long as
  /// the source lives. Bytes in the store are read here, files later on.
  /// Errors: NotFound if the store has not got an inline content: its version is gone.
  base::Result<std::shared_ptr<aws::BodySource>> read(const std::vector<Piece>& pieces,
                                                      uint64_t offset, uint64_t length);

  /// Adds to the batch that the record of a content goes.
  void drop(store::Batch& batch, const Content& content) const;
  /// Removes its file: to be called when that batch is on disk. Waits for pins, in that the last of
  /// them removes it.
  void discard(const Content& content);

  /// Removes files that no record names: what a crash left over. Beside everything else; blocks.
  void sweep();

 private:
  friend class NewContent;
  friend class ContentWriter;
  friend class Pins;

  ContentStore(store::Store& store, std::string folder, bool is_private)
      : store_(store), folder_(std::move(folder)), is_private_(is_private) {}
  base::Result<void> prepare();
  std::string folder_of(std::string_view id) const;
  std::string path_of(std::string_view id) const;
  base::Result<void> make_folder_of(std::string_view id) const;
  /// Makes what stands in the folder of `id` durable.
  base::Result<void> sync_folder_of(std::string_view id) const;
  void begin(const std::string& id);
  void end(const std::string& id);
  void pin(const std::vector<std::string>& ids);
  void unpin(const std::vector<std::string>& ids);
  void remove_file(std::string_view id) const;

  store::Store& store_;
  const std::string folder_;
  const bool is_private_;
  store::Keyspace inline_;
  store::Keyspace files_;
  /// What was on disk when this began: files that it names are dropped by discard() only.
  std::unique_ptr<store::Snapshot> at_start_;

  std::mutex mutex_;
  std::set<std::string> in_progress_;   ///< files that no record names yet; guarded by mutex_
  std::map<std::string, size_t> pins_;  ///< guarded by mutex_
  std::set<std::string> condemned_;     ///< to be removed by the last pin; guarded by mutex_
};

}  // namespace pawl::s3
