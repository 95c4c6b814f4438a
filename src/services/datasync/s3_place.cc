// SPDX-License-Identifier: Apache-2.0
// A bucket through the Caller: embedded, AWS's, anybody's.
#include <algorithm>
#include <utility>

#include "aws/http_message.h"
#include "base/bytes.h"
#include "json/value.h"
#include "services/datasync/members.h"
#include "services/datasync/place.h"

namespace pawl::datasync {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using json::ObjectBuilder;
using json::Value;

/// API CopyObject: "up to 5 GB in size"; larger ones go by UploadPartCopy.
constexpr int64_t kCopyMax = int64_t{5} << 30;
constexpr int64_t kCopyPart = int64_t{1} << 30;

std::string unquoted(std::string text) {
  std::erase(text, '"');
  return text;
}

Error as_error(const aws::ApiError& error) {
  return {ErrorKind::Io, error.code + ": " + error.message.value_or("")};
}

FileEntry entry_of(const Value& object, std::string key) {
  FileEntry entry{.key = std::move(key),
                  .size = integer_member(object, "Size"),
                  .etag = unquoted(text_member(object, "ETag"))};
  const Value* modified = object.find("LastModified");
  if (modified != nullptr && modified->is_number())
    entry.modified_ms = static_cast<int64_t>(modified->as_double() * 1000);
  return entry;
}

class S3Place final : public Place {
 public:
  S3Place(aws::Caller& caller, S3Location location)
      : caller_(caller), location_(std::move(location)) {}

  const S3Location* s3() const override { return &location_; }

  void list(const std::string& token, Receiver<FilePage> receiver) override {
    ObjectBuilder input;
    input.set("Bucket", Value(location_.bucket)).set("Prefix", Value(location_.prefix));
    if (!token.empty()) input.set("ContinuationToken", Value(token));
    call("ListObjectsV2", std::move(input),
         [prefix = location_.prefix.size(), receiver = std::move(receiver)](Result<Value> output) {
           if (!output) return receiver(std::move(output).error());
           FilePage page;
           if (const Value* contents = output->find("Contents")) {
             for (const Value& object : contents->items()) {
               const std::string key = text_member(object, "Key");
               // A marker of a folder is no file.
               if (key.size() <= prefix || key.ends_with('/')) continue;
               page.files.push_back(entry_of(object, key.substr(prefix)));
             }
           }
           page.next = text_member(*output, "NextContinuationToken");
           receiver(std::move(page));
         });
  }

  void look_up(const std::string& key, Receiver<std::optional<FileEntry>> receiver) override {
    aws::Call made = call_of("HeadObject", object(key));
    caller_.call(std::move(made),
                 [key, receiver = std::move(receiver)](aws::ApiResult<Value> output) {
                   if (!output && output.error().status == 404)
                     return receiver(std::optional<FileEntry>());
                   if (!output) return receiver(as_error(output.error()));
                   FileEntry entry = entry_of(*output, key);
                   entry.size = integer_member(*output, "ContentLength");
                   receiver(std::optional<FileEntry>(std::move(entry)));
                 });
  }

  void content_hash(const std::string& /*key*/, Receiver<std::string> receiver) override {
    receiver(std::string());
  }

  void remove(const std::string& key, Done done) override {
    call("DeleteObject", object(key), without_output(std::move(done)));
  }

  void read(const std::string& key, int64_t offset, int64_t length,
            Receiver<std::string> receiver) override {
    ObjectBuilder input = object(key);
    input.set("Range",
              Value("bytes=" + std::to_string(offset) + "-" + std::to_string(offset + length - 1)));
    call("GetObject", std::move(input), [receiver = std::move(receiver)](Result<Value> output) {
      if (!output) return receiver(std::move(output).error());
      auto bytes = base::base64_decode(text_member(*output, "Body"));
      if (!bytes) return receiver(Error(ErrorKind::Io, "an object's body is no base64 text"));
      receiver(*std::move(bytes));
    });
  }

  void write(const std::string& key, std::string bytes, Done done) override {
    ObjectBuilder input = object(key);
    input.set("Body", Value(base::base64_encode(bytes)));
    set_class(input);
    call("PutObject", std::move(input), without_output(std::move(done)));
  }

  void begin(const std::string& key, Receiver<std::string> id) override {
    ObjectBuilder input = object(key);
    set_class(input);
    call("CreateMultipartUpload", std::move(input), member("UploadId", std::move(id)));
  }

  void write_part(const std::string& key, const std::string& id, int number, std::string bytes,
                  Receiver<std::string> tag) override {
    ObjectBuilder input = object(key);
    input.set("UploadId", Value(id))
        .set("PartNumber", Value(number))
        .set("Body", Value(base::base64_encode(bytes)));
    call("UploadPart", std::move(input), member("ETag", std::move(tag)));
  }

