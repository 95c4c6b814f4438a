// SPDX-License-Identifier: Apache-2.0
// SecretRunner: a JobRunner before another that fetches the secrets of a container (API "Secret":
// Secrets Manager, Parameter Store) and starts it with them in its environment.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/service/caller.h"
#include "aws/service/service_loop.h"
#include "jobs/job_runner.h"

namespace pawl::jobs {

/// Thread-safe. All that it is given must outlive it; the loop's tasks must have ended before it
/// does.
class SecretRunner final : public JobRunner {
 public:
  SecretRunner(JobRunner& inner, aws::ServiceLoop& loop, aws::Caller& caller)
      : inner_(inner), loop_(loop), caller_(caller) {}

  void start(JobSpec spec, JobEvents events) override;
  void adopt(const std::string& id, const std::string& handle, uint64_t output_read,
             JobEvents events) override {
    inner_.adopt(id, handle, output_read, std::move(events));
  }
  void stop(const std::string& id, int64_t grace_ms) override;
  Demand capacity() const override { return inner_.capacity(); }
  bool survives_restarts() const override { return inner_.survives_restarts(); }

 private:
  struct Waiting {
    JobSpec spec;
    JobEvents events;
    size_t fetched = 0;  ///< of the spec's secrets
  };

  void fetch_next(const std::string& id);
  void fetched(const std::string& id, const aws::ApiResult<json::Value>& answer);
  void fail(const std::string& id, const std::string& reason);

  JobRunner& inner_;
  aws::ServiceLoop& loop_;
  aws::Caller& caller_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Waiting>> waiting_;  ///< guarded by mutex_
};

}  // namespace pawl::jobs
