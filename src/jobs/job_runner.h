// SPDX-License-Identifier: Apache-2.0
// JobRunner: what starts the containers that Batch and ECS have decided to run. A port: containers
// on this machine (ContainerJobRunner), on a cluster (SlurmJobRunner), and a fake one in tests.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pawl::jobs {

/// What a container takes of a machine. AWS counts fractions of a vCPU on Fargate.
struct Demand {
  int64_t millicpus = 0;  ///< thousandths of a vCPU
  int64_t memory_mib = 0;
};

struct Mount {
  std::string source;  ///< a folder of the host; "": an empty one that ends with the container
  std::string target;
  bool is_read_only = false;
};

/// One container to be run once.
struct JobSpec {
  std::string id;                             ///< unique among all that run
  std::string image;                          ///< as the user wrote it
  std::vector<std::string> entry_point = {};  ///< empty: the image's
  std::vector<std::string> command = {};      ///< empty: the image's
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::string working_directory = {};  ///< "": the image's
  std::string user = {};               ///< "": the image's
  bool has_read_only_root = false;
  std::vector<Mount> mounts = {};
  Demand demand = {};
  /// Names of variables, and where their values are (secret_runner.h), in this account and region.
  std::vector<std::pair<std::string, std::string>> secrets = {};
  std::string account = {};
  std::string region = {};
};

struct JobExit {
  enum class Kind {
    Exited,      ///< the container ran and ended, with `code`
    NotStarted,  ///< it never ran: `reason` says why ("CannotPullContainerError: …")
    Lost,        ///< the machine under it has gone: `reason`
  };
  Kind kind = Kind::Exited;
  int code = 0;             ///< 128 + the signal, if one ended it
  std::string reason = {};  ///< "OutOfMemoryError: Container killed due to memory usage"
};

/// All are called on the services' loop thread, on_exit once and last.
struct JobEvents {
  /// The container runs. `handle` is what adopt() finds it by after a restart; "" if nothing does.
  std::function<void(const std::string& handle)> on_started;
  /// What it wrote to stdout and stderr, as it comes.
  std::function<void(std::string_view bytes)> on_output;
  std::function<void(const JobExit&)> on_exit;
};

/// Thread-safe. Never calls back inside a call.
class JobRunner {
 public:
  virtual ~JobRunner() = default;

  virtual void start(JobSpec spec, JobEvents events) = 0;
  /// Follows a container that an earlier process started. One that has gone meanwhile ends as Lost,
  /// or as it ended if that can be told. Its output comes from byte `output_read` on
  /// (output_positions.h).
  virtual void adopt(const std::string& id, const std::string& handle, uint64_t output_read,
                     JobEvents events) = 0;
  /// SIGTERM, and SIGKILL when `grace_ms` have passed. An id that does not run is ignored.
  virtual void stop(const std::string& id, int64_t grace_ms) = 0;
  /// What runs at once, together. 0: not known here, whoever runs them decides.
  virtual Demand capacity() const = 0;
  /// Whether containers go on when this process ends, and adopt() finds them, also by an empty
  /// handle.
  virtual bool survives_restarts() const { return false; }
};

}  // namespace pawl::jobs
