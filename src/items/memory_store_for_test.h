// SPDX-License-Identifier: Apache-2.0
// An ObjectStore in memory whose objects come in pieces as small as asked for, and that can fail.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "items/object_store.h"

namespace pawl::items {

class MemoryStore : public ObjectStore {
 public:
  std::map<std::string, std::string> objects;  ///< "BUCKET/KEY"
  size_t piece_bytes = SIZE_MAX;
  size_t page_objects = 1'000;
  std::string fails_after;  ///< "BUCKET/KEY" whose reading ends with an error instead

  bool is_full = false;  ///< nothing can be appended any more

  ObjectResult<std::unique_ptr<ObjectReader>> get(const ObjectAddress& address) override {
    const auto found = objects.find(address.bucket + '/' + address.key);
    if (found == objects.end()) return no_such_key();
    return std::make_unique<Reader>(found->second, piece_bytes, fails_after == found->first);
  }

  ObjectResult<ListedPage> list(const ListRequest& request) override {
    ListedPage page;
    for (const auto& [name, bytes] : objects) {
      if (!name.starts_with(request.bucket + '/')) continue;
      const std::string key = name.substr(request.bucket.size() + 1);
      if (!key.starts_with(request.prefix) ||
          key <= std::max(request.start_after, request.continuation))
        continue;
      if (page.objects.size() == page_objects) {
        page.continuation = page.objects.back().key;
        break;
      }
      page.objects.push_back({.key = key,
                              .etag = "\"e\"",
                              .last_modified = {1'668'699'881'999},
                              .size_bytes = bytes.size()});
    }
    return page;
  }

  ObjectResult<std::unique_ptr<ObjectWriter>> create(const ObjectAddress& address) override {
    if (address.bucket == "missing") return no_such_bucket();
    return std::make_unique<Writer>(*this, address.bucket + '/' + address.key);
  }

 private:
  class Reader : public ObjectReader {
   public:
    Reader(std::string bytes, size_t piece_bytes, bool fails)
        : bytes_(std::move(bytes)), piece_bytes_(piece_bytes), fails_(fails) {}
    ObjectResult<size_t> read(char* buffer, size_t bytes) override {
      const size_t count = bytes_.copy(buffer, std::min(bytes, piece_bytes_), position_);
      position_ += count;
      if (count == 0 && fails_) return access_denied();
      return count;
    }
    std::string etag() const override { return "\"e\""; }

   private:
    std::string bytes_;
    size_t piece_bytes_;
    bool fails_;
    size_t position_ = 0;
  };

  class Writer : public ObjectWriter {
   public:
    Writer(MemoryStore& store, std::string name) : store_(store), name_(std::move(name)) {}
    ObjectResult<void> append(std::string_view bytes) override {
      if (store_.is_full) return internal_error("No space left on device");
      bytes_ += bytes;
      return {};
    }
    ObjectResult<void> commit() override {
      store_.objects[name_] = std::move(bytes_);
      return {};
    }

   private:
    MemoryStore& store_;
    std::string name_;
    std::string bytes_;
  };
};

}  // namespace pawl::items
