// SPDX-License-Identifier: Apache-2.0
// RequestMetrics: how often each operation was called, how it ended and how long it took.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/model/service_model.h"
#include "console/overview_watch.h"
#include "server/metrics.h"

namespace pawl::server {

/// Thread-safe. A success costs no lock.
class RequestMetrics {
 public:
  /// `model` must outlive this. What comes after the first hundred is not counted by name.
  void add(const aws::ServiceModel& model);

  /// `operation` is null for requests that named none. `code` is "" for a success.
  void record(const aws::OperationModel* operation, std::string_view code, uint64_t us);
  void write(MetricsText& text) const;
  /// Of each service that was called.
  std::vector<console::ServiceRequests> by_service() const;

 private:
  struct Operation {
    std::string_view service;
    std::string_view name;
    DurationHistogram durations;
    std::atomic<uint64_t> successes{0};
    mutable std::mutex mutex;
    std::map<std::string, uint64_t, std::less<>> errors;  ///< guarded by mutex
  };
  struct Service {
    const aws::ServiceModel* model = nullptr;
    std::unique_ptr<Operation[]> operations;  ///< in the model's order
  };

  Operation& find(const aws::OperationModel* operation);
  template <typename Visitor>
  void visit(const Visitor& visitor) const;

  static constexpr size_t kServicesMax = 100;

  std::mutex adding_;
  std::array<Service, kServicesMax> services_;  ///< of which count_ are there
  std::atomic<size_t> count_ = 0;
  Operation unknown_;
};

}  // namespace pawl::server
