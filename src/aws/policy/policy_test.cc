// SPDX-License-Identifier: Apache-2.0
// Policies: what AWS refuses in which words, and what those it takes allow.
#include <gtest/gtest.h>

#include "aws/policy/condition_match.h"
#include "aws/policy/evaluation.h"

namespace pawl::aws {
namespace {

std::string fault(std::string_view text, PolicyKind kind = PolicyKind::Identity) {
  const auto parsed = PolicyDocument::parse(text, kind);
  return parsed ? "" : parsed.error().message;
}

PolicyDocument policy(std::string_view text, PolicyKind kind = PolicyKind::Identity) {
  auto parsed = PolicyDocument::parse(text, kind);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *std::move(parsed);
}

std::string with_statement(const std::string& inside) {
  return R"({"Version":"2012-10-17","Statement":{)" + inside + "}}";
}

Decision decide(const std::string& statements, const RequestContext& request) {
  const PolicyDocument document =
      policy(R"({"Version":"2012-10-17","Statement":[)" + statements + "]}");
  PolicySet set;
  set.identity = {{&document, "p", "IAM Policy"}};
  Decision decision = evaluate(set, request);
  decision.matched.clear();  // the document ends here
  return decision;
}

bool allows(const std::string& statements, const RequestContext& request) {
  return decide(statements, request).verdict == Verdict::Allowed;
}

// Texts of IAM's MalformedPolicyDocument for CreatePolicy.
TEST(PolicyDocument, RefusesInAwssWords) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"not json", "Syntax errors in policy."},
      {"[]", "Syntax errors in policy."},
      {R"({"Version":"2012-10-17"})", "Syntax errors in policy."},
      {R"({"Version":"2012-10-17","Extra":[],"Statement":[]})", "Syntax errors in policy."},
      {R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})",
       "Policy document must be version 2012-10-17 or greater."},
      {R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}})",
       "Policy document must be version 2012-10-17 or greater."},
  };
  for (const auto& each : kCases) EXPECT_EQ(fault(each.text), each.message) << each.text;
  // An inline policy may lack what a managed one must have.
  EXPECT_EQ(fault(kCases[4].text, PolicyKind::Inline), "");
  EXPECT_EQ(fault(kCases[5].text, PolicyKind::Inline), "");
  EXPECT_EQ(fault(kCases[2].text, PolicyKind::Inline), "Syntax errors in policy.");
  const struct {
    const char* statement;
    const char* message;
  } kStatements[] = {
      {R"("Effect":"Allow","Action":"s3:*","Resource":"*")", ""},
      {R"("Effect":"Perhaps","Action":"s3:*","Resource":"*")", "Syntax errors in policy."},
      {R"("Effect":"allow","Action":"s3:*","Resource":"*")", "The policy failed legacy parsing"},
      {R"("Effect":"Allow","Resource":"*")", "Policy statement must contain actions."},
      {R"("Effect":"Allow","Action":"s3:*")", "Policy statement must contain resources."},
      {R"("Effect":"Allow","Action":"invalid","Resource":"*")",
       "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."},
      {R"("Effect":"Allow","Action":"a:b:c","Resource":"*")",
       "Actions/Condition can contain only one colon."},
      {R"("Effect":"Allow","Action":"a b:c","Resource":"*")", "Vendor a b is not valid"},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"bucket")",
       R"(Resource bucket must be in ARN format or "*".)"},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"arn:bad:s3:::b")",
       R"(Partition "bad" is not valid for resource "arn:bad:s3:::b".)"},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:us-east-1::b")",
       "Resource arn:aws:s3:us-east-1::b can not contain region information."},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*")",
       "Policy document should not specify a principal."},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"*","Sid":"a-b")",
       "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
       "expression [0-9A-Za-z]*"},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bogus":{"a":"b"}})",
       "Syntax errors in policy."},
      {R"("Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"a":"x"}})",
       "The policy failed legacy parsing"},
  };
  for (const auto& each : kStatements)
    EXPECT_EQ(fault(with_statement(each.statement)), each.message) << each.statement;
}

