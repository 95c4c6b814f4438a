// SPDX-License-Identifier: Apache-2.0
// Definitions in the recorded API scripts: what AWS created compiles as strictly as AWS checks, and
// what it refused is refused with the same words at the same place.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <gtest/gtest.h>

#include "asl/compile.h"
#include "asl/variable_references.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::asl {
namespace {

namespace fs = std::filesystem;

fs::path cases_folder() {
  const char* given = std::getenv("PAWL_CONFORMANCE");
  return fs::path(given != nullptr ? given : PAWL_SOURCE_DIR "/../shared/conformance") /
         "recorded" / "cases";
}

json::Value read_json(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return json::parse(text.str()).value();
}

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// Puts an ARN in the place of each token "{{2:FunctionArn}}": the answers of earlier steps are not
/// at hand.
std::string without_tokens(std::string text) {
  for (size_t start = text.find("{{"); start != std::string::npos; start = text.find("{{")) {
    const size_t end = text.find("}}", start);
    if (end == std::string::npos) break;
    text.replace(start, end + 2 - start, "arn:aws:lambda:us-east-1:000000000000:function:f");
  }
  return text;
}

struct Script {
  std::string id;
  json::Value steps;
  json::Value expect;

  /// What was recorded of step `index`, if it was.
  std::optional<json::Value> recorded(size_t index) const {
    for (const json::Value& row : expect.items()) {
      const std::string actual = json::write(*row.find("actual"));
      if (actual.find("{{" + std::to_string(index) + ":") != std::string::npos)
        return *row.find("expected");
    }
    return std::nullopt;
  }
};

std::vector<Script> scripts() {
  std::vector<Script> out;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(cases_folder())) {
    if (entry.path().extension() != ".json") continue;
    const json::Value cases = read_json(entry.path());
    for (const json::Value& each : cases.items()) {
      out.push_back({text_of(each, "id"), *each.find("steps"), *each.find("expect")});
    }
  }
  std::sort(out.begin(), out.end(), [](const Script& a, const Script& b) { return a.id < b.id; });
  return out;
}

/// Calls `check(script, index, step, compilation)` for every step of one of `operations`.
template <typename Check>
void for_each_definition(std::initializer_list<std::string_view> operations, const Check& check) {
  for (const Script& script : scripts()) {
    for (size_t i = 0; i < script.steps.size(); ++i) {
      const json::Value& step = script.steps.items()[i];
      const json::Value* params = step.find("params");
      const std::string operation = text_of(step, "op");
      if (std::find(operations.begin(), operations.end(), operation) == operations.end() ||
          params == nullptr || params->find("definition") == nullptr) {
        continue;
      }
      CompileOptions options;
      options.unknown_resource = Severity::Error;
      if (text_of(*params, "type") == "EXPRESS") options.type = StateMachineType::Express;
      check(script, i, step, compile(without_tokens(text_of(*params, "definition")), options));
    }
  }
}

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(cases_folder()))
      GTEST_SKIP() << "the conformance data is not here (PAWL_CONFORMANCE)";
  }
};

TEST_F(Recorded, WhatAwsCreatedCompiles) {
  size_t compiled = 0;
  size_t total = 0;
  for_each_definition(
      {"CreateStateMachine", "UpdateStateMachine"},
      [&](const Script& script, size_t, const json::Value& step, const Compilation& compilation) {
        if (step.find("error_expected") != nullptr) return;
        ++total;
        compiled += compilation.program != nullptr;
        EXPECT_NE(compilation.program, nullptr)
            << script.id << ": " << invalid_definition_message(compilation.diagnostics);
      });
  std::printf("recorded definitions: %zu of %zu compile\n", compiled, total);
}

