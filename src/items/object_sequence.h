// SPDX-License-Identifier: Apache-2.0
// ObjectSequence: the records of several objects as one; each is opened when the one before is
// read.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "items/address_source.h"
#include "items/record_source.h"

namespace pawl::items {

class ObjectSequence : public RecordSource {
 public:
  ObjectSequence(ObjectStore& store, ReaderSettings settings,
                 std::unique_ptr<AddressSource> addresses)
      : store_(&store), settings_(std::move(settings)), addresses_(std::move(addresses)) {}

  void begin_batch() override {
    if (records_ != nullptr) records_->begin_batch();
  }

  Outcome<std::optional<json::Value>> next() override {
    for (;;) {
      if (records_ == nullptr) {
        const std::optional<ObjectAddress> address = PAWL_TRY(addresses_->next());
        if (!address) return std::optional<json::Value>();
        auto object = store_->get(*address);
        if (!object) return reader_failed(cause_of(object.error()));
        records_ = PAWL_TRY(open_records(*std::move(object), settings_));
      }
      std::optional<json::Value> item = PAWL_TRY(records_->next());
      if (item) return item;
      records_ = nullptr;
    }
  }

 private:
  ObjectStore* store_;
  ReaderSettings settings_;
  std::unique_ptr<AddressSource> addresses_;
  std::unique_ptr<RecordSource> records_;
};

}  // namespace pawl::items
