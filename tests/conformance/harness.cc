// SPDX-License-Identifier: Apache-2.0
// The in-process side of recorded.py: reads one call as a line of JSON, answers one line. {"op",
// "params"} gives {"answer"},
// {"error": {"code", "message"}} or {"unsupported": true}. --real-time: do not skip waits.
#include <iostream>
#include <string>
#include <string_view>

#include "engine/local_engine.h"
#include "engine/system_ports.h"
#include "engine/virtual_clock.h"
#include "functions.h"
#include "integration/integration_dispatcher.h"
#include "json/parse.h"
#include "json/write.h"
#include "stand_in_states.h"
#include "test_states.h"

namespace pawl::conformance {
namespace {

class Harness {
 public:
  explicit Harness(bool real_time)
      : virtual_clock_(system_clock_.now()),
        clock_(real_time ? static_cast<engine::Clock&>(system_clock_) : virtual_clock_),
        states_(clock_, entropy_),
        dispatcher_(
            {.clock = clock_, .entropy = entropy_, .lambda = &functions_, .states = &states_}),
        engine_({.clock = clock_,
                 .entropy = entropy_,
                 .dispatcher = dispatcher_,
                 .virtual_clock = real_time ? nullptr : &virtual_clock_}),
        test_states_(system_clock_, entropy_, functions_) {
    states_.connect(engine_, dispatcher_.tokens());
  }

  json::Value answer(const json::Value& request) {
    const std::string_view operation = request.find("op")->as_string();
    const json::Value& params = *request.find("params");
    json::ObjectBuilder out;
    if (operation == "CreateFunction") {
      functions_.create(params);
      out.set("answer", json::Value::object());
      return std::move(out).build();
    }
    // Whoever asks how an execution stands gets it when nothing more can happen by itself.
    if (operation != "StartExecution") engine_.run_until_idle();
    const std::optional<ApiResult> result =
        operation == "TestState" ? test_states_.call(params) : states_.call(operation, params);
    if (!result) {
      out.set("unsupported", json::Value(true));
    } else if (*result) {
      out.set("answer", **result);
    } else {
      json::ObjectBuilder error;
      error.set("code", json::Value(result->error().code))
          .set("message", json::Value(result->error().message));
      out.set("error", std::move(error).build());
    }
    return std::move(out).build();
  }

 private:
  engine::SystemClock system_clock_;
  engine::SystemEntropy entropy_;
  engine::VirtualClock virtual_clock_;
  engine::Clock& clock_;
  Functions functions_;
  StandInStates states_;
  integration::IntegrationDispatcher dispatcher_;
  engine::LocalEngine engine_;
  TestStates test_states_;
};

int run(bool real_time) {
  Harness harness(real_time);
  for (std::string line; std::getline(std::cin, line);) {
    const base::Result<json::Value> request = json::parse(line);
    if (!request) {
      std::cerr << "not a request: " << request.error().message << '\n';
      return 2;
    }
    std::cout << json::write(harness.answer(*request)) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace pawl::conformance

int main(int argc, char** argv) {
  return pawl::conformance::run(argc > 1 && std::string_view(argv[1]) == "--real-time");
}
