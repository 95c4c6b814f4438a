// SPDX-License-Identifier: Apache-2.0
// Transfer: one execution of a task: compares two places as sorted lists, page by page, copies,
// deletes, verifies. Three walks over the lists: what is to be done is counted (PREPARING), done
// (TRANSFERRING), and compared again (VERIFYING). Memory: a page of each list and the copies under
// way.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/service/service_loop.h"
#include "services/datasync/path_filter.h"
#include "services/datasync/place.h"

namespace pawl::datasync {

/// The API's Options, as far as they bear on objects and files.
struct TransferOptions {
  bool copies_all = false;       ///< TransferMode ALL
  bool overwrites = true;        ///< OverwriteMode
  bool removes_deleted = false;  ///< PreserveDeletedFiles REMOVE
  bool verifies_all = true;      ///< VerifyMode POINT_IN_TIME_CONSISTENT
  bool verifies_copied = true;   ///< ONLY_FILES_TRANSFERRED, and the one above
};

/// What DescribeTaskExecution shows.
struct TransferProgress {
  std::string status = "QUEUED";
  int64_t files_to_transfer = 0;
  int64_t bytes_to_transfer = 0;
  int64_t files_to_delete = 0;
  int64_t files_transferred = 0;
  int64_t bytes_transferred = 0;
  int64_t files_deleted = 0;
  int64_t files_skipped = 0;
  int64_t files_verified = 0;
  int64_t files_failed_transfer = 0;
  int64_t files_failed_verify = 0;
  int64_t files_failed_delete = 0;
  int64_t launched_ms = 0;
  int64_t prepare_ms = 0;
  int64_t transfer_ms = 0;
  int64_t verify_ms = 0;
  int64_t ended_ms = 0;
  std::string error_code = {};
  std::string error_detail = {};

  bool has_ended() const { return status == "SUCCESS" || status == "ERROR"; }
};

/// Lives until it has ended (it holds itself by its calls). On the loop's thread.
class Transfer : public std::enable_shared_from_this<Transfer> {
 public:
  /// Called when the status changes, now and then while files go, and at the end.
  using Observer = std::function<void(const TransferProgress& progress)>;

  /// `progress`: what an execution that a restart interrupted had done.
  Transfer(aws::ServiceLoop& loop, std::unique_ptr<Place> source,
           std::unique_ptr<Place> destination, TransferOptions options, PathFilter filter,
           TransferProgress progress, Observer observer);

  void start();
  /// What is under way is finished; then the execution ends with ERROR.
  void cancel();

 private:
  enum class Walk { Prepare, Copy, Verify };
  struct Side {
    std::unique_ptr<Place> place;
    std::deque<FileEntry> files = {};
    std::string token = {};
    bool is_last = false;
    bool is_reading = false;
  };

  void begin_walk(Walk walk, std::string_view status);
  void end_walk();
  void pump();
  /// False: a page must come first.
  bool fill(Side& side);
  bool next_pair(std::optional<FileEntry>& source, std::optional<FileEntry>& destination);
  void handle(std::optional<FileEntry> source, std::optional<FileEntry> destination);
  bool is_changed(const FileEntry& source, const FileEntry& destination) const;
  void copy(const FileEntry& file);
  void copied(const FileEntry& file, const base::Result<void>& result);
  void verify_copy(const FileEntry& file);
  void verify_pair(const FileEntry& source, const FileEntry& destination);
  /// Size, and content where it has an MD5: of files it is made, of objects that came in parts it
  /// is not known.
  void compare_contents(const FileEntry& source, const FileEntry& destination,
                        std::function<void(bool is_same)> receiver);
  void remove(const FileEntry& file);
  void finish_one();
  void copy_in_parts(const FileEntry& file, Place::Done done);
  void file_failed(const std::string& key, std::string why);
  void fail(std::string code, std::string detail);
  void end();
  void tell() { observer_(progress_); }

  aws::ServiceLoop& loop_;
  Side source_;
  Side destination_;
  const TransferOptions options_;
  const PathFilter filter_;
  TransferProgress progress_;
  const Observer observer_;
  Walk walk_ = Walk::Prepare;
  int64_t walk_began_ms_ = 0;
  size_t under_way_ = 0;
  size_t since_told_ = 0;
  bool is_pumping_ = false;
  bool is_cancelled_ = false;
};

}  // namespace pawl::datasync
