// SPDX-License-Identifier: Apache-2.0
#include "console/live_api.h"

namespace pawl::console {

LiveApi::LiveApi(const LivePorts& ports)
    : streams_(ports.loop),
      history_(ports.executions, ports.revisions),
      execution_(
          {ports.loop, ports.caller, ports.executions, ports.revisions, ports.board, streams_}),
      executions_({ports.loop, ports.board, streams_}),
      overview_({ports.loop, ports.board, streams_, ports.store, ports.totals, ports.requests}) {
  // A million changes a second fit in, and whatever JavaScript counts without loss.
  ports.board.number_changes_after(static_cast<uint64_t>(ports.loop.now().ms) * 1'000);
  ports.board.on_news([this] { execution_.look_at_moved(); }, [this] { executions_.tell_soon(); });
}

void LiveApi::add_to(ApiTable& table) {
  history_.add_to(table);
  execution_.add_to(table);
  executions_.add_to(table);
  overview_.add_to(table);
}

}  // namespace pawl::console
