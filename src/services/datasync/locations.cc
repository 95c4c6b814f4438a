// SPDX-License-Identifier: Apache-2.0
// Locations: S3 buckets, and NFS and SMB shares, which are folders here. Other kinds (EFS, FSx,
// HDFS, object storage, Azure) are not bound: 501 names them.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"
#include "services/datasync/members.h"
#include "services/datasync/service.h"

namespace pawl::datasync {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// "" or steps between slashes with one behind: "a/b/". nullopt: it leads out.
std::optional<std::string> clean_path(std::string_view text) {
  std::string path;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('/', at), text.size());
    const std::string_view step = text.substr(at, end - at);
    if (step == ".." || step.find('\0') != std::string_view::npos) return std::nullopt;
    if (!step.empty() && step != ".") path += std::string(step) + "/";
    at = end + 1;
  }
  return path;
}

std::string bucket_of(const Value& input) {
  const std::optional<aws::Arn> arn = aws::Arn::parse(text_member(input, "S3BucketArn"));
  return arn && arn->service == "s3" ? arn->resource : std::string();
}

/// "hostname" as the name of a folder.
bool is_host_name(const std::string& host) {
  return !host.empty() && host != "." && host != ".." &&
         host.find_first_of(std::string("/\\\0", 3)) == std::string::npos;
}

}  // namespace

// API CreateLocationS3: AWS tries to list the bucket, and so do we.
void DataSyncService::create_location_s3(Request request, aws::Reply reply) {
  const std::string bucket = bucket_of(request.input);
  const std::optional<std::string> path = clean_path(text_member(request.input, "Subdirectory"));
  if (bucket.empty()) return reply(invalid_request("S3BucketArn is not the ARN of a bucket."));
  if (!path) return reply(invalid_request("Subdirectory must not lead out of the bucket."));
  const Value* config = request.input.find("S3Config");
  auto place = std::make_shared<std::unique_ptr<Place>>(make_s3_place(
      options_.caller,
      {.bucket = bucket,
       .prefix = *path,
       .storage_class = "",
       .role_arn = config != nullptr ? text_member(*config, "BucketAccessRoleArn") : "",
       .account = request.account_id(),
       .region = request.region}));
  struct Waiting {
    Request request;
    std::string input;  ///< as text: a tree belongs to one thread
    aws::Reply reply;
  };
  std::string input = json::write(request.input);
  request.input = Value();
  request.http = nullptr;
  auto waiting =
      std::make_shared<Waiting>(Waiting{std::move(request), std::move(input), std::move(reply)});
  (*place)->list("", [this, place, waiting, bucket, path = *path](base::Result<FilePage> page) {
    if (!page) {
      return waiting->reply(invalid_request(
          "DataSync location access test failed: could not perform s3:ListObjectsV2 in bucket " +
          bucket + ". " + page.error().message));
    }
    waiting->request.input = json::parse(waiting->input).value();
    std::string uri = "s3://" + bucket + "/";
    uri += path;
    ActionResult stored = store_location(waiting->request, "S3", uri, path);
    if (stored) stored->after_sync = true;
    waiting->reply(std::move(stored));
  });
}

// API CreateLocationNfs.
ActionResult DataSyncService::create_location_nfs(const Request& request) {
  return create_folder_location(request, "NFS");
}

// API CreateLocationSmb.
ActionResult DataSyncService::create_location_smb(const Request& request) {
  return create_folder_location(request, "SMB");
}

ActionResult DataSyncService::create_folder_location(const Request& request,
                                                     std::string_view kind) {
  const std::string host = text_member(request.input, "ServerHostname");
  const std::optional<std::string> path = clean_path(text_member(request.input, "Subdirectory"));
  if (options_.folder.empty()) {
    return invalid_request("This server keeps no data folder, so it has no local locations.");
  }
  if (!is_host_name(host) || !path)
    return invalid_request("ServerHostname and Subdirectory must not lead out of their folder.");
  const std::string scheme = kind == "NFS" ? "nfs://" : "smb://";
  return store_location(request, kind, scheme + host + "/" + *path, host + "/" + *path);
}

ActionResult DataSyncService::store_location(const Request& request, std::string_view kind,
                                             const std::string& uri, const std::string& folder) {
  const std::string id = new_id("loc");
  const std::string arn = arn_of(owner_of(request), "location/" + id);
  ObjectBuilder location;
  copy_members(request.input,
               {"S3Config", "AgentArns", "Tags", "OnPremConfig", "MountOptions", "User", "Domain",
                "S3BucketArn", "ServerHostname", "AuthenticationType"},
               location);
  location.set("LocationArn", Value(arn))
      .set("LocationUri", Value(uri))
      .set("CreationTime", Value(static_cast<double>(request.received.ms) / 1000))
      .set("kind", Value(kind))
      .set("path", Value(folder));
  if (kind == "S3") {
    const std::string given = text_member(request.input, "S3StorageClass");
    location.set("S3StorageClass", Value(given.empty() ? "STANDARD" : given));
  }
  const Value out = Value::object().with_member("LocationArn", Value(arn));
  request.keep_answer(out);
  const auto put = records_.put(owner_of(request), kLocation, id, std::move(location).build());
  if (!put) return as_api_error(put.error());
  return aws::Output(out);
}