TEST(PolicyDocument, TrustPoliciesHaveWordsOfTheirOwn) {
  const auto trust_fault = [](const std::string& statement) {
    return fault(with_statement(statement), PolicyKind::Trust);
  };
  EXPECT_EQ(fault("{,}", PolicyKind::Trust), "This policy contains invalid Json");  // recorded
  const std::string rest = R"("Effect":"Allow","Action":"sts:AssumeRole")";
  EXPECT_EQ(trust_fault(rest), "Missing required field Principal");
  EXPECT_EQ(trust_fault(rest + R"(,"Principal":"*","Resource":"*")"),
            "Has prohibited field Resource");
  EXPECT_EQ(trust_fault(R"("Effect":"Allow","Principal":"*","Action":"s3:GetObject")"),
            "AssumeRole policy may only specify STS AssumeRole actions.");
  EXPECT_EQ(trust_fault(rest + R"(,"Principal":{"Service":["a.amazonaws.com"]})"), "");
  EXPECT_EQ(trust_fault(rest + R"(,"Principal":{})"),
            "Missing required field Principal cannot be empty!");
  EXPECT_EQ(trust_fault(rest + R"(,"NotPrincipal":{"AWS":"*"})"),
            "Allow with NotPrincipal is not allowed.");
  EXPECT_EQ(fault(R"({"Version":"2012-10-17","Statement":[]})", PolicyKind::Trust),
            "Could not parse the policy: Statement is empty!");
}

TEST(PolicyDocument, TellsWhereStatementsStand) {
  // Recorded: SimulatePrincipalPolicy.
  const PolicyDocument document =
      policy(R"({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", )"
             R"("Action": "s3:PutObject", "Resource": "*"}})");
  EXPECT_EQ(document.statements()[0].start.column, 41);
  EXPECT_EQ(document.statements()[0].end.column, 113);
  const PolicyDocument two = policy(
      "{\"Statement\":[\n{\"Effect\":\"Allow\",\"Action\":\"a:{\",\"Resource\":\"*\"},\n"
      " {\"Effect\":\"Deny\",\"Action\":\"a:b\",\"Resource\":\"*\"}],\"Version\":\"2012-10-17\"}");
  EXPECT_EQ(two.statements()[0].start.line, 2);
  EXPECT_EQ(two.statements()[1].start.line, 3);
  EXPECT_EQ(two.statements()[1].start.column, 3);
}

