// SPDX-License-Identifier: Apache-2.0
// Syntax and precedence of mistakes; most behaviour is tested through the API (tests/clients).
#include <gtest/gtest.h>

#include <string>

#include "json/parse.h"
#include "json/write.h"
#include "services/dynamodb/attribute_json.h"
#include "services/dynamodb/expression/condition.h"
#include "services/dynamodb/expression/projection.h"
#include "services/dynamodb/expression/reserved_words.h"
#include "services/dynamodb/expression/update.h"

namespace pawl::dynamodb {
namespace {

constexpr const char* kPlaceholders = R"({
  "ExpressionAttributeNames":{"#a":"a","#data":"data"},
  "ExpressionAttributeValues":{":1":{"N":"1"},":2":{"N":"2"},":s":{"S":"x"},":l":{"L":[]},
    ":ss":{"SS":["x"]}}})";
constexpr const char* kItem = R"({"a":{"N":"1"},"b":{"N":"2"},"s":{"S":"xyz"},
  "l":{"L":[{"N":"1"},{"S":"x"},{"L":[{"N":"2"}]}]},"m":{"M":{"k":{"S":"v"}}},"ss":{"SS":["x"]}})";

Placeholders placeholders() {
  return Placeholders::read(json::parse(kPlaceholders).value()).value();
}
Item item() { return read_item(json::parse(kItem).value()).value(); }

std::string condition(const std::string& text) {
  Placeholders names = placeholders();
  const auto compiled = compile_condition("ConditionExpression", text, names);
  if (!compiled) {
    const std::string message = compiled.error().message.value_or("");
    return message.substr(std::string("Invalid ConditionExpression: ").size());
  }
  return matches(*compiled, item()) ? "true" : "false";
}

std::string update(const std::string& text) {
  Placeholders names = placeholders();
  const auto compiled = compile_update(text, names);
  if (!compiled) return compiled.error().message.value_or("");
  const auto after = apply_update(*compiled, item());
  if (!after) return after.error().message.value_or("");
  const Item unchanged = item();
  Item changed;
  for (const Attribute& attribute : *after) {
    const AttributeValue* before = find(unchanged, attribute.name);
    if (before == nullptr || !equal(*before, attribute.value)) changed.push_back(attribute);
  }
  return json::write(write_item(changed));
}

TEST(ConditionExpression, Precedence) {
  EXPECT_EQ(condition("a = :1 OR a = :2 AND b = :1"), "true");
  EXPECT_EQ(condition("(a = :1 OR a = :2) AND b = :1"), "false");
  EXPECT_EQ(condition("NOT a = :2 AND b = :2"), "true");
  EXPECT_EQ(condition("NOT (a = :1 AND b = :2)"), "false");
  EXPECT_EQ(condition("not not a = :1"), "true");
  EXPECT_EQ(condition("a BETWEEN :1 AND :2 AND b = :2"), "true");
  EXPECT_EQ(condition("(l)[0] = :1 and (m).k <> :s"), "true");
  EXPECT_EQ(condition("size(l[2]) = :1 AND l[2][0] = b"), "true");
  EXPECT_EQ(condition(":1 IN (b, a)"), "true");
}

TEST(ConditionExpression, SyntaxErrorsNameTheToken) {
  EXPECT_EQ(condition("a"), R"-(Syntax error; token: "<EOF>", near: "a")-");
  EXPECT_EQ(condition("a = :1 b"), R"-(Syntax error; token: "b", near: ":1 b")-");
  EXPECT_EQ(condition("a = :1 )"), R"-(Syntax error; token: ")", near: ":1 )")-");
  EXPECT_EQ(condition("a-b = :1"), R"-(Syntax error; token: "-", near: "a-b")-");
  EXPECT_EQ(condition("a = 4"), R"-(Syntax error; token: "4", near: "= 4")-");
  EXPECT_EQ(condition("a IN ()"), R"-(Syntax error; token: ")", near: "()")-");
  EXPECT_EQ(condition("a = :1 AND"), R"-(Syntax error; token: "<EOF>", near: "AND")-");
  EXPECT_EQ(condition(" "), "The expression can not be empty;");
  EXPECT_TRUE(condition(std::string(300, '(') + "a = :1" + std::string(300, ')'))
                  .starts_with("Syntax error"));
}

