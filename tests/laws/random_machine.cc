// SPDX-License-Identifier: Apache-2.0
#include "random_machine.h"

namespace pawl::laws {

std::string RandomMachine::definition() {
  const std::string timeout = below(8) == 0 ? R"("TimeoutSeconds":500,)" : "";
  return "{" + timeout + scope(0) + "}";
}

std::string RandomMachine::input() {
  const std::string numbers = std::to_string(below(5)) + "," + std::to_string(below(5));
  return R"({"n":)" + std::to_string(below(4)) + R"(, "list": [)" + numbers +
         R"(], "text":"a\u00e9", "o":{"p":1.50}})";
}

/// "StartAt" and "States": a chain of one to four states, the last one an end.
std::string RandomMachine::scope(int depth) {
  const size_t count = 1 + below(depth == 0 ? 4 : 2);
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("S" + std::to_string(names_++));
  std::string states;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) states += ',';
    states += "\"" + names[i] + "\":" + state(names[i], i + 1 < count ? names[i + 1] : "", depth);
  }
  return R"("StartAt":")" + names.front() + R"(","States":{)" + states + "}";
}

std::string RandomMachine::transition(const std::string& next) const {
  return next.empty() ? R"("End":true)" : R"("Next":")" + next + "\"";
}

std::string RandomMachine::handlers(const std::string& fallback) {
  std::string out;
  if (below(2) == 0) {
    out +=
        R"(,"Retry":[{"ErrorEquals":["E1"],"IntervalSeconds":2,"MaxAttempts":2,"JitterStrategy":"FULL"}])";
  }
  if (!fallback.empty() && below(2) == 0) {
    out += R"(,"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.error","Next":")" + fallback +
           "\"}]";
  }
  return out;
}

std::string RandomMachine::state(const std::string& name, const std::string& next, int depth) {
  const std::string tail = transition(next) + "}";
  switch (below(depth < 2 ? 8 : 6)) {
    case 0:
      return R"x({"Type":"Pass","Parameters":{"n":1,"list":[1,2],"id.$":"States.UUID()","was.$":"$"},"ResultPath":"$.)x" +
             name + "\"," + tail;
    case 1: return R"({"Type":"Pass","Assign":{"v)" + name + R"(.$":"$$.State.Name"},)" + tail;
    case 2: return R"({"Type":"Wait","Seconds":)" + std::to_string(below(3) * 7) + "," + tail;
    case 3:
    case 4:
      return R"({"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","ResultPath":"$.task",)"
             R"("TimeoutSeconds":60)" +
             handlers(next) + "," + tail;
    case 5:
      if (next.empty())
        return below(2) == 0 ? R"({"Type":"Succeed"})"
                             : R"({"Type":"Fail","Error":"E2","Cause":"c"})";
      return R"({"Type":"Choice","Choices":[{"Variable":"$.n","NumericGreaterThan":1,"Next":")" +
             next + R"("}],"Default":")" + next + "\"}";
    case 6: {
      const std::string first = scope(depth + 1);
      const std::string second = scope(depth + 1);
      return R"({"Type":"Parallel","Branches":[{)" + first + "},{" + second +
             R"(}],"ResultPath":"$.parallel")" + handlers(next) + "," + tail;
    }
    default:
      return R"({"Type":"Map","ItemsPath":"$$.Execution.Input.list","MaxConcurrency":)" +
             std::to_string(below(3)) +
             R"(,"ItemSelector":{"n.$":"$$.Map.Item.Value","list":[0]},"ItemProcessor":{)" +
             scope(depth + 1) + R"(},"ResultPath":"$.map")" + handlers(next) + "," + tail;
  }
}

}  // namespace pawl::laws
