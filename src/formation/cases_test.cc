// SPDX-License-Identifier: Apache-2.0
// Runs tests/templates: templates as a stack is made of them, and what becomes of them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "formation/evaluator.h"
#include "formation/language_extensions.h"
#include "formation/parameters.h"
#include "formation/template.h"
#include "formation/template_text.h"
#include "formation/transforms.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::formation {
namespace {

using json::Value;

struct Part {
  std::string kind;
  std::string argument;
  std::string text;
};
struct Case {
  std::string name;
  std::vector<Part> parts;

  const Part* find(std::string_view kind) const {
    for (const Part& part : parts) {
      if (part.kind == kind) return &part;
    }
    return nullptr;
  }
};

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::vector<Case> read_cases(const std::string& file) {
  std::ifstream stream(std::string(PAWL_SOURCE_DIR) + "/tests/templates/" + file);
  std::vector<Case> cases;
  std::string line;
  while (std::getline(stream, line)) {
    if (line.starts_with("=== ")) {
      cases.push_back({.name = line.substr(4), .parts = {}});
    } else if (line.starts_with("--- ")) {
      std::istringstream words(line.substr(4));
      Part part;
      words >> part.kind >> part.argument;
      cases.back().parts.push_back(part);
    } else if (!cases.empty() && !cases.back().parts.empty()) {
      cases.back().parts.back().text += line + "\n";
    }
  }
  return cases;
}

class KnownStore : public ParameterSource {
 public:
  base::Result<std::optional<std::string>> ssm_parameter(std::string_view name) override {
    if (name == "/known") return std::optional<std::string>("value of /known");
    if (name == "/list") return std::optional<std::string>("one,two");
    return std::optional<std::string>();
  }
  base::Result<bool> exists(std::string_view, std::string_view id) override {
    return id != "absent";
  }
  base::Result<std::optional<std::string>> attribute(std::string_view, std::string_view id,
                                                     std::string_view name) override {
    if (name != "VpcId") return std::optional<std::string>();
    return std::optional<std::string>(id == "subnet-9" ? "vpc-9" : "vpc-1");
  }
};

class KnownReferences : public References {
 public:
  Answer ref(std::string_view id) override { return text("id-" + std::string(id)); }
  Answer get_att(std::string_view id, std::string_view attribute) override {
    return text(std::string(id) + "/" + std::string(attribute));
  }
  Answer import_value(std::string_view name) override {
    return text("exported-" + std::string(name));
  }
  Answer dynamic_reference(const DynamicReference& reference) override {
    return text("<" + reference.service + "|" + reference.reference + ">");
  }
  Answer stack_output(const StackOutputName& name) override {
    return text(name.stack_name + "." + name.output_name + "@" + name.region);
  }

 private:
  static Answer text(const std::string& value) { return std::optional<Value>(Value(value)); }
};

std::vector<GivenParameter> given_parameters(const Case& one) {
  std::vector<GivenParameter> given;
  const Part* part = one.find("parameters");
  if (part == nullptr) return given;
  std::istringstream lines(part->text);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t equals = line.find('=');
    if (equals == std::string::npos) continue;
    given.push_back({.name = line.substr(0, equals), .value = line.substr(equals + 1)});
  }
  return given;
}

void check(const Case& one, const Evaluator& evaluator,
           const std::vector<const ResourceDeclaration*>& order) {
  KnownReferences references;
  for (const Part& part : one.parts) {
    if (part.kind == "properties") {
      const ResourceDeclaration* resource = evaluator.source().find_resource(part.argument);
      ASSERT_NE(resource, nullptr) << part.argument;
      const auto value = evaluator.properties(*resource, references);
      ASSERT_TRUE(value) << value.error().message;
      const auto expected = json::parse(part.text);
      ASSERT_TRUE(expected) << expected.error().message;
      EXPECT_EQ(json::write(*value), json::write(*expected));
    } else if (part.kind == "order") {
      std::string names;
      for (const ResourceDeclaration* resource : order) names += resource->logical_id + " ";
      EXPECT_EQ(trimmed(names), trimmed(part.text));
    } else if (part.kind == "output") {
      std::string found = "(absent)";
      for (const OutputDeclaration& output : evaluator.source().outputs()) {
        if (output.name != part.argument) continue;
        const auto value = evaluator.output(output, references);
        ASSERT_TRUE(value) << value.error().message;
        found = (*value)->value;
      }
      EXPECT_EQ(found, trimmed(part.text));
    } else {
      EXPECT_TRUE(part.kind == "template" || part.kind == "parameters") << part.kind;
    }
  }
}

base::Result<void> run(const Case& one) {
  const Environment environment{.stack_name = "my-stack", .stack_id = "arn:stack"};
  Value document = PAWL_TRY(read_template(one.find("template")->text));
  const auto declarations = PAWL_TRY(read_parameter_declarations(document));
  KnownStore store;
  ParameterValues values =
      PAWL_TRY(bind_parameters(declarations, given_parameters(one), nullptr, store));
  bool has_extensions = false;
  while (auto call = PAWL_TRY(next_transform(document, values, environment))) {
    EXPECT_EQ(call->name, kLanguageExtensionsTransform);
    has_extensions = true;
    Value answer = PAWL_TRY(expand_language_extensions(call->fragment, values, environment));
    document = PAWL_TRY(apply_transform(document, *call, std::move(answer)));
  }
  const Template compiled =
      PAWL_TRY(Template::compile(document, {.language_extensions = has_extensions}));
  const Evaluator evaluator = PAWL_TRY(Evaluator::create(compiled, values, environment));
  PAWL_TRY_VOID(evaluator.check_rules(&store));
  const auto order = PAWL_TRY(evaluator.order());
  EXPECT_EQ(one.find("error"), nullptr) << "succeeds";
  if (one.find("error") == nullptr) check(one, evaluator, order);
  return {};
}

void run_file(const std::string& file) {
  const std::vector<Case> cases = read_cases(file);
  ASSERT_FALSE(cases.empty());
  for (const Case& one : cases) {
    SCOPED_TRACE(file + ": " + one.name);
    const base::Result<void> result = run(one);
    if (result) continue;
    const Part* expected = one.find("error");
    EXPECT_EQ(result.error().message, expected == nullptr ? "(success)" : trimmed(expected->text));
  }
}

TEST(TemplateCases, Functions) { run_file("functions.txt"); }
TEST(TemplateCases, Errors) { run_file("errors.txt"); }
TEST(TemplateCases, Parameters) { run_file("parameters.txt"); }
TEST(TemplateCases, LanguageExtensions) { run_file("language_extensions.txt"); }

}  // namespace
}  // namespace pawl::formation
