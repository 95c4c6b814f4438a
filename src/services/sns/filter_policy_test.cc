// SPDX-License-Identifier: Apache-2.0
// Policies against messages, and what is said of wrong ones: filter_cases.json. The law at the end
// compares with the definition of a match, tried out in every way.
#include "services/sns/filter_policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/random.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::sns {
namespace {

using json::Value;

Value cases() {
  std::ifstream file(PAWL_SOURCE_DIR "/src/services/sns/filter_cases.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = json::parse(text.str());
  EXPECT_TRUE(parsed) << "filter_cases.json: " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : Value::object();
}

FilterScope scope_of(const Value& test) {
  const Value* scope = test.find("scope");
  return scope != nullptr && scope->as_string() == "MessageBody" ? FilterScope::MessageBody
                                                                 : FilterScope::MessageAttributes;
}

TEST(FilterPolicy, MatchesAsDocumented) {
  const Value all = cases();
  ASSERT_GT(all.find("matching")->size(), 30U);
  for (const Value& test : all.find("matching")->items()) {
    const std::string policy_text = json::write(*test.find("policy"));
    const auto policy = FilterPolicy::compile(policy_text, FilterScope::MessageBody);
    ASSERT_TRUE(policy) << policy_text << ": " << policy.error().message;
    for (const auto& [member, expected] : {std::pair("matches", true), std::pair("not", false)}) {
      const Value* messages = test.find(member);
      ASSERT_NE(messages, nullptr) << policy_text;
      for (const Value& message : messages->items())
        EXPECT_EQ(policy->matches(message), expected) << policy_text << json::write(message);
    }
  }
}

TEST(FilterPolicy, SaysWhatIsWrongInAwsWords) {
  const Value all = cases();
  ASSERT_GT(all.find("refused")->size(), 20U);
  for (const Value& test : all.find("refused")->items()) {
    const Value* policy = test.find("policy");
    const std::string text =
        policy->is_string() ? std::string(policy->as_string()) : json::write(*policy);
    const auto compiled = FilterPolicy::compile(text, scope_of(test));
    ASSERT_FALSE(compiled) << text;
    EXPECT_EQ(compiled.error().message, test.find("message")->as_string()) << text;
  }
}

TEST(FilterPolicy, CountsCombinationsAsRecorded) {
  const auto values = [](int from, int count) {
    std::string out;
    for (int i = from; i < from + count; ++i)
      out += (out.empty() ? "" : ",") + std::string("\"v") + std::to_string(i) + "\"";
    return "[" + out + "]";
  };
  EXPECT_TRUE(FilterPolicy::compile("{\"a\":" + values(0, 150) + "}", FilterScope::MessageBody));
  EXPECT_FALSE(FilterPolicy::compile("{\"a\":" + values(0, 151) + "}", FilterScope::MessageBody));
  // A key of a nested object counts as often as it is deep.
  EXPECT_TRUE(
      FilterPolicy::compile("{\"a\":{\"b\":" + values(0, 75) + "}}", FilterScope::MessageBody));
  EXPECT_FALSE(
      FilterPolicy::compile("{\"a\":{\"b\":" + values(0, 76) + "}}", FilterScope::MessageBody));
}

TEST(FilterPolicy, QuotesNoMoreThanJacksonDoes) {
  const std::string text = "{\"a\":[\"" + std::string(600, 'x') + "\"],\"b\":1}";
  const auto compiled = FilterPolicy::compile(text, FilterScope::MessageBody);
  ASSERT_FALSE(compiled);
  const std::string& message = compiled.error().message;
  EXPECT_NE(message.find("\"[truncated " + std::to_string(text.size() - 500) + " chars]; line: 1"),
            std::string::npos)
      << message;
}

// The law. A message as AWS's rule engine flattens it: every leaf with its path and with the index
// taken in each array of objects on the way.
struct Leaf {
  std::string path;
  Value value;
  std::map<int, int> places;
};

class Flattening {
 public:
  explicit Flattening(const Value& message) { object(message, "", {}); }
  const std::vector<Leaf>& leaves() const { return leaves_; }

 private:
  void object(const Value& value, const std::string& path, const std::map<int, int>& places) {
    for (const json::Member& member : value.members())
      any(member.value,
          path.empty() ? std::string(member.name()) : path + "." + std::string(member.name()),
          places);
  }
  void any(const Value& value, const std::string& path, const std::map<int, int>& places) {
    if (value.is_object()) return object(value, path, places);
    if (!value.is_array()) {
      leaves_.push_back({path, value, places});
      return;
    }
    const int array = arrays_++;
    int index = 0;
    for (const Value& item : value.items()) {
      std::map<int, int> inside = places;
      if (item.is_container()) inside[array] = index;
      any(item, path, inside);
      ++index;
    }
  }

  std::vector<Leaf> leaves_;
  int arrays_ = 0;
};

bool agree(const std::map<int, int>& a, const std::map<int, int>& b) {
  for (const auto& [array, index] : a) {
    const auto other = b.find(array);
    if (other != b.end() && other->second != index) return false;
  }
  return true;
}

/// Tries every leaf for every condition.
bool can_meet(const std::vector<aws::EventPattern::Condition>& conditions, size_t next,
              const std::vector<Leaf>& leaves, const std::map<int, int>& places) {
  if (next == conditions.size()) return true;
  const aws::EventPattern::Condition& condition = conditions[next];
  bool is_present = false;
  for (const Leaf& leaf : leaves) {
    if (leaf.path != condition.path) continue;
    is_present = true;
    if (!agree(leaf.places, places)) continue;
    for (const aws::ValuePattern& pattern : condition.patterns) {
      if (!pattern.matches(leaf.value)) continue;
      std::map<int, int> merged = places;
      merged.insert(leaf.places.begin(), leaf.places.end());
      if (can_meet(conditions, next + 1, leaves, merged)) return true;
    }
  }
  if (is_present) return false;
  for (const aws::ValuePattern& pattern : condition.patterns)
    if (pattern.kind == aws::ValuePattern::Kind::Absent)
      return can_meet(conditions, next + 1, leaves, places);
  return false;
}

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  Value message() { return object(3); }

  std::string policy() {
    json::ObjectBuilder out;
    for (const char* name : {"a", "b", "a.b"})
      if (one_of(2) == 0) out.set(name, condition());
    const uint64_t more = one_of(3);
    if (more == 0) out.set("c", std::move(json::ObjectBuilder().set("a", condition())).build());
    if (more == 1 || out.empty())
      out.set("$or",
              Value::array({std::move(json::ObjectBuilder().set("c", condition())).build(),
                            std::move(json::ObjectBuilder().set("b", condition())).build()}));
    return json::write(std::move(out).build());
  }

 private:
  uint64_t one_of(uint64_t count) { return random_.next() % count; }
  Value scalar() { return one_of(3) == 0 ? Value(static_cast<int64_t>(one_of(3))) : text(); }
  Value text() { return Value(std::string(1, static_cast<char>('x' + one_of(3)))); }
  Value value(int depth) {
    const uint64_t kind = depth == 0 ? 0 : one_of(4);
    if (kind <= 1) return scalar();
    if (kind == 2) return object(depth - 1);
    std::vector<Value> items;
    for (uint64_t left = one_of(4); left > 0; --left) items.push_back(value(depth - 1));
    return Value::array(std::move(items));
  }
  Value object(int depth) {
    json::ObjectBuilder out;
    for (const char* name : {"a", "b", "c"})
      if (one_of(3) != 0) out.set(name, value(depth));
    if (one_of(8) == 0) out.set("a.b", value(depth));
    return std::move(out).build();
  }
  Value condition() {
    std::vector<Value> patterns{scalar()};
    if (one_of(3) == 0) patterns.push_back(expression("anything-but", text()));
    if (one_of(4) == 0) patterns.push_back(expression("exists", Value(one_of(2) == 0)));
    return Value::array(std::move(patterns));
  }
  static Value expression(const char* name, Value value) {
    return std::move(json::ObjectBuilder().set(name, std::move(value))).build();
  }

  base::Random random_;
};

TEST(FilterPolicy, MatchesWhatTryingEverythingMatches) {
  int matched = 0;
  constexpr int kRounds = 20'000;
  for (int round = 0; round < kRounds; ++round) {
    Generator generator(static_cast<uint64_t>(round));
    const std::string text = generator.policy();
    const auto policy = FilterPolicy::compile(text, FilterScope::MessageBody);
    ASSERT_TRUE(policy) << text << policy.error().message;
    const Value message = generator.message();
    const Flattening flat(message);
    bool expected = false;
    for (const aws::EventPattern::Alternative& each : policy->alternatives())
      expected =
          expected || (message.size() > 0 && can_meet(each.conditions, 0, flat.leaves(), {}));
    ASSERT_EQ(policy->matches(message), expected)
        << "seed " << round << ": " << text << " " << json::write(message);
    matched += expected ? 1 : 0;
  }
  // Neither answer is the rule.
  EXPECT_GT(matched, kRounds / 10);
  EXPECT_LT(matched, kRounds * 9 / 10);
}

}  // namespace
}  // namespace pawl::sns
