// SPDX-License-Identifier: Apache-2.0
// DataSyncService: AWS DataSync (API 2018-11-09): locations in S3 and in folders of this machine,
// tasks, and executions that really copy and verify.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "aws/service/action_table.h"
#include "aws/service/caller.h"
#include "aws/service/request.h"
#include "aws/service/service_loop.h"
#include "records/record_table.h"
#include "services/datasync/transfer.h"

namespace pawl::datasync {

/// Actions may run on any thread at once; transfers run on the loop. NFS and SMB locations are
/// folders HOST/SUBDIRECTORY below Options::folder, where a person may put files or mount a share.
class DataSyncService final : public aws::Service {
 public:
  /// All but `folder` must outlive the service.
  struct Options {
    store::Store& store;
    aws::ServiceLoop& loop;
    aws::Caller& caller;
    std::string folder = {};  ///< of NFS and SMB locations; "": there are none
  };
  static base::Result<std::unique_ptr<DataSyncService>> open(Options options);

  void bind(aws::ActionTable& table) override;
  /// Goes on with the executions that a restart interrupted, sets the timers of schedules.
  void run();

 private:
  DataSyncService(Options options, records::RecordTable records)
      : options_(std::move(options)), records_(records) {}

  // agents.cc
  aws::ActionResult create_agent(const aws::Request& request);
  aws::ActionResult describe_agent(const aws::Request& request);
  aws::ActionResult update_agent(const aws::Request& request);
  aws::ActionResult delete_agent(const aws::Request& request);
  aws::ActionResult list_agents(const aws::Request& request);
  aws::ActionResult tag_resource(const aws::Request& request);
  aws::ActionResult untag_resource(const aws::Request& request);
  aws::ActionResult list_tags_for_resource(const aws::Request& request);
  // locations.cc
  void create_location_s3(aws::Request request, aws::Reply reply);
  aws::ActionResult create_location_nfs(const aws::Request& request);
  aws::ActionResult create_location_smb(const aws::Request& request);
  aws::ActionResult describe_location_s3(const aws::Request& request);
  aws::ActionResult describe_location_nfs(const aws::Request& request);
  aws::ActionResult describe_location_smb(const aws::Request& request);
  aws::ActionResult update_location(const aws::Request& request);
  aws::ActionResult delete_location(const aws::Request& request);
  aws::ActionResult list_locations(const aws::Request& request);
  aws::ActionResult create_folder_location(const aws::Request& request, std::string_view kind);
  aws::ActionResult store_location(const aws::Request& request, std::string_view kind,
                                   const std::string& uri, const std::string& folder);
  aws::ActionResult describe_location(const aws::Request& request, std::string_view kind);
  // tasks.cc
  aws::ActionResult create_task(const aws::Request& request);
  aws::ActionResult describe_task(const aws::Request& request);
  aws::ActionResult update_task(const aws::Request& request);
  aws::ActionResult delete_task(const aws::Request& request);
  aws::ActionResult list_tasks(const aws::Request& request);
  /// With mutex_ held.
  void schedule(const records::Owner& owner, const std::string& task_id, const json::Value& task);
  // executions.cc
  aws::ActionResult start_task_execution(const aws::Request& request);
  aws::ActionResult describe_task_execution(const aws::Request& request);
  aws::ActionResult list_task_executions(const aws::Request& request);
  aws::ActionResult cancel_task_execution(const aws::Request& request);
  aws::ActionResult update_task_execution(const aws::Request& request);
  /// Stores an execution of a task and begins it, or queues it. `keep` gets the output before the
  /// commit.
  aws::ApiResult<json::Value> start_execution(
      const records::Owner& owner, const std::string& task_id, const json::Value& input,
      base::Timestamp now, const std::function<void(const json::Value& output)>& keep);
  // With mutex_ held.
  void launch(const records::Owner& owner, const std::string& name);
  void observe(const records::Owner& owner, const std::string& name,
               const TransferProgress& progress);
  void launch_next(const records::Owner& owner, const std::string& task_id);
  base::Result<void> forget_old(const records::Owner& owner, const std::string& task_id);
  base::Result<std::unique_ptr<Place>> place_of(const records::Owner& owner,
                                                const std::string& location_arn) const;

  /// The record that an ARN names, "TITLE ARN is not found." if there is none.
  aws::ApiResult<json::Value> find(const aws::Request& request, std::string_view kind,
                                   const std::string& arn) const;
  aws::ActionResult list(const aws::Request& request, std::string_view kind,
                         std::string_view member, std::string_view prefix,
                         const std::function<json::Value(const json::Value& record)>& shown) const;
  std::string new_id(std::string_view prefix);

  Options options_;
  records::RecordTable records_;
  std::mutex mutex_;  ///< one change of records at a time, and what follows
  /// By account, region and the execution's record name.
  std::map<std::pair<records::Owner, std::string>, std::shared_ptr<Transfer>> transfers_;
  std::map<std::pair<records::Owner, std::string>, aws::ServiceLoop::TimerId> timers_;
};

// The records' kinds. A location's has "kind" (S3, NFS, SMB) and "path" beside the API's members,
// an execution's is named TASK/EXECUTION.
inline constexpr std::string_view kAgent = "agent";
inline constexpr std::string_view kLocation = "location";
inline constexpr std::string_view kTask = "task";
inline constexpr std::string_view kExecution = "execution";

records::Owner owner_of(const aws::Request& request);
/// arn:PARTITION:datasync:REGION:ACCOUNT:RESOURCE.
std::string arn_of(const records::Owner& owner, std::string_view resource);
/// The name of the record that an ARN means: "loc-…", "task-…", "task-…/exec-…"; "" if its kind is
/// another.
std::string record_name(const std::string& arn, std::string_view kind);

}  // namespace pawl::datasync