TEST(PolicyDocument, KnowsWhatItAsksFor) {
  const PolicyDocument document = policy(with_statement(
      R"("Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/*",)"
      R"("Condition":{"StringEquals":{"aws:PrincipalTag/team":["${s3:prefix}","${*}"]}})"));
  EXPECT_EQ(document.context_keys(),
            (std::vector<std::string>{"aws:PrincipalTag/team", "aws:username", "s3:prefix"}));
}

TEST(Evaluation, ActionsAndResources) {
  const std::string allow =
      R"({"Effect":"Allow","Action":["s3:get*","sqs:SendMessage"],"Resource":"arn:aws:s3:::b/*"})";
  EXPECT_TRUE(allows(allow, {"s3:GetObject", "arn:aws:s3:::b/k"}));
  EXPECT_FALSE(allows(allow, {"s3:PutObject", "arn:aws:s3:::b/k"}));
  EXPECT_FALSE(allows(allow, {"s3:GetObject", "arn:aws:s3:::c/k"}));
  EXPECT_EQ(decide(allow, {"s3:PutObject", "arn:aws:s3:::b/k"}).verdict, Verdict::ImplicitDeny);
  const std::string deny = R"(,{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"})";
  EXPECT_TRUE(allows(allow + deny, {"s3:GetObject", "arn:aws:s3:::b/k"}));
  EXPECT_EQ(decide(allow + deny, {"s3:GetObjectAcl", "arn:aws:s3:::b/k"}).verdict,
            Verdict::ExplicitDeny);
  EXPECT_TRUE(allows(R"({"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b"})",
                     {"s3:GetObject", "arn:aws:s3:::c"}));
}

TEST(Evaluation, Variables) {
  const std::string own =
      R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}/*"})";
  RequestContext request{"s3:GetObject", "arn:aws:s3:::b/ann/x", {}, {{"aws:username", {"ann"}}}};
  EXPECT_TRUE(allows(own, request));
  request.conditions["aws:username"] = {"*"};  // stands for itself
  EXPECT_FALSE(allows(own, request));
  request.conditions.clear();
  EXPECT_FALSE(allows(own, request));
  EXPECT_TRUE(allows(
      R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username, 'ann'}/*"})",
      request));
  EXPECT_FALSE(
      allows(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${*}/*"})", request));
}

struct ConditionCase {
  const char* condition;
  std::vector<std::string> given;
  bool holds;
};

TEST(Evaluation, Conditions) {
  const ConditionCase kCases[] = {
      {R"("StringEquals":{"k":["a","b"]})", {"b"}, true},
      {R"("StringEquals":{"k":"a"})", {"A"}, false},
      {R"("StringEquals":{"k":"a"})", {}, false},
      {R"("StringNotEquals":{"k":"a"})", {}, true},
      {R"("StringNotEquals":{"k":["a","b"]})", {"b"}, false},
      {R"("StringEqualsIgnoreCase":{"K":"a"})", {"A"}, true},
      {R"("StringLike":{"k":"a*c"})", {"abc"}, true},
      {R"("StringNotLike":{"k":"a*c"})", {"abc"}, false},
      {R"("StringEqualsIfExists":{"k":"a"})", {}, true},
      {R"("StringEqualsIfExists":{"k":"a"})", {"b"}, false},
      {R"("NumericLessThanEquals":{"k":10})", {"10"}, true},
      {R"("NumericGreaterThan":{"k":"10"})", {"9.5"}, false},
      {R"("NumericEquals":{"k":"10"})", {"x"}, false},
      {R"("DateGreaterThan":{"k":"2020-01-01T00:00:00Z"})", {"2021-01-01"}, true},
      {R"("DateLessThan":{"k":"1577836800"})", {"2019-12-31T23:59:59Z"}, true},
      {R"("Bool":{"k":"true"})", {"True"}, true},
      {R"("Bool":{"k":false})", {"true"}, false},
      {R"("BinaryEquals":{"k":"aGk="})", {"hi"}, true},
      {R"("IpAddress":{"k":"203.0.113.0/24"})", {"203.0.113.9"}, true},
      {R"("NotIpAddress":{"k":"203.0.113.0/24"})", {"203.0.114.9"}, true},
      {R"("IpAddress":{"k":"2001:db8::/32"})", {"2001:db8::1"}, true},
      {R"("IpAddress":{"k":"203.0.113.7"})", {"no address"}, false},
      {R"("ArnLike":{"k":"arn:aws:sns:*:123456789012:t-*"})",
       {"arn:aws:sns:eu-west-1:123456789012:t-1"},
       true},
      {R"("ArnEquals":{"k":"arn:aws:sns:*:1:t"})", {"arn:aws:sns:a:b:1:t"}, false},
      {R"("ArnNotLike":{"k":"arn:aws:sns:*:*:t"})", {"arn:aws:sns:r:1:t"}, false},
      {R"("Null":{"k":"true"})", {}, true},
      {R"("Null":{"k":"false"})", {}, false},
      {R"("Null":{"k":"false"})", {"x"}, true},
      {R"("ForAllValues:StringEquals":{"k":["a","b"]})", {"a", "b"}, true},
      {R"("ForAllValues:StringEquals":{"k":["a","b"]})", {"a", "c"}, false},
      {R"("ForAllValues:StringEquals":{"k":"a"})", {}, true},
      {R"("ForAnyValue:StringEquals":{"k":"a"})", {"x", "a"}, true},
      {R"("ForAnyValue:StringEquals":{"k":"a"})", {}, false},
      {R"("ForAnyValue:StringNotEquals":{"k":"a"})", {"a", "b"}, true},
      {R"("ForAllValues:StringLikeIfExists":{"k":"a*"})", {"ab"}, true},
  };
  for (const ConditionCase& each : kCases) {
    RequestContext request{"s3:GetObject", "*"};
    if (!each.given.empty()) request.conditions["k"] = each.given;
    EXPECT_EQ(allows(std::string(R"({"Effect":"Allow","Action":"s3:*","Resource":"*",)") +
                         R"("Condition":{)" + each.condition + "}}",
                     request),
              each.holds)
        << each.condition;
  }
}

TEST(Evaluation, TellsWhatWasMissing) {
  const std::string allow =
      R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":)"
      R"("true"}}})";
  EXPECT_EQ(decide(allow, {"s3:GetObject", "*"}).missing_context,
            std::vector<std::string>{"aws:securetransport"});
}

TEST(Evaluation, BoundariesAndSessionsMustAllowAsWell) {
  const PolicyDocument all =
      policy(with_statement(R"("Effect":"Allow","Action":"*","Resource":"*")"));
  const PolicyDocument s3 =
      policy(with_statement(R"("Effect":"Allow","Action":"s3:*","Resource":"*")"));
  PolicySet set;
  set.identity = {{&all}};
  set.boundary = {{{&s3}}};
  EXPECT_EQ(evaluate(set, {"s3:GetObject", "*"}).verdict, Verdict::Allowed);
  EXPECT_EQ(evaluate(set, {"sqs:SendMessage", "*"}).denied_by, PolicySource::Boundary);
  set.boundary.reset();
  set.session = std::vector<NamedPolicy>{};
  EXPECT_EQ(evaluate(set, {"s3:GetObject", "*"}).denied_by, PolicySource::Session);
}

TEST(Evaluation, TrustPoliciesNameWhoMayCome) {
  const auto trusts = [](const std::string& principal, const PolicyCaller& caller,
                         bool identity_allows) {
    const PolicyDocument trust = policy(
        with_statement(R"("Effect":"Allow","Action":"sts:AssumeRole","Principal":)" + principal),
        PolicyKind::Trust);
    const PolicyDocument all =
        policy(with_statement(R"("Effect":"Allow","Action":"*","Resource":"*")"));
    PolicySet set;
    set.resource = {{&trust}};
    set.needs_resource_policy = true;
    set.resource_account = "111111111111";
    if (identity_allows) set.identity = {{&all}};
    return evaluate(set, {"sts:AssumeRole", "arn:aws:iam::111111111111:role/r", caller}).verdict ==
           Verdict::Allowed;
  };
  const PolicyCaller user{"111111111111", "arn:aws:iam::111111111111:user/u"};
  EXPECT_TRUE(trusts(R"({"AWS":"arn:aws:iam::111111111111:user/u"})", user, false));
  EXPECT_FALSE(trusts(R"({"AWS":"111111111111"})", user, false));
  EXPECT_TRUE(trusts(R"({"AWS":"111111111111"})", user, true));
  EXPECT_FALSE(trusts(R"({"AWS":"222222222222"})", user, true));
  EXPECT_FALSE(trusts(R"({"Service":"lambda.amazonaws.com"})", user, true));
  const PolicyCaller other{"222222222222", "arn:aws:iam::222222222222:user/u"};
  EXPECT_FALSE(trusts(R"({"AWS":"arn:aws:iam::222222222222:user/u"})", other, false));
  EXPECT_TRUE(trusts(R"({"AWS":"222222222222"})", other, true));
  PolicyCaller service{"111111111111", "", "", "lambda.amazonaws.com"};
  EXPECT_TRUE(trusts(R"({"Service":"lambda.amazonaws.com"})", service, false));
}

}  // namespace
}  // namespace pawl::aws
