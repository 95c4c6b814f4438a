// SPDX-License-Identifier: Apache-2.0
// Place: one end of a transfer, a bucket or a local folder, as a list of files in the order of
// their keys, and what can be done to one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "base/error.h"

namespace pawl::datasync {

/// A file or an object. `key` is relative to the location, without a slash in front.
struct FileEntry {
  std::string key;
  int64_t size = 0;
  std::string etag;  ///< of objects, without quotes; "" of files
  int64_t modified_ms = 0;
};

struct FilePage {
  std::vector<FileEntry> files;  ///< by key, bytewise
  std::string next;              ///< token of the next page; "": this was the last
};

struct S3Location {
  std::string bucket;
  std::string prefix;  ///< "" or ending in a slash
  std::string storage_class;
  std::string role_arn;
  std::string account;
  std::string region;
};

/// Errors: Io with the text of what went wrong ("CODE: message" of a service). Every receiver is
/// called once, on the loop's thread. Must outlive its calls.
class Place {
 public:
  template <typename T>
  using Receiver = std::function<void(base::Result<T>)>;
  using Done = Receiver<void>;

  virtual ~Place() = default;

  virtual void list(const std::string& token, Receiver<FilePage> receiver) = 0;
  /// nullopt: there is none.
  virtual void look_up(const std::string& key, Receiver<std::optional<FileEntry>> receiver) = 0;
  /// The MD5 of a file's bytes in hexadecimal; "": not known without reading an object.
  virtual void content_hash(const std::string& key, Receiver<std::string> receiver) = 0;
  virtual void remove(const std::string& key, Done done) = 0;
  /// At most `length` bytes from `offset`.
  virtual void read(const std::string& key, int64_t offset, int64_t length,
                    Receiver<std::string> receiver) = 0;
  /// A file of one part.
  virtual void write(const std::string& key, std::string bytes, Done done) = 0;
  /// A larger one: begin, parts from 1 in order, then end, or give up.
  virtual void begin(const std::string& key, Receiver<std::string> id) = 0;
  virtual void write_part(const std::string& key, const std::string& id, int number,
                          std::string bytes, Receiver<std::string> tag) = 0;
  virtual void end(const std::string& key, const std::string& id, std::vector<std::string> tags,
                   Done done) = 0;
  virtual void give_up(const std::string& key, const std::string& id) = 0;

  /// Null: no bucket. Two buckets copy without the bytes passing through us.
  virtual const S3Location* s3() const { return nullptr; }
  /// Of two buckets. `to` is this one.
  virtual void copy_from(const S3Location& from, const FileEntry& file, Done done);
};

std::unique_ptr<Place> make_s3_place(aws::Caller& caller, S3Location location);
/// `root` must exist or be makeable; nothing outside it is touched, links are not followed.
std::unique_ptr<Place> make_folder_place(aws::ServiceLoop& loop, std::string root);

}  // namespace pawl::datasync
