// SPDX-License-Identifier: Apache-2.0
// What the layers below count, with its names in Prometheus.
#pragma once

#include <memory>
#include <vector>

#include "console/overview_sampler.h"
#include "engine/durable_engine.h"
#include "engine/express_executions.h"
#include "net/http_server.h"
#include "server/metrics.h"
#include "store/store.h"

namespace pawl::server {

/// What is given must outlive `metrics`.
void add_http_metrics(Metrics& metrics,
                      const std::vector<std::unique_ptr<net::HttpServer>>& servers);
void add_store_metrics(Metrics& metrics, const store::Store& store);
void add_engine_metrics(Metrics& metrics, const engine::DurableEngine& engine,
                        const engine::ExpressStatistics& express);

/// For the console's overview. A few loads of counters.
console::ServerTotals totals_of(const engine::DurableEngine& engine,
                                const engine::ExpressStatistics& express,
                                const std::vector<std::unique_ptr<net::HttpServer>>& servers);

}  // namespace pawl::server
