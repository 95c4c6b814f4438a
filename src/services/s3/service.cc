// SPDX-License-Identifier: Apache-2.0
#include "services/s3/service.h"

#include "services/s3/actions/bucket_actions.h"
#include "services/s3/actions/configuration_actions.h"
#include "services/s3/actions/copy_actions.h"
#include "services/s3/actions/listing_actions.h"
#include "services/s3/actions/multipart_actions.h"
#include "services/s3/actions/notification_actions.h"
#include "services/s3/actions/object_actions.h"
#include "services/s3/actions/object_setting_actions.h"
#include "services/s3/lifecycle_run.h"

namespace pawl::s3 {

struct S3Service::Parts {
  explicit Parts(Storage& storage)
      : buckets(storage),
        objects(storage),
        copies(storage),
        listings(storage),
        uploads(storage),
        settings(storage),
        configurations(storage),
        notifications(storage),
        lifecycles(storage) {}

  BucketActions buckets;
  ObjectActions objects;
  CopyActions copies;
  ListingActions listings;
  MultipartActions uploads;
  ObjectSettingActions settings;
  ConfigurationActions configurations;
  NotificationActions notifications;
  LifecycleRun lifecycles;
};

S3Service::S3Service(Storage& storage)
    : storage_(storage), parts_(std::make_unique<Parts>(storage)) {}
S3Service::~S3Service() = default;

void S3Service::bind(aws::ActionTable& table) {
  table.without_validation();
  parts_->buckets.bind(table);
  parts_->objects.bind(table);
  parts_->copies.bind(table);
  parts_->listings.bind(table);
  parts_->uploads.bind(table);
  parts_->settings.bind(table);
  parts_->configurations.bind(table);
  parts_->notifications.bind(table);
}

void S3Service::run() {
  storage_.run();
  parts_->lifecycles.begin();
}

}  // namespace pawl::s3
