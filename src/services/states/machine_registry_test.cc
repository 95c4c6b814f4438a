// SPDX-License-Identifier: Apache-2.0
// What executions ask the registry for: what an ARN starts, and revisions that outlive their
// machine.
#include <thread>

#include "services/states/api_for_test.h"

namespace pawl::states {
namespace {

class RegistryTest : public ApiTest {
 protected:
  std::string resolved_definition(const std::string& name, uint64_t random = 0) {
    const auto found = registry_->resolve(arn(name), random);
    return found ? found->revision->definition : found.error().code;
  }
};

TEST_F(RegistryTest, ResolvesMachinesVersionsAndAliases) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true,"type":"EXPRESS")"));
  call("UpdateStateMachine", of("m", with_definition("2") + R"(,"publish":true)"));
  call("UpdateStateMachine", of("m", with_definition("3")));
  call("CreateStateMachineAlias", R"({"name":"P","routingConfiguration":[)"
                                  R"({"stateMachineVersionArn":")" +
                                      arn("m:1") + R"(","weight":30},{"stateMachineVersionArn":")" +
                                      arn("m:2") + R"(","weight":70}]})");
  const auto machine = registry_->resolve(arn("m"), 0);
  ASSERT_TRUE(machine);
  EXPECT_EQ(machine->target->state_machine_arn, arn("m"));
  EXPECT_EQ(machine->target->version_arn, "");
  EXPECT_EQ(machine->target->type, asl::StateMachineType::Express);
  EXPECT_EQ(machine->target->region, "us-east-1");
  EXPECT_EQ(machine->target->account_id, "000000000000");
  EXPECT_EQ(machine->revision->definition, definition("3"));
  EXPECT_EQ(machine->revision->role_arn, kRole);
  EXPECT_EQ(machine->revision->logging_configuration,
            R"({"level":"OFF","includeExecutionData":false})");
  EXPECT_EQ(machine->revision->program->type, asl::StateMachineType::Express);
  EXPECT_EQ(resolved_definition("m:1"), definition("1"));
  const auto alias = registry_->resolve(arn("m:P"), 0);
  ASSERT_TRUE(alias);
  EXPECT_EQ(alias->target->state_machine_arn, arn("m"));
  EXPECT_EQ(alias->target->version_arn, arn("m:1"));
  EXPECT_EQ(alias->target->alias_arn, arn("m:P"));
  EXPECT_EQ(resolved_definition("m:P", 29), definition("1"));
  EXPECT_EQ(resolved_definition("m:P", 30), definition("2"));
  EXPECT_EQ(resolved_definition("m:P", 99), definition("2"));
  EXPECT_EQ(resolved_definition("m:P", 129), definition("1"));
  EXPECT_EQ(resolved_definition("m:3"), "StateMachineDoesNotExist");
  EXPECT_EQ(resolved_definition("m:Q"), "StateMachineDoesNotExist");
  EXPECT_EQ(resolved_definition("n"), "StateMachineDoesNotExist");
  EXPECT_EQ(resolved_definition("m/l"), "ValidationException");
}

TEST_F(RegistryTest, SeesEveryChange) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  EXPECT_EQ(resolved_definition("m"), definition("1"));
  EXPECT_EQ(resolved_definition("m:1"), definition("1"));
  call("UpdateStateMachine", of("m", with_definition("2")));
  EXPECT_EQ(resolved_definition("m"), definition("2"));
  EXPECT_EQ(resolved_definition("m:1"), definition("1"));
  const std::string alias = R"({"stateMachineAliasArn":")" + arn("m:P") + "\"";
  call("CreateStateMachineAlias", R"({"name":"P","routingConfiguration":[)"
                                  R"({"stateMachineVersionArn":")" +
                                      arn("m:1") + R"(","weight":100}]})");
  EXPECT_EQ(resolved_definition("m:P"), definition("1"));
  call("PublishStateMachineVersion", of("m"));
  call("UpdateStateMachineAlias", alias +
                                      R"(,"routingConfiguration":[{"stateMachineVersionArn":")" +
                                      arn("m:2") + R"(","weight":100}]})");
  EXPECT_EQ(resolved_definition("m:P"), definition("2"));
  call("DeleteStateMachineAlias", alias + "}");
  EXPECT_EQ(resolved_definition("m:P"), "StateMachineDoesNotExist");
  running_.are_running = true;
  call("DeleteStateMachine", of("m"));
  EXPECT_EQ(registry_->resolve(arn("m"), 0)->target->status, MachineStatus::Deleting);
  EXPECT_EQ(registry_->resolve(arn("m:1"), 0)->target->status, MachineStatus::Deleting);
  running_.are_running = false;
  call("DeleteStateMachine", of("m"));
  EXPECT_EQ(resolved_definition("m"), "StateMachineDoesNotExist");
  EXPECT_EQ(resolved_definition("m:1"), "StateMachineDoesNotExist");
}

