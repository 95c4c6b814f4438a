// SPDX-License-Identifier: Apache-2.0
// Against every installed model: what is guessed from folders' names is what the models say.
#include "integration/sdk_catalog.h"

#include <gtest/gtest.h>

#include <map>

#include "aws/model/installed_models_for_test.h"
#include "integration/sdk_names.h"

namespace pawl::integration {
namespace {

asl::TaskResource resource(const std::string& rest) {
  return asl::parse_task_resource("arn:aws:states:::" + rest).value();
}

TEST(SdkCatalog, EveryServiceIsFoundByItsNameAndNoNameIsTakenTwice) {
  aws::ModelCatalog& models = aws::installed_models();
  std::map<std::string, std::string> folders;
  for (const std::string& folder : models.service_names()) {
    const auto model = models.find(folder);
    ASSERT_TRUE(model) << folder << ": " << model.error().message;
    const std::string& id = (*model)->metadata().service_id;
    const std::string name = aws::lower_ascii(sdk_service_class(id));
    // One service whose two models share an id: the guide's is the first version.
    if (folder == "pinpoint-sms-voice") continue;
    const auto [other, is_new] = folders.emplace(name, folder);
    EXPECT_TRUE(is_new) << name << " is " << other->second << " and " << folder;
    EXPECT_EQ(model_of_sdk_service(name, models), folder) << id;
  }
  EXPECT_GT(folders.size(), 300U);
}

TEST(SdkCatalog, FindsOperationsByAction) {
  const SdkCatalog catalog(aws::installed_models());
  const auto found = catalog.find("rds", "describeDBInstances");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ((*found)->name, "DescribeDBInstances");
  EXPECT_EQ(catalog.find("s3", "GetObject").error().kind, base::ErrorKind::NotFound);
  EXPECT_EQ(catalog.find("stepfunctions", "startExecution").error().kind,
            base::ErrorKind::NotFound);
  EXPECT_EQ(catalog.find("nosuch", "getObject").error().kind, base::ErrorKind::NotFound);
}

TEST(SdkCatalog, RefusesWhatStepFunctionsCannotCall) {
  const SdkCatalog catalog(aws::installed_models());
  for (const auto& [service, action] :
       std::map<std::string, std::string>{{"s3", "selectObjectContent"},    // an event stream
                                          {"kinesis", "subscribeToShard"},  // another
                                          {"lambda", "invokeAsync"},        // by the guide
                                          {"sts", "assumeRole"}}) {         // by the guide
    const auto found = catalog.find(service, action);
    ASSERT_FALSE(found) << action;
    EXPECT_EQ(found.error().kind, base::ErrorKind::Unsupported) << action;
  }
}

TEST(SdkResources, KnowWhatTheModelsHave) {
  const SdkResources resources(aws::installed_models());
  EXPECT_TRUE(resources.exists(resource("aws-sdk:cloudwatchlogs:createLogGroup")));
  EXPECT_TRUE(resources.exists(resource("aws-sdk:sqs:sendMessage.waitForTaskToken")));
  EXPECT_FALSE(resources.exists(resource("aws-sdk:sqs:sendMessages")));
  EXPECT_FALSE(resources.exists(resource("aws-sdk:s3:getObject.sync")));
  EXPECT_TRUE(resources.exists(resource("dynamodb:getItem")));
  EXPECT_FALSE(resources.exists(resource("dynamodb:query")));
}

TEST(SdkResources, AcceptWhatIsPlausibleWithoutAModel) {
  aws::ModelCatalog none({});
  const SdkResources resources(none);
  EXPECT_TRUE(resources.exists(resource("aws-sdk:sqs:sendMessages")));
  EXPECT_FALSE(resources.exists(resource("aws-sdk:sqs:SendMessage")));
}

}  // namespace
}  // namespace pawl::integration
