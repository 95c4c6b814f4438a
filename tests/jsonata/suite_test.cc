// SPDX-License-Identifier: Apache-2.0
// The reference suite of JSONata (conformance data, folder jsonata), through Expression. Each case
// is run as written, and again from what Expression::print() made of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "json/parse.h"
#include "json/write.h"
#include "query/jsonata/expression.h"

namespace pawl::query::jsonata {
namespace {

namespace fs = std::filesystem;

fs::path suite_folder() {
  const char* folder = std::getenv("PAWL_CONFORMANCE");
  const fs::path root =
      folder != nullptr ? fs::path(folder) : fs::path(PAWL_SOURCE_DIR) / "../shared/conformance";
  return root / "jsonata";
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// JSON has escapes for lone surrogates, which UTF-8 text cannot hold: they go on as escapes of the
/// expression, which means the same where the suite has them, inside of string literals.
std::string with_escaped_surrogates(std::string text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto is_surrogate = [&text](size_t at, char first, char last) {
      return text.compare(at, 3, "\\ud") == 0 && at + 3 < text.size() && text[at + 3] >= first &&
             text[at + 3] <= last;
    };
    if (is_surrogate(i, '8', 'b') && is_surrogate(i + 6, 'c', 'f')) {
      out += text.substr(i, 12);
      i += 11;
    } else if (is_surrogate(i, '8', 'f')) {
      out += "\\\\" + text.substr(i + 1, 5);
      i += 5;
    } else {
      out += text[i];
      if (text[i] == '\\') out += text[++i];
    }
  }
  return out;
}

json::Value parsed(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << (value ? "" : value.error().message);
  return value ? *value : json::Value();
}

class ObjectScope : public VariableScope {
 public:
  explicit ObjectScope(const json::Value* object) : object_(object) {}
  const json::Value* find(std::string_view name) const override {
    return object_ == nullptr ? nullptr : object_->find(name);
  }

