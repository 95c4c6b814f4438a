// SPDX-License-Identifier: Apache-2.0
#include "services/apigateway/vtl/template.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace pawl::apigateway::vtl {
namespace {

std::string rendered(std::string_view text, Variables variables = {}) {
  const base::Result<Template> made = Template::parse(text);
  if (!made) return "refused: " + made.error().message;
  const base::Result<std::string> out = made->render(variables);
  return out ? *out : "failed: " + out.error().message;
}

Variables with(std::string_view json) {
  const Value root = Value::of_json(*json::parse(json));
  Variables variables;
  for (const auto& [name, value] : root.map()) variables[name] = value;
  return variables;
}

TEST(Template, ReferencesPrintWhatTheyReferTo) {
  const auto variables = with(R"({"a":{"b":[1,"x",{"c":2.5}]},"t":"text","n":null,"f":false})");
  EXPECT_EQ(rendered("$a.b[1] ${a.b[2].c}! $a.b.get(0) $t.length()", variables), "x 2.5! 1 4");
  EXPECT_EQ(rendered("$a $a.b $f", variables), "{b=[1, x, {c=2.5}]} [1, x, {c=2.5}] false");
  EXPECT_EQ(rendered("$none $!none ${none.x} $n $!n|$t.none() $!t.none()", variables),
            "$none  ${none.x} $n |$t.none() ");
  EXPECT_EQ(rendered("5$ $5 \\$t a#b $t.", variables), "5$ $5 $t a#b text.");
}

TEST(Template, SetIfAndForEach) {
  EXPECT_EQ(rendered("#set($a = 1 + 2 * 3)$a"), "7");
  EXPECT_EQ(rendered("#set( $m = {\"a\": [1..3], 'b': \"x$a\"} )$m.a $m.b"), "[1, 2, 3] x$a");
  EXPECT_EQ(rendered("#set($m = {})#set($m.k = 'v')#set($m['l'] = 2)$m.k$m.l"), "v2");
  EXPECT_EQ(rendered("#if($x)a#elseif(1 == 1 && !false)b#{else}c#end"), "b");
  EXPECT_EQ(rendered("#if($x == 'a' or 2 ge 3)a#elsec#end"), "c");
  EXPECT_EQ(rendered("#foreach($i in [1, 2, 3])$i#if($foreach.hasNext),#end#end"), "1,2,3");
  EXPECT_EQ(rendered("#foreach($i in [1..9])#if($i > 3)#break#end$velocityCount #end."), "1 2 3 .");
  EXPECT_EQ(rendered("#set($m={'a':1,'b':2})#foreach($k in $m.keySet())$k=$m.get($k) #end"),
            "a=1 b=2 ");
  EXPECT_EQ(rendered("#foreach($e in {'a':1}.entrySet())x#end"),
            "refused: line 1 of the template: #foreach wants )");
  EXPECT_EQ(rendered("a#stop b"), "a");
  EXPECT_EQ(rendered("a ## comment\nb#* more\n *#c"), "a bc");
}

TEST(Template, DirectivesTakeTheirLines) {
  EXPECT_EQ(rendered("{\n  #set($a = 1)\n  #if($a == 1)\n  \"a\": $a\n  #end\n}\n"),
            "{\n  \"a\": 1\n}\n");
}

TEST(Template, MethodsOfTexts) {
  const auto variables = with(R"({"t":"a,b,,c,,","u":" Ärger "})");
  EXPECT_EQ(rendered("$t.split(',') $t.split(',').size()", variables), "[a, b, , c] 4");
  EXPECT_EQ(rendered("$t.replaceAll('([a-c])', '<$1>') $t.replace(',', '')", variables),
            "<a>,<b>,,<c>,, abc");
  EXPECT_EQ(
      rendered("[$u.trim()] $u.trim().toUpperCase() $t.substring(2) $t.substring(0, 1)", variables),
      "[Ärger] ÄRGER b,,c,, a");
  EXPECT_EQ(
      rendered("$t.indexOf('b') $t.contains('z') $t.matches('a.*') $t.equals('a')", variables),
      "2 false true false");
  EXPECT_EQ(rendered("$t.substring(9)", variables), "$t.substring(9)");
}

TEST(Template, NumbersWrapAndDivideAsJavas) {
  EXPECT_EQ(rendered("#set($a = 7 / 2)$a #set($a = 7.0 / 2)$a #set($a = 7 % 4)$a"), "3 3.5 3");
  EXPECT_EQ(rendered("#set($a = 9223372036854775807 + 1)$a"), "-9223372036854775808");
  EXPECT_EQ(rendered("#set($a = 1 / 0)$!a.x"), "");
  EXPECT_EQ(rendered("#set($a = -3)#set($b = -$a)$a$b"), "-33");
}

TEST(Template, BadTemplatesAreRefused) {
  for (const char* text :
       {"#if($a", "#if($a)x", "#end", "#set($a)", "#set(a = 1)", "#foreach($a)x#end", "${a", "#*",
        "#macro(x)#end", "#set($a = \"x)", "#set($a = [1)", "#if(1)#else#else#end",
        "#set($a = 99999999999999999999)"}) {
    EXPECT_EQ(rendered(text).substr(0, 8), "refused:") << text;
  }
  EXPECT_EQ(rendered("#set($a = " + std::string(5'000, '(') + "1)").substr(0, 8), "refused:");
  std::string deep;
  for (int i = 0; i < 5'000; ++i) deep += "#if(1)";
  EXPECT_EQ(rendered(deep).substr(0, 8), "refused:");
}

TEST(Template, NothingRunsOrGrowsForEver) {
  EXPECT_EQ(rendered("#foreach($a in [1..90000])#foreach($b in [1..90000])x#end#end").substr(0, 7),
            "failed:");
  EXPECT_EQ(rendered("#set($a = [1..100000000])").substr(0, 7), "failed:");
  EXPECT_EQ(rendered("#set($l = [])$l.add($l) $l"), "$l.add($l) []");
  // Each list has the one before twice.
  std::string doubling = "#set($l = ['x'])";
  for (int i = 0; i < 60; ++i) doubling += "#set($l = [$l, $l])";
  EXPECT_EQ(rendered(doubling + "$l").substr(0, 7), "failed:");
  EXPECT_EQ(
      rendered("#set($s = 'xxxxxxxx')#foreach($i in [1..40])#set($s = $s + $s)#end").substr(0, 7),
      "failed:");
}

}  // namespace
}  // namespace pawl::apigateway::vtl
