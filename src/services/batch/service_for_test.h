// SPDX-License-Identifier: Apache-2.0
// The service in process, with a runner that does what the test says and a clock that it moves.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "aws/model/installed_models_for_test.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "jobs/fake_runner_for_test.h"
#include "jobs/records.h"
#include "json/members.h"
#include "json/parse.h"
#include "json/write.h"
#include "services/batch/service.h"
#include "store/memory/memory_store.h"

namespace pawl::batch {

class BatchTest : public testing::Test {
 protected:
  void SetUp() override {
    model_ = aws::installed_model("batch");
    ASSERT_NE(model_, nullptr) << "python3-botocore is not installed";
    restart();
  }

  /// As after kill -9: containers are gone unless the runner keeps them.
  void restart(jobs::Demand capacity = {}) {
    table_.reset();
    service_.reset();
    loop_ = std::make_unique<aws::VirtualLoop>(now_);
    runner_ = std::make_unique<jobs::FakeRunner>(capacity);
    machine_ = std::make_unique<jobs::Machine>(capacity);
    auto opened = BatchService::open({.store = store_,
                                      .loop = *loop_,
                                      .caller = caller_,
                                      .runner = *runner_,
                                      .machine = *machine_,
                                      .endpoint_url = [] { return "http://127.0.0.1:4566"; },
                                      .stop_grace_ms = 5'000});
    ASSERT_TRUE(opened) << opened.error().message;
    service_ = *std::move(opened);
    table_ = std::make_unique<aws::ActionTable>(*service_, *model_);
    service_->bind(*table_);
    ASSERT_TRUE(table_->check());
    service_->run();
    loop_->run();
  }
  void pass(int64_t ms) {
    loop_->advance_by(ms);
    now_ = loop_->now();
  }

  aws::ActionResult call(std::string_view operation, const std::string& input,
                         const std::string& account = "000000000000") {
    aws::Request request;
    request.operation = model_->find_operation(operation);
    request.input = *json::parse(input);
    request.request_id = "R";
    request.principal.account_id = account;
    std::optional<aws::ActionResult> answer;
    table_->call(std::move(request),
                 aws::Reply([&answer](aws::ActionResult result) { answer = std::move(result); }));
    loop_->run();
    return *std::move(answer);
  }
  json::Value ok(std::string_view operation, const std::string& input) {
    aws::ActionResult result = call(operation, input);
    if (result) return result->value;
    ADD_FAILURE() << operation << ": " << result.error().code << " "
                  << result.error().message.value_or("");
    return json::Value::object();
  }
  std::string refused(std::string_view operation, const std::string& input) {
    const aws::ActionResult result = call(operation, input);
    return result ? "" : result.error().code + ": " + result.error().message.value_or("");
  }

  void make_environment(const std::string& name, int vcpus) {
    ok("CreateComputeEnvironment",
       R"({"type":"MANAGED","computeEnvironmentName":")" + name +
           R"(","computeResources":{"type":"EC2","instanceRole":"r","subnets":["s"],"maxvCpus":)" +
           std::to_string(vcpus) + "}}");
  }
  void make_queue(const std::string& name, int priority, const std::string& environment) {
    ok("CreateJobQueue", R"({"jobQueueName":")" + name + R"(","priority":)" +
                             std::to_string(priority) +
                             R"(,"computeEnvironmentOrder":[{"order":1,"computeEnvironment":")" +
                             environment + R"("}]})");
  }
  /// `more`: members of the definition, each with a comma before it.
  void make_definition(const std::string& name, const std::string& container,
                       const std::string& more = "") {
    ok("RegisterJobDefinition", R"({"type":"container","jobDefinitionName":")" + name +
                                    R"(","containerProperties":)" + container + more + "}");
  }
  /// Environment "ce" of four vCPUs, queue "q", definition "d" of one vCPU.
  void make_all() {
    make_environment("ce", 4);
    make_queue("q", 1, "ce");
    make_definition("d", kContainer);
  }
  static constexpr const char* kContainer =
      R"({"image":"busybox","vcpus":1,"memory":128,"command":["echo","hello"]})";

  std::string submit(const std::string& name, const std::string& more = "",
                     const std::string& queue = "q", const std::string& definition = "d") {
    return text_member(
        ok("SubmitJob", R"({"jobName":")" + name + R"(","jobQueue":")" + queue +
                            R"(","jobDefinition":")" + definition + "\"" + more + "}"),
        "jobId");
  }
  json::Value job(const std::string& id) {
    const json::Value answer = ok("DescribeJobs", R"({"jobs":[")" + id + R"("]})");
    const json::Value jobs = array_member(answer, "jobs");
    return jobs.size() == 1 ? jobs.items()[0] : json::Value::object();
  }
  std::string status(const std::string& id) { return text_member(job(id), "status"); }
  std::string reason(const std::string& id) { return text_member(job(id), "statusReason"); }
  /// The id by which the runner knows the job's container.
  std::string task(const std::string& id) {
    const std::string arn = text_member(object_member(job(id), "container"), "taskArn");
    return arn.substr(arn.rfind('/') + 1);
  }
  void run_container(const std::string& id, const std::string& handle = "") {
    runner_->run(task(id), handle);
    loop_->run();
  }
  void end_container(const std::string& id, int code) {
    runner_->exit(task(id), code);
    loop_->run();
  }
  void run_and_end(const std::string& id, int code) {
    run_container(id);
    end_container(id, code);
  }

  base::Timestamp now_{1'700'000'000'000};
  const aws::ServiceModel* model_ = nullptr;
  store::MemoryStore store_;
  aws::RecordingCaller caller_;
  std::unique_ptr<aws::VirtualLoop> loop_;
  std::unique_ptr<jobs::FakeRunner> runner_;
  std::unique_ptr<jobs::Machine> machine_;
  std::unique_ptr<BatchService> service_;
  std::unique_ptr<aws::ActionTable> table_;
};

}  // namespace pawl::batch
