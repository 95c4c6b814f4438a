// SPDX-License-Identifier: Apache-2.0
// Loading, overlays and look-ups of models.
#include "aws/model/service_model.h"

#include <gtest/gtest.h>

#include "aws/model/gunzip.h"
#include "aws/model/installed_models_for_test.h"
#include "aws/model/service_card.h"
#include "aws/model/java_hash_order.h"
#include "aws/model/merge_patch.h"
#include "json/parse.h"
#include "json/write.h"

namespace pawl::aws {
namespace {

json::Value parse(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *value : json::Value();
}

TEST(MergePatch, ExamplesOfRfc7396AppendixA) {
  const char* const examples[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}};
  for (const auto& [target, patch, result] : examples) {
    EXPECT_EQ(json::write(merge_patch(parse(target), parse(patch))), result);
  }
}

TEST(JavaHashOrder, MacAlgorithmsAsKmsPrintsThem) {
  EXPECT_EQ(
      java_hash_order({"HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"}),
      (std::vector<std::string>{"HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"}));
  EXPECT_EQ(java_hash_order({"x86_64", "arm64"}), (std::vector<std::string>{"x86_64", "arm64"}));
}

TEST(Gunzip, RefusesWhatIsCutShortOrTooLarge) {
  const std::string packed(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x4a\x06\x00\xc2\x41"
      "\x24\x35\x03\x00\x00\x00",
      23);
  EXPECT_EQ(*gunzip(packed, 100), "abc");
  EXPECT_FALSE(gunzip(packed.substr(0, 14), 100));
  EXPECT_FALSE(gunzip(packed, 2));
}

TEST(ServiceModel, RefusesAModelThatRefersToNothing) {
  EXPECT_FALSE(ServiceModel::compile("x", parse("{}")));
  EXPECT_FALSE(ServiceModel::compile("x", parse(R"({"metadata":{"protocol":"carrier-pigeon"},
    "operations":{},"shapes":{}})")));
  const auto model = ServiceModel::compile("x", parse(R"({"metadata":{"protocol":"json"},
    "operations":{"A":{"input":{"shape":"Gone"}}},"shapes":{}})"));
  ASSERT_FALSE(model);
  EXPECT_NE(model.error().message.find("'Gone'"), std::string::npos);
}

TEST(UriTemplate, FillsAndMatches) {
  const UriTemplate uri = UriTemplate::parse("/{Bucket}/{Key+}?uploads");
  const auto path = uri.fill([](const std::string& name) {
    return std::optional<std::string>(name == "Bucket" ? "b" : "a/b c");
  });
  EXPECT_EQ(*path, "/b/a/b%20c");
  const auto labels = uri.match("/b/a/b%20c/");
  ASSERT_TRUE(labels);
  EXPECT_EQ((*labels)[1].value, "a/b c/");
  EXPECT_FALSE(uri.match("/b"));
  EXPECT_FALSE(uri.match("/b/"));
  EXPECT_TRUE(UriTemplate::parse("/").match("/"));
  EXPECT_TRUE(UriTemplate::parse("/x/{A}").match("/x/1/"));
  EXPECT_FALSE(UriTemplate::parse("/x/{A}").match("/x/1/2"));
  EXPECT_EQ((*UriTemplate::parse("/a/{N}/z").match("/a/p%2Fq/z"))[0].value, "p/q");
}

TEST(ModelCatalog, StepFunctionsHasAll37Operations) {
  const ServiceModel* model = installed_model("stepfunctions");
  ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
  EXPECT_GE(model->operations().size(), 37U);
  for (const char* name : {"TestState", "RedriveExecution", "ValidateStateMachineDefinition",
                           "PublishStateMachineVersion", "CreateStateMachineAlias"}) {
    EXPECT_NE(model->find_operation(name), nullptr) << name;
  }
  const OperationModel* test_state = model->find_operation("TestState");
  ASSERT_NE(test_state, nullptr);
  EXPECT_EQ(test_state->host_prefix, "sync-");
  for (const char* name : {"mock", "context", "stateConfiguration", "inspectionLevel"}) {
    EXPECT_NE(test_state->input->find(name), nullptr) << name;
  }
  EXPECT_EQ(model->metadata().target_prefix, "AWSStepFunctions");
  EXPECT_EQ(model->metadata().signing_name, "states");
  EXPECT_NE(model->find_error("ExecutionNotRedrivable"), nullptr);
  const OperationModel* create = model->find_operation("CreateStateMachine");
  EXPECT_TRUE(create->input->find("definition")->required);
  EXPECT_EQ(create->input->find("name")->shape->max, 80.0);
}

TEST(ModelCatalog, SqsSpeaksJsonAndQuery) {
  const ServiceModel* model = installed_model("sqs");
  ASSERT_NE(model, nullptr) << "python3-botocore is not installed";
  EXPECT_EQ(model->metadata().protocol, Protocol::Json);
  EXPECT_TRUE(model->speaks(Protocol::Query));
  EXPECT_EQ(model->find_error("QueueDoesNotExist")->error->query_error,
            "AWS.SimpleQueueService.NonExistentQueue");
}

TEST(ModelCatalog, EveryInstalledModelCompiles) {
  ModelCatalog& models = installed_models();
  ASSERT_FALSE(models.service_names().empty()) << "python3-botocore is not installed";
  size_t operations = 0;
  for (const std::string& name : models.service_names()) {
    // A catalog of its own, so that the models do not all stay in memory.
    ModelCatalog fresh(installed_search_path());
    const auto model = fresh.find(name);
    ASSERT_TRUE(model) << name << ": " << model.error().message;
    operations += (*model)->operations().size();
    if (std::getenv("PAWL_ALL_MODELS") == nullptr && operations > 2'000) break;
  }
  RecordProperty("operations", static_cast<int>(operations));
  EXPECT_GT(operations, 0U);
}

TEST(ServiceCard, KeptOnesAreOfTheModels) {
  size_t compared = 0;
  for (const std::string& name : installed_models().service_names()) {
    const std::optional<ServiceCard> kept = kept_service_card(name);
    if (!kept) continue;
    ++compared;
    ModelCatalog fresh(installed_search_path());
    const ServiceCard card = card_of(**fresh.find(name));
    EXPECT_EQ(kept->api_version, card.api_version) << name;
    EXPECT_EQ(kept->endpoint_prefix, card.endpoint_prefix) << name;
    EXPECT_EQ(kept->signing_name, card.signing_name) << name;
    EXPECT_EQ(kept->target_prefix, card.target_prefix) << name;
    for (const Protocol protocol :
         {Protocol::RestJson, Protocol::RestXml, Protocol::Query, Protocol::Ec2}) {
      EXPECT_EQ(kept->speaks(protocol), card.speaks(protocol)) << name;
    }
  }
  EXPECT_GT(compared, 20U);
}

TEST(ModelCatalog, UnknownServiceIsNotFound) {
  const auto found = installed_models().find("carrier-pigeon");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, base::ErrorKind::NotFound);
}

}  // namespace
}  // namespace pawl::aws
