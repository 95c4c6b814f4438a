// SPDX-License-Identifier: Apache-2.0
// Real worker processes: what they return, and every way they go wrong.
#include "services/lambda/lambda_runtime.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "json/parse.h"
#include "net/http_server.h"

namespace pawl::lambda {
namespace {

namespace fs = std::filesystem;

class LambdaRuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "pawl-lambda-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    start({});
  }
  void start(LambdaRuntime::Options options) {
    options.log = [this](const FunctionConfig&, const std::string&, std::string_view line) {
      const std::lock_guard lock(log_mutex_);
      log_.emplace_back(line);
    };
    runtime_.emplace(std::move(options));
  }
  void TearDown() override {
    runtime_.reset();
    fs::remove_all(folder_);
  }

  void function(const std::string& name, const std::string& file, const std::string& code,
                int64_t timeout_ms = 5'000, int concurrency = 10) {
    fs::create_directories(folder_ / name);
    std::ofstream(folder_ / name / file) << code;
    auto config = parse_function_option(name + "=" + (folder_ / name / file).string() + ":handler");
    ASSERT_TRUE(config) << config.error().message;
    config->timeout_ms = timeout_ms;
    config->concurrency_max = concurrency;
    config->environment["GREETING"] = "hello";
    runtime_->add(*config);
  }

  InvokeResult invoke(const std::string& name, const std::string& event = "{}") {
    std::promise<InvokeResult> promise;
    auto sent = runtime_->invoke(
        name, {.event = event}, [&](InvokeResult result) { promise.set_value(std::move(result)); });
    EXPECT_TRUE(sent);
    return promise.get_future().get();
  }

  std::string error_type(const InvokeResult& result) {
    EXPECT_TRUE(result.function_error) << result.payload;
    const auto payload = json::parse(result.payload);
    const json::Value* type = payload ? payload->find("errorType") : nullptr;
    return type != nullptr ? std::string(type->as_string()) : result.payload;
  }

  bool has_node() const { return system("command -v node >/dev/null 2>&1") == 0; }

  fs::path folder_;
  std::optional<LambdaRuntime> runtime_;
  std::mutex log_mutex_;
  std::vector<std::string> log_;
};

TEST_F(LambdaRuntimeTest, PythonEchoContextAndEnvironment) {
  function(
      "f", "a.py",
      "import os\n"
      "def handler(event, context):\n"
      "    left = context.get_remaining_time_in_millis()\n"
      "    return {'event': event, 'name': context.function_name, 'env': os.environ['GREETING'],\n"
      "            'left': 0 < left <= 5000, 'arn': context.invoked_function_arn}\n");
  const InvokeResult result = invoke("f", R"({"a": [1, 2.50]})");
  EXPECT_FALSE(result.function_error);
  EXPECT_EQ(result.payload,
            R"({"event": {"a": [1, 2.5]}, "name": "f", "env": "hello", "left": true, )"
            R"("arn": "arn:aws:lambda:us-east-1:000000000000:function:f"})");
}

TEST_F(LambdaRuntimeTest, WorkersStayWarm) {
  function("f", "a.py",
           "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return "
           "count\n");
  EXPECT_EQ(invoke("f").payload, "1");
  EXPECT_EQ(invoke("f").payload, "2");
}

TEST_F(LambdaRuntimeTest, PythonExceptionIsTheError) {
  function("f", "a.py",
           "class Mine(Exception):\n    pass\ndef handler(event, context):\n    raise "
           "Mine('because')\n");
  const InvokeResult result = invoke("f");
  EXPECT_EQ(error_type(result), "Mine");
  EXPECT_NE(result.payload.find(R"("errorMessage": "because")"), std::string::npos);
  EXPECT_NE(result.payload.find("/var/task/a.py"), std::string::npos);
  EXPECT_NE(result.payload.find(result.request_id), std::string::npos);
}