  void end(const std::string& key, const std::string& id, std::vector<std::string> tags,
           Done done) override {
    std::vector<Value> parts;
    for (const std::string& tag : tags) {
      ObjectBuilder part;
      part.set("ETag", Value(tag)).set("PartNumber", Value(static_cast<int>(parts.size()) + 1));
      parts.push_back(std::move(part).build());
    }
    ObjectBuilder input = object(key);
    input.set("UploadId", Value(id))
        .set("MultipartUpload",
             Value::object().with_member("Parts", Value::array(std::move(parts))));
    call("CompleteMultipartUpload", std::move(input), without_output(std::move(done)));
  }

  void give_up(const std::string& key, const std::string& id) override {
    ObjectBuilder input = object(key);
    input.set("UploadId", Value(id));
    call("AbortMultipartUpload", std::move(input), [](const Result<Value>&) {});
  }

  void copy_from(const S3Location& from, const FileEntry& file, Done done) override {
    const std::string source = from.bucket + "/" + aws::uri_encode(from.prefix + file.key, "/");
    if (file.size > kCopyMax) return copy_in_parts(source, file, std::move(done));
    ObjectBuilder input = object(file.key);
    input.set("CopySource", Value(source));
    set_class(input);
    // What is read must be what was compared.
    if (!file.etag.empty()) input.set("CopySourceIfMatch", Value(file.etag));
    call("CopyObject", std::move(input), without_output(std::move(done)));
  }

 private:
  struct PartCopy {
    std::string source;
    FileEntry file;
    std::string id;
    std::vector<std::string> tags;
    Done done;
  };

  void copy_in_parts(const std::string& source, const FileEntry& file, Done done) {
    auto copy = std::make_shared<PartCopy>(PartCopy{source, file, "", {}, std::move(done)});
    begin(file.key, [this, copy](Result<std::string> id) {
      if (!id) return copy->done(std::move(id).error());
      copy->id = *std::move(id);
      copy_part(copy);
    });
  }

  void copy_part(const std::shared_ptr<PartCopy>& copy) {
    const int64_t offset = static_cast<int64_t>(copy->tags.size()) * kCopyPart;
    if (offset >= copy->file.size) {
      return end(copy->file.key, copy->id, copy->tags,
                 [copy](Result<void> ended) { copy->done(std::move(ended)); });
    }
    const int64_t last = std::min(offset + kCopyPart, copy->file.size) - 1;
    ObjectBuilder input = object(copy->file.key);
    input.set("UploadId", Value(copy->id))
        .set("PartNumber", Value(static_cast<int>(copy->tags.size()) + 1))
        .set("CopySource", Value(copy->source))
        .set("CopySourceRange",
             Value("bytes=" + std::to_string(offset) + "-" + std::to_string(last)));
    if (!copy->file.etag.empty()) input.set("CopySourceIfMatch", Value(copy->file.etag));
    call("UploadPartCopy", std::move(input), [this, copy](Result<Value> output) {
      if (!output) {
        give_up(copy->file.key, copy->id);
        return copy->done(std::move(output).error());
      }
      const Value* result = output->find("CopyPartResult");
      copy->tags.push_back(result == nullptr ? "" : text_member(*result, "ETag"));
      copy_part(copy);
    });
  }

  ObjectBuilder object(const std::string& key) const {
    ObjectBuilder input;
    input.set("Bucket", Value(location_.bucket)).set("Key", Value(location_.prefix + key));
    return input;
  }

  void set_class(ObjectBuilder& input) const {
    if (!location_.storage_class.empty()) input.set("StorageClass", Value(location_.storage_class));
  }

  aws::Call call_of(std::string operation, ObjectBuilder input) const {
    aws::Call made;
    made.service = "s3";
    made.operation = std::move(operation);
    made.input = std::move(input).build();
    made.region = location_.region;
    made.principal = aws::service_principal(location_.account, "datasync.amazonaws.com");
    made.role_arn = location_.role_arn;
    return made;
  }

  void call(std::string operation, ObjectBuilder input, Receiver<Value> receiver) {
    caller_.call(call_of(std::move(operation), std::move(input)),
                 [receiver = std::move(receiver)](aws::ApiResult<Value> output) {
                   if (!output) return receiver(as_error(output.error()));
                   receiver(*std::move(output));
                 });
  }

  static Receiver<Value> without_output(Done done) {
    return [done = std::move(done)](Result<Value> output) {
      done(output ? Result<void>() : Result<void>(std::move(output).error()));
    };
  }

  static Receiver<Value> member(std::string name, Receiver<std::string> receiver) {
    return [name = std::move(name), receiver = std::move(receiver)](Result<Value> output) {
      receiver(output ? Result<std::string>(text_member(*output, name))
                      : Result<std::string>(std::move(output).error()));
    };
  }

  aws::Caller& caller_;
  const S3Location location_;
};

}  // namespace

void Place::copy_from(const S3Location& /*from*/, const FileEntry& /*file*/, Done done) {
  done(Error(ErrorKind::Unsupported, "this location cannot copy from a bucket"));
}

std::unique_ptr<Place> make_s3_place(aws::Caller& caller, S3Location location) {
  return std::make_unique<S3Place>(caller, std::move(location));
}

}  // namespace pawl::datasync