ActionResult DataSyncService::describe_location(const Request& request, std::string_view kind) {
  const std::string arn = text_member(request.input, "LocationArn");
  Value location = PAWL_TRY(find(request, kLocation, arn));
  if (text_member(location, "kind") != kind)
    return invalid_request("Location " + arn + " is not an " + std::string(kind) + " location.");
  return aws::Output(std::move(location));
}

// API DescribeLocationS3.
ActionResult DataSyncService::describe_location_s3(const Request& request) {
  return describe_location(request, "S3");
}

// API DescribeLocationNfs.
ActionResult DataSyncService::describe_location_nfs(const Request& request) {
  return describe_location(request, "NFS");
}

// API DescribeLocationSmb.
ActionResult DataSyncService::describe_location_smb(const Request& request) {
  return describe_location(request, "SMB");
}

// API UpdateLocationS3, UpdateLocationNfs, UpdateLocationSmb.
ActionResult DataSyncService::update_location(const Request& request) {
  const std::string arn = text_member(request.input, "LocationArn");
  const std::lock_guard lock(mutex_);
  Value location = PAWL_TRY(find(request, kLocation, arn));
  for (const char* name : {"S3StorageClass", "S3Config", "OnPremConfig", "MountOptions", "User",
                           "Domain", "AgentArns", "ServerHostname"}) {
    if (const Value* value = request.input.find(name))
      location = location.with_member(name, *value);
  }
  const std::string kind = text_member(location, "kind");
  std::string path = text_member(location, "path");
  const std::string host = kind == "S3" ? "" : text_member(location, "ServerHostname");
  if (const Value* given = request.input.find("Subdirectory")) {
    const std::optional<std::string> cleaned = clean_path(given->as_string());
    if (!cleaned) return invalid_request("Subdirectory must not lead out of its location.");
    path = host.empty() ? *cleaned : host + "/" + *cleaned;
  }
  if (!host.empty()) {
    if (!is_host_name(host)) return invalid_request("ServerHostname is no host's name.");
    path = host + path.substr(std::min(path.find('/'), path.size()));
  }
  const std::string uri = kind == "S3" ? "s3://" + bucket_of(location) + "/" + path
                                       : (kind == "NFS" ? "nfs://" : "smb://") + path;
  location = location.with_member("path", Value(path)).with_member("LocationUri", Value(uri));
  const auto put =
      records_.put(owner_of(request), kLocation, record_name(arn, kLocation), location);
  if (!put) return as_api_error(put.error());
  return aws::Output();
}

// API DeleteLocation: not while a task uses it.
ActionResult DataSyncService::delete_location(const Request& request) {
  const std::string arn = text_member(request.input, "LocationArn");
  const std::lock_guard lock(mutex_);
  PAWL_TRY(find(request, kLocation, arn));
  const auto tasks = records_.list(owner_of(request), kTask);
  if (!tasks) return as_api_error(tasks.error());
  for (const auto& task : *tasks) {
    if (text_member(task.value, "SourceLocationArn") == arn ||
        text_member(task.value, "DestinationLocationArn") == arn)
      return invalid_request("Location " + arn + " is in use by at least one task.");
  }
  if (const auto erased = records_.erase(owner_of(request), kLocation, record_name(arn, kLocation));
      !erased)
    return as_api_error(erased.error());
  return aws::Output();
}

// API ListLocations: filters by LocationUri and LocationType; times are not filtered by.
ActionResult DataSyncService::list_locations(const Request& request) {
  const Value* filters = request.input.find("Filters");
  const auto passes = [&](const Value& location) {
    if (filters == nullptr) return true;
    const auto all = filters->items();
    return std::all_of(all.begin(), all.end(), [&](const Value& filter) {
      const std::string name = text_member(filter, "Name");
      const std::string op = text_member(filter, "Operator");
      const std::string value =
          text_member(location, name == "LocationUri" ? "LocationUri" : "kind");
      const Value* values = filter.find("Values");
      const bool is_in =
          std::any_of(values->items().begin(), values->items().end(), [&](const Value& wanted) {
            if (op == "Contains" || op == "NotContains")
              return value.find(wanted.as_string()) != std::string::npos;
            if (op == "BeginsWith") return value.starts_with(wanted.as_string());
            return value == wanted.as_string();
          });
      return op == "NotEquals" || op == "NotContains" ? !is_in : is_in;
    });
  };
  return list(request, kLocation, "Locations", "", [&](const Value& location) {
    if (!passes(location)) return Value();
    ObjectBuilder out;
    copy_members(location, {"LocationArn", "LocationUri"}, out);
    return std::move(out).build();
  });
}

base::Result<std::unique_ptr<Place>> DataSyncService::place_of(
    const records::Owner& owner, const std::string& location_arn) const {
  const auto location =
      PAWL_TRY(records_.get(owner, kLocation, record_name(location_arn, kLocation)));
  if (!location) {
    return base::Error(base::ErrorKind::NotFound, "Location " + location_arn + " is not found.");
  }
  const std::string path = text_member(*location, "path");
  if (text_member(*location, "kind") != "S3")
    return make_folder_place(options_.loop, options_.folder + "/" + path);
  const Value* config = location->find("S3Config");
  const std::string storage_class = text_member(*location, "S3StorageClass");
  return make_s3_place(
      options_.caller,
      {.bucket = bucket_of(*location),
       .prefix = path,
       .storage_class = storage_class == "STANDARD" ? "" : storage_class,
       .role_arn = config != nullptr ? text_member(*config, "BucketAccessRoleArn") : "",
       .account = owner.account,
       .region = owner.region});
}

}  // namespace pawl::datasync