TEST_F(Recorded, RefusalsHaveTheWordsOfAws) {
  constexpr std::string_view kPrefix = "Invalid State Machine Definition: '";
  size_t equal = 0;
  size_t total = 0;
  for_each_definition(
      {"CreateStateMachine", "UpdateStateMachine"},
      [&](const Script& script, size_t index, const json::Value&, const Compilation& compilation) {
        const std::optional<json::Value> answer = script.recorded(index);
        if (!answer) return;
        std::string expected = text_of(*answer, "exception_value") + text_of(*answer, "message");
        const size_t start = expected.find(kPrefix);
        if (start == std::string::npos) return;
        expected.erase(0, start);
        if (const size_t at = expected.find("<partition>"); at != std::string::npos)
          expected.replace(at, 11, "aws");
        ++total;
        equal += invalid_definition_message(compilation.diagnostics) == expected;
        EXPECT_EQ(invalid_definition_message(compilation.diagnostics), expected) << script.id;
      });
  std::printf("recorded refusals: %zu of %zu equal\n", equal, total);
}

json::Value as_api(const Diagnostic& diagnostic) {
  json::ObjectBuilder out;
  out.set("code", json::Value(diagnostic.code));
  if (!diagnostic.location.empty()) out.set("location", json::Value(diagnostic.location));
  out.set("message", json::Value(diagnostic.message));
  out.set("severity", json::Value(diagnostic.severity == Severity::Error ? "ERROR" : "WARNING"));
  return std::move(out).build();
}

TEST_F(Recorded, DiagnosticsAreThoseOfAws) {
  size_t equal = 0;
  size_t total = 0;
  for_each_definition(
      {"ValidateStateMachineDefinition"},
      [&](const Script& script, size_t index, const json::Value&, const Compilation& compilation) {
        const std::optional<json::Value> answer = script.recorded(index);
        if (!answer || answer->find("diagnostics") == nullptr) return;
        std::vector<json::Value> items;
        for (const Diagnostic& diagnostic : compilation.diagnostics)
          items.push_back(as_api(diagnostic));
        const json::Value actual = json::Value::array(std::move(items));
        ++total;
        equal += actual == *answer->find("diagnostics");
        EXPECT_EQ(json::write(actual), json::write(*answer->find("diagnostics"))) << script.id;
      });
  std::printf("recorded diagnostics: %zu of %zu equal\n", equal, total);
}

/// Calls `visit(definition, references)` for each answer that shows both.
template <typename Visit>
void for_each_described(const json::Value& value, const Visit& visit) {
  if (value.is_array()) {
    for (const json::Value& item : value.items()) for_each_described(item, visit);
  }
  if (!value.is_object()) return;
  const json::Value* definition = value.find("definition");
  const json::Value* references = value.find("variableReferences");
  if (definition != nullptr && references != nullptr) {
    visit(definition->is_string() ? json::parse(definition->as_string()).value() : *definition,
          *references);
  }
  for (const json::Member& member : value.members()) for_each_described(member.value, visit);
}

TEST(RecordedDefinitions, VariableReferencesAreEqual) {
  const fs::path file = cases_folder() / "test_sfn_api_variable_references.json";
  if (!fs::exists(file)) GTEST_SKIP() << "the conformance data is not here (PAWL_CONFORMANCE)";
  size_t compared = 0;
  for_each_described(read_json(file),
                     [&](const json::Value& definition, const json::Value& wanted) {
                       json::ObjectBuilder found;
                       for (const auto& [state, names] : variable_references(definition)) {
                         std::vector<json::Value> list;
                         for (const std::string& name : names) list.emplace_back(name);
                         found.set(state, json::Value::array(std::move(list)));
                       }
                       EXPECT_EQ(json::write(std::move(found).build()), json::write(wanted));
                       ++compared;
                     });
  std::printf("recorded variable references: %zu compared\n", compared);
  EXPECT_GT(compared, 10u);
}

TEST(VariableReferences, OfExpressions) {
  const auto definition = json::parse(R"x({"QueryLanguage":"JSONata","StartAt":"A","States":{
      "A":{"Type":"Pass","Output":{"x":"{% $states.input.a & $name & ($own := 1; $own) & $count($list) %}"},
        "Assign":{"name":"{% $other %}"},"Next":"B"},
      "B":{"Type":"Succeed"}}})x");
  const auto references = variable_references(*definition);
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(references.at("A"), (std::vector<std::string>{"list", "name", "other"}));
}

}  // namespace
}  // namespace pawl::asl