 private:
  const json::Value* object_;
};

bool has_flag(const json::Value& test, std::string_view flag) {
  const json::Value* flags = test.find("flags");
  return flags != nullptr &&
         std::any_of(flags->items().begin(), flags->items().end(),
                     [flag](const json::Value& value) { return value.as_string() == flag; });
}

/// Numbers as JSON text lose the last bits of what JavaScript computes.
bool nearly_equal(const json::Value& a, const json::Value& b, bool is_unordered) {
  if (a.is_number() && b.is_number()) {
    const double x = a.as_double();
    const double y = b.as_double();
    return x == y || std::abs(x - y) <= 1e-12 * std::max(std::abs(x), std::abs(y));
  }
  if (a.is_array() && b.is_array()) {
    if (a.size() != b.size()) return false;
    if (is_unordered) {
      return std::all_of(a.items().begin(), a.items().end(), [&b](const json::Value& item) {
        return std::any_of(b.items().begin(), b.items().end(), [&item](const json::Value& other) {
          return nearly_equal(item, other, false);
        });
      });
    }
    return std::equal(
        a.items().begin(), a.items().end(), b.items().begin(),
        [](const json::Value& x, const json::Value& y) { return nearly_equal(x, y, false); });
  }
  if (a.is_object() && b.is_object()) {
    return a.size() == b.size() &&
           std::all_of(a.members().begin(), a.members().end(), [&b](const json::Member& member) {
             const json::Value* other = b.find(member.name());
             return other != nullptr && nearly_equal(member.value, *other, false);
           });
  }
  return a == b;
}

class Suite : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(suite_folder() / "groups"))
      GTEST_SKIP() << "the conformance data is not here (PAWL_CONFORMANCE)";
    for (const auto& entry : fs::directory_iterator(suite_folder() / "datasets"))
      datasets_.emplace(entry.path().stem().string(), parsed(read_text(entry.path())));
  }

  /// What is wrong with the outcome of the case, or nothing.
  std::string mistake_in(const json::Value& test, std::string_view source, Dialect dialect,
                         size_t depth_factor = 1) {
    Expression::Options options;
    options.dialect = dialect;
    options.functions = FunctionSet::Reference;
    auto expression = Expression::compile(source, options);
    if (!expression) return mistake_in_error(test, expression.error());
    EvaluationInput input;
    const json::Value* data = test.find("data");
    if (data == nullptr) {
      const json::Value& name = *test.find("dataset");
      if (name.is_string()) data = &datasets_.at(std::string(name.as_string()));
    }
    const json::Value before = data == nullptr ? json::Value() : parsed(json::write(*data));
    const ObjectScope variables(test.find("bindings"));
    input.input = data;
    input.variables = &variables;
    input.now_ms = 1'700'000'000'000;
    EvaluationLimits limits = EvaluationLimits::extended();
    if (const json::Value* depth = test.find("depth"))
      limits.depth = static_cast<size_t>(depth->as_double()) * depth_factor;
    if (test.find("timelimit") != nullptr) limits.steps = 30'000'000;
    input.limits = &limits;
    auto result = expression->evaluate(input);
    if (data != nullptr && !(*data == before)) return "the input has changed";
    if (!result) return mistake_in_error(test, result.error());
    if (test.find("code") != nullptr || test.find("error") != nullptr) return "no error";
    if (test.find("undefinedResult") != nullptr)
      return result->kind == EvaluationResult::Kind::Value ? json::write(result->value) : "";
    if (result->kind != EvaluationResult::Kind::Value) return "undefined";
    const bool is_unordered = test.find("unordered") != nullptr;
    return nearly_equal(result->value, *test.find("result"), is_unordered)
               ? ""
               : json::write(result->value).substr(0, 300);
  }

  static std::string mistake_in_error(const json::Value& test, const EvaluationError& error) {
    const std::string shown = error.code + ": " + error.message();
    if (const json::Value* code = test.find("code")) {
      if (code->as_string() != error.code) return shown;
      const json::Value* token = test.find("token");
      if (token != nullptr && (!error.token || token->as_string() != *error.token))
        return shown + ", token " + error.token.value_or("(none)");
      return "";
    }
    if (const json::Value* wanted = test.find("error")) {
      if (wanted->find("code")->as_string() != error.code) return shown;
      const json::Value* message = wanted->find("message");
      if (message != nullptr && message->as_string() != error.message()) return shown;
      const json::Value* token = wanted->find("token");
      if (token != nullptr && token->as_string() != error.token.value_or("")) return shown;
      return "";
    }
    return shown;
  }

  void run(Dialect dialect, const std::map<std::string, std::string>& known_misses) {
    size_t passed = 0;
    size_t failed = 0;
    std::set<std::string> missed;
    for (const auto& entry : fs::directory_iterator(suite_folder() / "groups")) {
      const json::Value group = parsed(with_escaped_surrogates(read_text(entry.path())));
      for (const json::Value& test : group.find("cases")->items()) {
        if (dialect == Dialect::V2_0_6 && has_flag(test, "not-2.0.6")) continue;
        const std::string id(test.find("id")->as_string());
        const std::string source(test.find("expr")->as_string());
        std::string mistake = mistake_in(test, source, dialect);
        if (mistake.empty()) mistake = mistake_in_printed(test, source, dialect);
        if (mistake.empty()) {
          ++passed;
          continue;
        }
        ++failed;
        missed.insert(id);
        if (!known_misses.contains(id)) {
          ADD_FAILURE() << id << "\n  " << source.substr(0, 400) << "\n  got " << mistake
                        << "\n  expected " << json::write(test).substr(0, 700);
        }
      }
    }
    for (const auto& [id, reason] : known_misses)
      EXPECT_TRUE(missed.contains(id)) << id << " passes: it is no known miss any more";
    std::cout << passed << " of " << passed + failed << " cases\n";
    RecordProperty("passed", static_cast<int>(passed));
  }

  std::string mistake_in_printed(const json::Value& test, const std::string& source,
                                 Dialect dialect) {
    Expression::Options options;
    options.dialect = dialect;
    options.functions = FunctionSet::Reference;
    auto expression = Expression::compile(source, options);
    if (!expression) return "";
    const std::string printed = expression->print();
    // Its parentheses are levels of their own.
    const std::string mistake = mistake_in(test, printed, dialect, 2);
    return mistake.empty() ? "" : "printed as " + printed + ": " + mistake;
  }

  std::map<std::string, json::Value> datasets_;
};

TEST_F(Suite, CurrentDialect) { run(Dialect::Current, {}); }

TEST_F(Suite, Dialect206) { run(Dialect::V2_0_6, {}); }

}  // namespace
}  // namespace pawl::query::jsonata
