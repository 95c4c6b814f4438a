// SPDX-License-Identifier: Apache-2.0
// A template: its transforms, parameters, checks and values. What compiles is evaluated, once with
// nothing known and once with everything.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "formation/evaluator.h"
#include "formation/language_extensions.h"
#include "formation/summary.h"
#include "formation/template.h"
#include "formation/template_text.h"
#include "formation/transforms.h"

namespace {

using namespace pawl;
using namespace pawl::formation;

class Store : public ParameterSource {
 public:
  base::Result<std::optional<std::string>> ssm_parameter(std::string_view name) override {
    return name == "absent" ? std::optional<std::string>() : "a,b";
  }
};

class Known : public References {
 public:
  Answer ref(std::string_view id) override { return text(id); }
  Answer get_att(std::string_view, std::string_view attribute) override {
    return attribute == "List" ? json::Value::array({json::Value(1)}) : text(attribute);
  }
  Answer import_value(std::string_view name) override { return text(name); }
  Answer dynamic_reference(const DynamicReference& reference) override {
    return text(reference.reference);
  }

 private:
  static std::optional<json::Value> text(std::string_view value) { return json::Value(value); }
};

base::Result<json::Value> transformed(json::Value document, const ParameterValues& values) {
  for (size_t calls = 0; calls < 20; ++calls) {
    const std::optional<TransformCall> call = PAWL_TRY(next_transform(document, values, {}));
    if (!call) return document;
    json::Value answer = call->fragment;
    if (call->name == kLanguageExtensionsTransform) {
      answer = PAWL_TRY(expand_language_extensions(call->fragment, values, {}));
    }
    document = PAWL_TRY(apply_transform(document, *call, std::move(answer)));
  }
  return document;
}

base::Result<void> run(std::string_view text) {
  json::Value document = PAWL_TRY(read_template(text, {.aliases = true}));
  validate_answer(document).has_value();
  summary_answer(document).has_value();
  const std::vector<ParameterDeclaration> declarations =
      PAWL_TRY(read_parameter_declarations(document));
  std::vector<GivenParameter> given;
  for (const ParameterDeclaration& one : declarations) {
    if (!one.default_value) given.push_back({.name = one.name, .value = "1"});
  }
  Store store;
  const ParameterValues values = PAWL_TRY(bind_parameters(declarations, given, nullptr, store));
  document = PAWL_TRY(transformed(std::move(document), values));
  const Template source = PAWL_TRY(Template::compile(std::move(document)));
  const Evaluator evaluator = PAWL_TRY(Evaluator::create(source, values, {}));
  evaluator.check_rules().has_value();
  evaluator.imports();
  const auto order = evaluator.order();
  NothingKnown nothing;
  Known known;
  for (const ResourceDeclaration& resource : source.resources()) {
    PAWL_ASSERT(!evaluator.is_present(resource) || evaluator.properties(resource, nothing));
    evaluator.properties(resource, known, {.mask_no_echo = true}).has_value();
  }
  for (const OutputDeclaration& output : source.outputs()) {
    evaluator.output(output, known).has_value();
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  run({reinterpret_cast<const char*>(data), size}).has_value();
  return 0;
}
