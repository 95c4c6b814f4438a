// SPDX-License-Identifier: Apache-2.0
#include "services/datasync/transfer.h"

#include <algorithm>
#include <utility>

namespace pawl::datasync {
namespace {

using base::Result;

constexpr size_t kUnderWayMax = 16;
constexpr int64_t kPartBytes = int64_t{8} << 20;
constexpr size_t kTellEvery = 200;

/// An MD5 of the bytes, not of parts: two of them can be compared.
bool is_content_hash(const std::string& etag) {
  return etag.size() == 32 && etag.find('-') == std::string::npos;
}

}  // namespace

Transfer::Transfer(aws::ServiceLoop& loop, std::unique_ptr<Place> source,
                   std::unique_ptr<Place> destination, TransferOptions options, PathFilter filter,
                   TransferProgress progress, Observer observer)
    : loop_(loop),
      source_{.place = std::move(source)},
      destination_{.place = std::move(destination)},
      options_(options),
      filter_(std::move(filter)),
      progress_(std::move(progress)),
      observer_(std::move(observer)) {}

void Transfer::start() {
  if (progress_.launched_ms == 0) progress_.launched_ms = loop_.now().ms;
  progress_.status = "LAUNCHING";
  tell();
  loop_.post([self = shared_from_this()] { self->begin_walk(Walk::Prepare, "PREPARING"); });
}

void Transfer::cancel() {
  if (progress_.has_ended() || is_cancelled_) return;
  is_cancelled_ = true;
  progress_.status = "CANCELLING";
  progress_.error_code = "Cancelled";
  progress_.error_detail = "The task execution was cancelled.";
  tell();
  loop_.post([self = shared_from_this()] { self->pump(); });
}

void Transfer::begin_walk(Walk walk, std::string_view status) {
  walk_ = walk;
  walk_began_ms_ = loop_.now().ms;
  for (Side* side : {&source_, &destination_}) {
    side->files.clear();
    side->token.clear();
    side->is_last = false;
  }
  if (walk == Walk::Prepare) {
    progress_.files_to_transfer = progress_.files_transferred;
    progress_.bytes_to_transfer = progress_.bytes_transferred;
    progress_.files_to_delete = progress_.files_deleted;
    progress_.files_skipped = 0;
  }
  if (!is_cancelled_) progress_.status = status;
  tell();
  pump();
}

/// Goes on as far as pages and room for copies allow. Never inside itself: calls may answer at
/// once.
void Transfer::pump() {
  if (is_pumping_ || progress_.has_ended()) return;
  is_pumping_ = true;
  const std::shared_ptr<Transfer> alive = shared_from_this();
  bool is_done = false;
  while (!progress_.has_ended() && under_way_ < kUnderWayMax) {
    if (is_cancelled_) {
      is_done = true;
      break;
    }
    std::optional<FileEntry> source;
    std::optional<FileEntry> destination;
    if (!next_pair(source, destination)) break;
    if (!source && !destination) {
      is_done = true;
      break;
    }
    handle(std::move(source), std::move(destination));
  }
  is_pumping_ = false;
  if (!is_done || under_way_ > 0 || progress_.has_ended()) return;
  if (is_cancelled_) return fail(progress_.error_code, progress_.error_detail);
  end_walk();
}

bool Transfer::fill(Side& side) {
  while (side.files.empty() && !side.is_last) {
    if (side.is_reading) return false;
    side.is_reading = true;
    side.place->list(side.token, [self = shared_from_this(), &side](Result<FilePage> page) {
      side.is_reading = false;
      if (!page) return self->fail("ListFailed", page.error().message);
      for (FileEntry& file : page->files) {
        if (self->filter_.takes(file.key)) side.files.push_back(std::move(file));
      }
      side.token = page->next;
      side.is_last = page->next.empty();
      self->pump();
    });
    if (side.is_reading || progress_.has_ended()) return false;
  }
  return true;
}

/// The next key of both lists: an entry of one, or of both if it is in both.
bool Transfer::next_pair(std::optional<FileEntry>& source, std::optional<FileEntry>& destination) {
  const bool has_source = fill(source_);
  const bool has_destination = fill(destination_);
  if (!has_source || !has_destination) return false;
  const auto take = [](Side& side) {
    FileEntry file = std::move(side.files.front());
    side.files.pop_front();
    return file;
  };
  const bool from_source = !source_.files.empty();
  const bool from_destination = !destination_.files.empty();
  if (!from_source && !from_destination) return true;
  const int order = !from_source ? 1
                    : !from_destination
                        ? -1
                        : source_.files.front().key.compare(destination_.files.front().key);
  if (order <= 0) source = take(source_);
  if (order >= 0) destination = take(destination_);
  return true;
}

bool Transfer::is_changed(const FileEntry& source, const FileEntry& destination) const {
  if (source.size != destination.size) return true;
  if (is_content_hash(source.etag) && is_content_hash(destination.etag))
    return source.etag != destination.etag;
  return source.modified_ms > destination.modified_ms;
}

void Transfer::handle(std::optional<FileEntry> source, std::optional<FileEntry> destination) {
  if (!source) {
    if (!options_.removes_deleted) return;
    if (walk_ == Walk::Prepare) ++progress_.files_to_delete;
    if (walk_ == Walk::Copy) remove(*destination);
    if (walk_ == Walk::Verify) file_failed(destination->key, "should have been deleted");
    return;
  }
  const bool is_wanted =
      !destination ||
      (options_.overwrites && (options_.copies_all || is_changed(*source, *destination)));
  switch (walk_) {
    case Walk::Prepare:
      if (is_wanted) {
        ++progress_.files_to_transfer;
        progress_.bytes_to_transfer += source->size;
      } else {
        ++progress_.files_skipped;
      }
      return;
    case Walk::Copy:
      if (is_wanted) copy(*source);
      return;
    case Walk::Verify:
      // "POINT_IN_TIME_CONSISTENT": all of the source must be there, and the same.
      if (!destination) {
        ++progress_.files_failed_verify;
        file_failed(source->key, "is not at the destination");
      } else if (options_.overwrites) {
        verify_pair(*source, *destination);
      } else {
        ++progress_.files_verified;
      }
      return;
  }
}

void Transfer::copy(const FileEntry& file) {
  ++under_way_;
  const Place::Done done = [self = shared_from_this(), file](Result<void> result) {
    self->copied(file, result);
  };
  const S3Location* from = source_.place->s3();
  if (from != nullptr && destination_.place->s3() != nullptr)
    return destination_.place->copy_from(*from, file, done);
  if (file.size > kPartBytes) return copy_in_parts(file, done);
  const auto write = [self = shared_from_this(), key = file.key, done](Result<std::string> bytes) {
    if (!bytes) return done(std::move(bytes).error());
    self->destination_.place->write(key, *std::move(bytes), done);
  };
  if (file.size == 0) return write(std::string());
  source_.place->read(file.key, 0, file.size, write);
}

void Transfer::copy_in_parts(const FileEntry& file, Place::Done done) {
  struct Parts {
    FileEntry file;
    Place::Done done;
    std::string id;
    std::vector<std::string> tags;
    std::function<void()> next;  ///< emptied at the end: it holds this
  };
  auto parts = std::make_shared<Parts>(Parts{file, std::move(done), "", {}, {}});
  const auto ended = [self = shared_from_this(), parts](Result<void> result) {
    if (!result) self->destination_.place->give_up(parts->file.key, parts->id);
    const Place::Done finished = std::move(parts->done);
    parts->next = nullptr;
    finished(std::move(result));
  };
  parts->next = [self = shared_from_this(), parts, ended] {
    const int64_t offset = static_cast<int64_t>(parts->tags.size()) * kPartBytes;
    if (offset >= parts->file.size)
      return self->destination_.place->end(parts->file.key, parts->id, parts->tags, ended);
    const int64_t length = std::min(kPartBytes, parts->file.size - offset);
    self->source_.place->read(
        parts->file.key, offset, length, [self, parts, ended](Result<std::string> bytes) {
          if (!bytes) return ended(std::move(bytes).error());
          self->destination_.place->write_part(
              parts->file.key, parts->id, static_cast<int>(parts->tags.size()) + 1,
              *std::move(bytes), [self, parts, ended](Result<std::string> tag) {
                if (!tag) return ended(std::move(tag).error());
                parts->tags.push_back(*std::move(tag));
                self->loop_.post([parts] {
                  const std::function<void()> next = parts->next;
                  if (next) next();
                });
              });
        });
  };
  destination_.place->begin(file.key, [parts, ended](Result<std::string> id) {
    if (!id) return ended(std::move(id).error());
    parts->id = *std::move(id);
    const std::function<void()> next = parts->next;
    next();
  });
}

void Transfer::copied(const FileEntry& file, const Result<void>& result) {
  if (!result) {
    ++progress_.files_failed_transfer;
    file_failed(file.key, result.error().message);
    return finish_one();
  }
  ++progress_.files_transferred;
  progress_.bytes_transferred += file.size;
  if (options_.verifies_copied) return verify_copy(file);
  finish_one();
}

void Transfer::compare_contents(const FileEntry& source, const FileEntry& destination,
                                std::function<void(bool is_same)> receiver) {
  const bool has_source = is_content_hash(source.etag);
  const bool has_destination = is_content_hash(destination.etag);
  if (source.size != destination.size) return receiver(false);
  if (has_source && has_destination) return receiver(source.etag == destination.etag);
  // One hash is missing at most where a folder is: it is made there. Of two folders both.
  const bool can_make =
      (has_source || source.etag.empty()) && (has_destination || destination.etag.empty());
  if (!can_make) return receiver(true);
  Place& place = has_source ? *destination_.place : *source_.place;
  place.content_hash(source.key, [self = shared_from_this(), source, destination, has_source,
                                  receiver = std::move(receiver)](Result<std::string> hash) {
    if (!hash || hash->empty()) return receiver(hash.has_value());
    FileEntry one = source;
    FileEntry other = destination;
    (has_source ? other : one).etag = *hash;
    self->compare_contents(one, other, receiver);
  });
}

void Transfer::verify_copy(const FileEntry& file) {
  destination_.place->look_up(
      file.key, [self = shared_from_this(), file](Result<std::optional<FileEntry>> found) {
        const auto judge = [self, file](bool is_same) {
          if (!is_same) {
            ++self->progress_.files_failed_verify;
            self->file_failed(file.key, "differs at the destination");
          } else if (!self->options_.verifies_all) {
            ++self->progress_.files_verified;  // else the third walk counts it
          }
          self->finish_one();
        };
        if (!found || !found->has_value()) return judge(false);
        self->compare_contents(file, **found, judge);
      });
}

void Transfer::verify_pair(const FileEntry& source, const FileEntry& destination) {
  ++under_way_;
  compare_contents(source, destination,
                   [self = shared_from_this(), key = source.key](bool is_same) {
                     if (is_same) {
                       ++self->progress_.files_verified;
                     } else {
                       ++self->progress_.files_failed_verify;
                       self->file_failed(key, "differs at the destination");
                     }
                     self->finish_one();
                   });
}

void Transfer::remove(const FileEntry& file) {
  ++under_way_;
  destination_.place->remove(file.key,
                             [self = shared_from_this(), key = file.key](Result<void> result) {
                               if (result) {
                                 ++self->progress_.files_deleted;
                               } else {
                                 ++self->progress_.files_failed_delete;
                                 self->file_failed(key, result.error().message);
                               }
                               self->finish_one();
                             });
}

void Transfer::finish_one() {
  --under_way_;
  if (++since_told_ >= kTellEvery) {
    since_told_ = 0;
    tell();
  }
  pump();
}

/// The execution goes on and ends with ERROR: the first failure is told.
void Transfer::file_failed(const std::string& key, std::string why) {
  if (!progress_.error_code.empty()) return;
  progress_.error_code = walk_ == Walk::Verify ? "VerifyFailed" : "TransferFailed";
  progress_.error_detail = "/" + key + ": " + std::move(why);
}

void Transfer::end_walk() {
  const int64_t took = loop_.now().ms - walk_began_ms_;
  switch (walk_) {
    case Walk::Prepare: progress_.prepare_ms = took; return begin_walk(Walk::Copy, "TRANSFERRING");
    case Walk::Copy:
      progress_.transfer_ms = took;
      if (options_.verifies_all) return begin_walk(Walk::Verify, "VERIFYING");
      break;
    case Walk::Verify: progress_.verify_ms = took; break;
  }
  end();
}

void Transfer::fail(std::string code, std::string detail) {
  if (progress_.has_ended()) return;
  progress_.error_code = std::move(code);
  progress_.error_detail = std::move(detail);
  end();
}

void Transfer::end() {
  progress_.status = progress_.error_code.empty() ? "SUCCESS" : "ERROR";
  progress_.ended_ms = loop_.now().ms;
  tell();
}

}  // namespace pawl::datasync