TEST(ConditionExpression, TheFirstKindOfMistakeIsTold) {
  EXPECT_EQ(condition("((a = :x)) AND foo(data)"), "The expression has redundant parentheses;");
  EXPECT_EQ(condition("a = :x AND foo(data)"), "Invalid function name; function: foo");
  EXPECT_EQ(condition("a = :x AND data = :1"),
            "Attribute name is a reserved keyword; reserved keyword: data");
  EXPECT_EQ(condition("#data = #none AND size(a, b) = :1"),
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #none");
  EXPECT_EQ(condition("contains(size(a), attribute_exists(b))"),
            "The function is not allowed to be used this way in an expression; function: "
            "attribute_exists");
}

TEST(UpdateExpression, ReadsBeforeItWrites) {
  EXPECT_EQ(update("SET a = b, b = a"), R"({"a":{"N":"2"},"b":{"N":"1"}})");
  EXPECT_EQ(
      update("set a = (a + :2), l[0] = l[1], l[7] = :1, l[5] = :2"),
      R"({"a":{"N":"3"},"l":{"L":[{"S":"x"},{"S":"x"},{"L":[{"N":"2"}]},{"N":"2"},{"N":"1"}]}})");
  EXPECT_EQ(update("REMOVE l[0], l[2][0], l[1] ADD ss :ss"), R"({"l":{"L":[{"L":[]}]}})");
  EXPECT_EQ(update("SET m.#data = if_not_exists(m.nothing, list_append(:l, l))"),
            R"({"m":{"M":{"k":{"S":"v"},"data":{"L":[{"N":"1"},{"S":"x"},{"L":[{"N":"2"}]}]}}}})");
}

TEST(UpdateExpression, Mistakes) {
  EXPECT_EQ(update("SET a"),
            R"(Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "a")");
  EXPECT_EQ(update("PUT a = :1"),
            R"(Invalid UpdateExpression: Syntax error; token: "PUT", near: "PUT a")");
  EXPECT_EQ(update("SET a = :1 + :2 + :1"),
            R"(Invalid UpdateExpression: Syntax error; token: "+", near: ":2 + :1")");
  EXPECT_EQ(update("SET a = :none, b = foo(a)"),
            "Invalid UpdateExpression: Invalid function name; function: foo");
  EXPECT_EQ(update("DELETE ss :1"),
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
            "DELETE, operand type: NUMBER");
  EXPECT_EQ(update("DELETE a :ss"),
            "An operand in the update expression has an incorrect data type");
  EXPECT_EQ(update("REMOVE nothing.x"),
            "The document path provided in the update expression is invalid for update");
}

TEST(ProjectionExpression, Paths) {
  Placeholders names = placeholders();
  const auto paths = compile_projection("l[2][0], l[0], m.k, nothing", names);
  ASSERT_TRUE(paths);
  EXPECT_EQ(json::write(write_item(project(item(), *paths))),
            R"({"l":{"L":[{"N":"1"},{"L":[{"N":"2"}]}]},"m":{"M":{"k":{"S":"v"}}}})");
}

TEST(ReservedWords, InAnyCase) {
  EXPECT_TRUE(is_reserved_word("data"));
  EXPECT_TRUE(is_reserved_word("ZONE"));
  EXPECT_TRUE(is_reserved_word("Abort"));
  EXPECT_FALSE(is_reserved_word("Artist"));
  EXPECT_FALSE(is_reserved_word(""));
}

}  // namespace
}  // namespace pawl::dynamodb