TEST_F(LambdaRuntimeTest, WhatGoesWrongHasAwsNames) {
  function("import", "a.py", "import no_such_module\ndef handler(e, c):\n    pass\n");
  EXPECT_EQ(error_type(invoke("import")), "Runtime.ImportModuleError");
  function("syntax", "a.py", "def handler(e, c)\n");
  EXPECT_EQ(error_type(invoke("syntax")), "Runtime.UserCodeSyntaxError");
  function("absent", "a.py", "def other(e, c):\n    pass\n");
  EXPECT_EQ(error_type(invoke("absent")), "Runtime.HandlerNotFound");
  function("marshal", "a.py", "def handler(e, c):\n    return {1, 2}\n");
  EXPECT_EQ(error_type(invoke("marshal")), "Runtime.MarshalError");
  function("large", "a.py", "def handler(e, c):\n    return 'x' * 7_000_000\n");
  EXPECT_EQ(error_type(invoke("large")), "Function.ResponseSizeTooLarge");
  function("exit", "a.py", "import os\ndef handler(e, c):\n    os._exit(3)\n");
  const InvokeResult exited = invoke("exit");
  EXPECT_EQ(error_type(exited), "Runtime.ExitError");
  EXPECT_NE(exited.payload.find("Error: Runtime exited with error: exit status 3"),
            std::string::npos);
  EXPECT_EQ(error_type(invoke("exit")), "Runtime.ExitError");  // a new worker takes the next one
}

TEST_F(LambdaRuntimeTest, HandlerThatNeverAnswersIsEnded) {
  function("f", "a.py", "import time\ndef handler(e, c):\n    time.sleep(100)\n", 300);
  const InvokeResult result = invoke("f");
  EXPECT_EQ(error_type(result), "Sandbox.Timedout");
  EXPECT_NE(result.payload.find("Error: Task timed out after 0.30 seconds"), std::string::npos);
  EXPECT_LT(result.duration_us, 5'000'000);
}