TEST_F(RegistryTest, RevisionsOutliveUpdateDeleteAndRestart) {
  call("CreateStateMachine", machine("m"));
  const uint64_t first = registry_->resolve(arn("m"), 0)->revision->number;
  call("UpdateStateMachine", of("m", with_definition("2")));
  const uint64_t second = registry_->resolve(arn("m"), 0)->revision->number;
  call("DeleteStateMachine", of("m"));
  restart();
  call("CreateStateMachine", machine("m", "3"));
  const uint64_t third = registry_->resolve(arn("m"), 0)->revision->number;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_EQ(registry_->revision(first).value()->definition, definition("1"));
  EXPECT_EQ(registry_->revision(second).value()->definition, definition("2"));
  EXPECT_NE(registry_->program(first), nullptr);
  EXPECT_EQ(registry_->program(third + 1), nullptr);
}

TEST_F(RegistryTest, UnneededRevisionsGoAtTheSecondCall) {
  call("CreateStateMachine", machine("m", "1", R"(,"publish":true)"));
  call("UpdateStateMachine", of("m", with_definition("2")));
  const uint64_t second = registry_->resolve(arn("m"), 0)->revision->number;
  call("UpdateStateMachine", of("m", with_definition("3")));
  call("UpdateStateMachine", of("m", with_definition("4")));
  // 1 is version 1's, 2 an execution's, 4 the machine's; 3 is nobody's.
  const auto erase = [&] {
    return registry_
        ->erase_unneeded_revisions([&](uint64_t revision) { return revision == second; })
        .value();
  };
  EXPECT_EQ(erase(), 0u);
  EXPECT_EQ(erase(), 1u);
  EXPECT_EQ(erase(), 0u);
  EXPECT_EQ(registry_->program(second + 1), nullptr);
  EXPECT_NE(registry_->program(second), nullptr);
  EXPECT_EQ(resolved_definition("m:1"), definition("1"));
  EXPECT_EQ(resolved_definition("m"), definition("4"));
}

TEST_F(RegistryTest, SmallCachesAnswerTheSame) {
  MachineRegistry small(*machines_, {.targets_max = 1, .revisions_max = 1});
  for (int round = 0; round < 3; ++round) {
    for (const std::string name : {"a", "b", "c"}) {
      if (round == 0) call("CreateStateMachine", machine(name, "\"" + name + "\""));
      const auto found = small.resolve(arn(name), 0);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->revision->definition, definition("\"" + name + "\""));
    }
  }
}

TEST_F(RegistryTest, ManyThreadsNeverSeeAPastDefinitionAfterAnUpdate) {
  call("CreateStateMachine", machine("m", "0"));
  std::atomic<int> announced = 0;
  std::atomic<bool> done = false;
  std::atomic<int> mistakes = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const int at_least = announced;
        const auto found = registry_->resolve(arn("m"), 0);
        // {"StartAt":"A","States":{"A":{"Type":"Pass","Result":NUMBER,…
        const std::string& text = found->revision->definition;
        const size_t at = text.find("Result\":") + 8;
        if (std::stoi(text.substr(at)) < at_least) ++mistakes;
      }
    });
  }
  for (int i = 1; i <= 200; ++i) {
    call("UpdateStateMachine", of("m", with_definition(std::to_string(i))));
    announced = i;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mistakes, 0);
}

TEST(BoundedCache, KeepsWhatIsUsedAndForgetsTheRest) {
  BoundedCache<int, int> cache({.entries_max = 2, .weight_max = 10});
  const auto put = [&](int key, uint64_t weight = 1) {
    cache.put(key, std::make_shared<const int>(key), cache.generation(), weight);
  };
  put(1);
  put(2);
  EXPECT_NE(cache.find(1), nullptr);
  put(3);
  EXPECT_NE(cache.find(1), nullptr);
  EXPECT_EQ(cache.find(2), nullptr);
  put(4, 11);
  EXPECT_EQ(cache.find(4), nullptr);
  put(5, 10);
  EXPECT_EQ(cache.size(), 1u);
  const uint64_t before = cache.generation();
  cache.forget(5);
  cache.put(6, std::make_shared<const int>(6), before);
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace pawl::states
