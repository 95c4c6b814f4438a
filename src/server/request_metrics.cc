// SPDX-License-Identifier: Apache-2.0
// Operations are found by their place in the model.
#include "server/request_metrics.h"

#include <algorithm>

namespace pawl::server {

void RequestMetrics::add(const aws::ServiceModel& model) {
  const auto& operations = model.operations();
  Service service{&model, std::make_unique<Operation[]>(operations.size())};
  for (size_t i = 0; i < operations.size(); ++i) {
    service.operations[i].service = model.metadata().service_name;
    service.operations[i].name = operations[i].name;
  }
  const std::lock_guard lock(adding_);
  const size_t count = count_.load(std::memory_order_relaxed);
  if (count == kServicesMax) return;
  services_[count] = std::move(service);
  count_.store(count + 1, std::memory_order_release);
}

RequestMetrics::Operation& RequestMetrics::find(const aws::OperationModel* operation) {
  if (operation == nullptr) return unknown_;
  const size_t count = count_.load(std::memory_order_acquire);
  for (size_t i = 0; i < count; ++i) {
    const Service& service = services_[i];
    if (service.model != operation->service) continue;
    return service.operations[static_cast<size_t>(operation - service.model->operations().data())];
  }
  return unknown_;
}

void RequestMetrics::record(const aws::OperationModel* operation, std::string_view code,
                            uint64_t us) {
  Operation& found = find(operation);
  found.durations.observe(us);
  if (code.empty()) {
    found.successes.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const std::lock_guard lock(found.mutex);
  auto entry = found.errors.find(code);
  if (entry == found.errors.end()) entry = found.errors.emplace(code, 0).first;
  ++entry->second;
}

template <typename Visitor>
void RequestMetrics::visit(const Visitor& visitor) const {
  const size_t count = count_.load(std::memory_order_acquire);
  for (size_t i = 0; i < count; ++i) {
    const Service& service = services_[i];
    for (size_t n = 0; n < service.model->operations().size(); ++n) {
      const Operation& operation = service.operations[n];
      if (operation.durations.count() > 0) visitor(operation);
    }
  }
  if (unknown_.durations.count() > 0) visitor(unknown_);
}

std::vector<console::ServiceRequests> RequestMetrics::by_service() const {
  std::vector<console::ServiceRequests> services;
  // Operations come service by service.
  visit([&services](const Operation& operation) {
    if (services.empty() || services.back().service != operation.service)
      services.push_back({.service = std::string(operation.service)});
    console::ServiceRequests& service = services.back();
    const uint64_t requests = operation.durations.count();
    const uint64_t successes = operation.successes.load(std::memory_order_relaxed);
    service.requests += requests;
    service.errors += requests - std::min(requests, successes);
    service.us += operation.durations.sum_us();
  });
  return services;
}

void RequestMetrics::write(MetricsText& text) const {
  text.counter("pawl_requests_total", "Requests answered, by error code (none: success).");
  visit([&text](const Operation& operation) {
    text.sample({{"service", operation.service}, {"operation", operation.name}, {"code", ""}},
                operation.successes.load(std::memory_order_relaxed));
    const std::lock_guard lock(operation.mutex);
    for (const auto& [code, count] : operation.errors) {
      text.sample({{"service", operation.service}, {"operation", operation.name}, {"code", code}},
                  count);
    }
  });
  text.histogram("pawl_request_duration_seconds", "From the request read to its answer.");
  visit([&text](const Operation& operation) {
    operation.durations.write(text,
                              {{"service", operation.service}, {"operation", operation.name}});
  });
}

}  // namespace pawl::server
