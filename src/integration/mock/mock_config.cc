// SPDX-License-Identifier: Apache-2.0
#include "integration/mock/mock_config.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace pawl::integration {
namespace {

using json::Kind;
using json::Value;

/// "3" or "1-2"; nothing else.
std::optional<std::pair<uint64_t, uint64_t>> parse_invocations(std::string_view text) {
  const auto number = [](std::string_view digits) -> std::optional<uint64_t> {
    uint64_t value = 0;
    const char* end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
    return value;
  };
  const size_t dash = text.find('-');
  const std::optional<uint64_t> first = number(text.substr(0, dash));
  const std::optional<uint64_t> last =
      dash == std::string_view::npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return std::pair(*first, *last);
}

}  // namespace

/// Reads one text; every error tells where in it.
class MockConfigReader {
 public:
  explicit MockConfigReader(std::string_view text) : text_(text) {}

  base::Result<std::shared_ptr<const MockConfig>> read() {
    std::vector<std::string> duplicates;
    const Value root = PAWL_TRY(json::parse(text_, {.duplicates = &duplicates}));
    if (!duplicates.empty()) return error(duplicates.front(), "is there twice");
    PAWL_TRY_VOID(check_kind(root, "", Kind::Object));
    const Value* responses = PAWL_TRY(member(root, "", "MockedResponses", Kind::Object));
    for (const json::Member& response : responses->members()) {
      responses_[std::string(response.name())] = PAWL_TRY(
          read_response(response.value, json::pointer_child("/MockedResponses", response.name())));
    }
    auto config = std::make_shared<MockConfig>();
    const Value* machines = PAWL_TRY(member(root, "", "StateMachines", Kind::Object));
    for (const json::Member& machine : machines->members()) {
      config->machines_[std::string(machine.name())] = PAWL_TRY(
          read_machine(machine.value, json::pointer_child("/StateMachines", machine.name())));
    }
    return std::shared_ptr<const MockConfig>(std::move(config));
  }

 private:
  base::Error error(std::string_view pointer, std::string_view what) const {
    const std::string name = pointer.empty() ? "The mock configuration" : std::string(pointer);
    return {base::ErrorKind::InvalidSyntax, name + " " + std::string(what),
            json::locate(text_, pointer).value_or(base::SourcePosition{})};
  }

  base::Result<void> check_kind(const Value& value, std::string_view pointer, Kind kind) const {
    if (value.kind() == kind) return {};
    return error(pointer, "must be of type " + std::string(json::kind_name(kind)) + ", but it is " +
                              std::string(json::kind_name(value.kind())));
  }

  base::Result<const Value*> member(const Value& object, std::string_view pointer,
                                    std::string_view name, Kind kind) const {
    const Value* value = object.find(name);
    if (value == nullptr) return error(pointer, "has no \"" + std::string(name) + "\"");
    PAWL_TRY_VOID(check_kind(*value, json::pointer_child(pointer, name), kind));
    return value;
  }

  base::Result<MockConfig::TestCases> read_machine(const Value& machine,
                                                   const std::string& pointer) const {
    PAWL_TRY_VOID(check_kind(machine, pointer, Kind::Object));
    const Value* cases = PAWL_TRY(member(machine, pointer, "TestCases", Kind::Object));
    const std::string cases_pointer = pointer + "/TestCases";
    MockConfig::TestCases read;
    for (const json::Member& test_case : cases->members()) {
      read[std::string(test_case.name())] = PAWL_TRY(
          read_test_case(test_case.value, json::pointer_child(cases_pointer, test_case.name())));
    }
    return read;
  }

  base::Result<MockConfig::TestCase> read_test_case(const Value& states,
                                                    const std::string& pointer) const {
    PAWL_TRY_VOID(check_kind(states, pointer, Kind::Object));
    MockConfig::TestCase read;
    for (const json::Member& state : states.members()) {
      const std::string place = json::pointer_child(pointer, state.name());
      PAWL_TRY_VOID(check_kind(state.value, place, Kind::String));
      const auto response = responses_.find(state.value.as_string());
      if (response == responses_.end()) {
        return error(place, "names the mocked response \"" + std::string(state.value.as_string()) +
                                "\", which MockedResponses does not define");
      }
      read[std::string(state.name())] = response->second;
    }
    return read;
  }

  base::Result<std::shared_ptr<const MockedResponse>> read_response(
      const Value& answers, const std::string& pointer) const {
    PAWL_TRY_VOID(check_kind(answers, pointer, Kind::Object));
    auto response = std::make_shared<MockedResponse>();
    for (const json::Member& answer : answers.members()) {
      const std::string place = json::pointer_child(pointer, answer.name());
      const auto invocations = parse_invocations(answer.name());
      if (!invocations) {
        return error(place, "is no invocation number: write \"0\", or \"1-2\" for a range");
      }
      const auto [first, last] = *invocations;
      for (const MockedResponse::Range& other : response->ranges_) {
        if (first <= other.last && other.first <= last)
          return error(place, "covers an invocation that another member covers too");
      }
      response->ranges_.push_back({first, last, PAWL_TRY(read_answer(answer.value, place))});
    }
    std::sort(response->ranges_.begin(), response->ranges_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return std::shared_ptr<const MockedResponse>(std::move(response));
  }

  base::Result<MockedResponse::Answer> read_answer(const Value& answer,
                                                   const std::string& pointer) const {
    PAWL_TRY_VOID(check_kind(answer, pointer, Kind::Object));
    const Value* returned = answer.find("Return");
    const Value* thrown = answer.find("Throw");
    if (answer.size() != 1 || (returned == nullptr && thrown == nullptr))
      return error(pointer, "must have one member, \"Return\" or \"Throw\"");
    if (returned != nullptr) return MockedResponse::Answer(MockedReturn{json::write(*returned)});
    const std::string place = pointer + "/Throw";
    PAWL_TRY_VOID(check_kind(*thrown, place, Kind::Object));
    asl::ExecutionError mocked;
    mocked.error =
        std::string(PAWL_TRY(member(*thrown, place, "Error", Kind::String))->as_string());
    if (const Value* cause = thrown->find("Cause")) {
      PAWL_TRY_VOID(check_kind(*cause, place + "/Cause", Kind::String));
      mocked.cause = std::string(cause->as_string());
    }
    return MockedResponse::Answer(std::move(mocked));
  }

  std::string_view text_;
  MockConfig::TestCase responses_;
};

const MockedResponse::Answer* MockedResponse::find(uint64_t number) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), number,
                       [](uint64_t wanted, const Range& range) { return wanted < range.first; });
  if (after == ranges_.begin()) return nullptr;
  const Range& range = *std::prev(after);
  return number <= range.last ? &range.answer : nullptr;
}

base::Result<std::shared_ptr<const MockConfig>> MockConfig::parse(std::string_view text) {
  return MockConfigReader(text).read();
}

const MockConfig::TestCase* MockConfig::find(std::string_view state_machine,
                                             std::string_view test_case) const {
  const auto machine = machines_.find(state_machine);
  if (machine == machines_.end()) return nullptr;
  const auto found = machine->second.find(test_case);
  return found == machine->second.end() ? nullptr : &found->second;
}

}  // namespace pawl::integration