TEST_F(LambdaRuntimeTest, ModuleThatNeverLoadsHasTheInvocationsTimeToo) {
  start({.init_timeout_ms = 100});
  function("f", "a.py", "import time\ntime.sleep(100)\n", 200);
  const InvokeResult result = invoke("f");
  EXPECT_EQ(error_type(result), "Sandbox.Timedout");
  EXPECT_NE(result.payload.find("Error: Task timed out after 0.20 seconds"), std::string::npos);
  function("g", "a.py", "import time\ntime.sleep(0.4)\ndef handler(e, c):\n    return 1\n", 20'000);
  EXPECT_EQ(invoke("g").payload, "1");
}

TEST_F(LambdaRuntimeTest, GarbageOnStdoutIsOnlyLog) {
  function("f", "a.py",
           "import sys\ndef handler(e, c):\n    sys.stdout.write('{]' * 100000 + '\\n')\n    "
           "return 'ok'\n");
  const InvokeResult result = invoke("f");
  EXPECT_EQ(result.payload, "\"ok\"");
  EXPECT_LE(result.log_tail.size(), 4'096U);
}

TEST_F(LambdaRuntimeTest, SeveralAtOnce) {
  function("f", "a.py", "import time\ndef handler(e, c):\n    time.sleep(0.3)\n    return e\n");
  std::vector<std::promise<std::string>> promises(4);
  for (size_t i = 0; i < promises.size(); ++i) {
    ASSERT_TRUE(runtime_->invoke("f", {.event = std::to_string(i)}, [&, i](InvokeResult result) {
      promises[i].set_value(result.payload);
    }));
  }
  for (size_t i = 0; i < promises.size(); ++i)
    EXPECT_EQ(promises[i].get_future().get(), std::to_string(i));
}

TEST_F(LambdaRuntimeTest, QueueWaitsForTheOneWorker) {
  function("f", "a.py", "n = 0\ndef handler(e, c):\n    global n\n    n += 1\n    return n\n",
           5'000, 1);
  std::vector<std::promise<std::string>> promises(20);
  for (auto& promise : promises) {
    ASSERT_TRUE(runtime_->invoke("f", {.event = "{}"},
                                 [&](InvokeResult result) { promise.set_value(result.payload); }));
  }
  for (size_t i = 0; i < promises.size(); ++i)
    EXPECT_EQ(promises[i].get_future().get(), std::to_string(i + 1));
}

TEST_F(LambdaRuntimeTest, NodeHandlersOfAllKinds) {
  if (!has_node()) GTEST_SKIP() << "no node on this machine";
  function(
      "async", "a.mjs",
      "export const handler = async (event, context) => ({ event, n: context.functionName });\n");
  EXPECT_EQ(invoke("async", R"({"a":1})").payload, R"({"event":{"a":1},"n":"async"})");
  function("callback", "a.js",
           "exports.handler = (event, context, callback) => callback(null, event.x + 1);\n");
  EXPECT_EQ(invoke("callback", R"({"x":1})").payload, "2");
  function("throws", "a.js", "exports.handler = async () => { throw new TypeError('no'); };\n");
  const InvokeResult thrown = invoke("throws");
  EXPECT_EQ(error_type(thrown), "TypeError");
  EXPECT_NE(thrown.payload.find(R"("errorMessage":"no")"), std::string::npos);
  function("absent", "a.js", "exports.other = 1;\n");
  EXPECT_EQ(error_type(invoke("absent")), "Runtime.HandlerNotFound");
}

TEST_F(LambdaRuntimeTest, NodeHandlersFindThePackagesOfTheMachine) {
  if (!has_node()) GTEST_SKIP() << "no node on this machine";
  const fs::path package = folder_ / "node_modules" / "@aws-sdk" / "client-x";
  fs::create_directories(package);
  std::ofstream(package / "index.js") << "exports.name = 'X';\n";
  setenv("PAWL_NODE_MODULES", (folder_ / "node_modules").c_str(), 1);
  runtime_.emplace(LambdaRuntime::Options());
  unsetenv("PAWL_NODE_MODULES");
  function("f", "a.js",
           "const x = require('@aws-sdk/client-x');\nexports.handler = async () => x;\n");
  EXPECT_EQ(invoke("f").payload, R"({"name":"X"})");
  function("g", "a.js", "require('@aws-sdk/client-y');\nexports.handler = async () => 1;\n");
  const InvokeResult missing = invoke("g");
  EXPECT_EQ(error_type(missing), "Runtime.ImportModuleError");
  EXPECT_NE(missing.payload.find("Error: Cannot find module '@aws-sdk/client-y'"),
            std::string::npos);
}

// Handlers of CloudFormation's custom resources answer to a host and a path, over TLS, at 443.
TEST_F(LambdaRuntimeTest, NodeHandlersReachTheServerByItsNames) {
  if (!has_node()) GTEST_SKIP() << "no node on this machine";
  net::HttpServer server{net::HttpLimits{}};
  const auto port = server.listen([](const net::HttpRequest& request, net::HttpReply reply) {
    const std::string host(request.header("Host").substr(0, 11));
    reply.send({.status = 200,
                .headers = {},
                .body = std::string(request.method) + " " + std::string(request.target) + " " +
                        host + " " + request.body});
  });
  ASSERT_TRUE(port);
  LambdaRuntime::Options options;
  options.endpoint_url = [at = *port] { return "http://127.0.0.1:" + std::to_string(at); };
  runtime_.emplace(std::move(options));
  const std::string code = R"(const https = require('https');
exports.handler = (event) => new Promise((resolve, reject) => {
  const request = https.request(event, (answer) => {
    let text = '';
    answer.on('data', (chunk) => { text += chunk; }).on('end', () => resolve(text));
  });
  request.on('error', (error) => resolve(error.code)).end('{}');
});
)";
  function("f", "a.js", code);
  EXPECT_EQ(invoke("f", R"({"hostname":"x.localhost","path":"/r?a=b","method":"PUT"})").payload,
            R"("PUT /r?a=b x.localhost {}")");
  EXPECT_EQ(invoke("f", R"({"hostname":"127.0.0.1","path":"/_pawl/r","port":443,"method":"PUT"})")
                .payload,
            R"("PUT /_pawl/r 127.0.0.1:)" + std::to_string(*port).substr(0, 1) + R"( {}")");
  EXPECT_EQ(invoke("f", R"({"hostname":"x.localhost","path":"/","port":1})").payload,
            R"("ECONNREFUSED")")
      << "another port is somebody else's";
}

TEST_F(LambdaRuntimeTest, OptionMistakes) {
  EXPECT_EQ(parse_function_option("f").error().kind, base::ErrorKind::InvalidSyntax);
  EXPECT_EQ(parse_function_option("f=/no/such.py:h").error().kind, base::ErrorKind::NotFound);
  EXPECT_EQ(runtime_->invoke("unknown", {}, {}).error().kind, base::ErrorKind::NotFound);
}

TEST_F(LambdaRuntimeTest, StopEndsWhatRuns) {
  function("f", "a.py", "import time\ndef handler(e, c):\n    time.sleep(100)\n", 100'000);
  std::promise<InvokeResult> promise;
  ASSERT_TRUE(runtime_->invoke("f", {.event = "{}"},
                               [&](InvokeResult result) { promise.set_value(std::move(result)); }));
  runtime_.reset();
  EXPECT_EQ(error_type(promise.get_future().get()), "Runtime.ExitError");
}

}  // namespace
}  // namespace pawl::lambda
