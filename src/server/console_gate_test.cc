// SPDX-License-Identifier: Apache-2.0
#include "server/console_gate.h"

#include <gtest/gtest.h>

#include "server/foreign_content.h"

namespace pawl::server {
namespace {

struct Case {
  std::string host;
  std::string origin;
  bool is_admitted;
};

bool admits(const ConsoleGate& gate, const std::string& host, const std::string& origin) {
  net::HttpRequest request{"POST", "/_pawl/console/api/config", {{"Host", host}}, ""};
  if (!origin.empty()) request.headers.push_back({"Origin", origin});
  return gate.admit(request).has_value();
}

TEST(ConsoleGate, WithoutCredentialsOnlyOwnNamesAreBelieved) {
  const CrossOriginRules origins({"https://console.example"});
  const ConsoleGate gate(origins, /*signs=*/false);
  for (const auto& [host, origin, is_admitted] : std::initializer_list<Case>{
           {"localhost:4566", "http://localhost:4566", true},
           {"LOCALHOST:4566", "http://localhost:4566", true},
           {"127.0.0.1:4566", "http://127.0.0.1:4566", true},
           {"127.0.0.1:4566", "https://127.0.0.1:4566", true},
           {"[::1]:4566", "http://[::1]:4566", true},
           {"192.168.1.7:4566", "http://192.168.1.7:4566", true},
           {"pawl.localhost:4566", "http://pawl.localhost:4566", true},
           {"localhost", "http://localhost", true},
           {"localhost:80", "http://localhost", true},
           {"localhost:443", "https://localhost", true},
           {"localhost:4566", "", true},  // no browser
           // The page of another server on this computer is another origin.
           {"localhost:4566", "http://localhost:3000", false},
           {"localhost:4566", "http://localhost", false},
           {"localhost:4566", "http://127.0.0.1:4566", false},
           {"localhost:443", "http://localhost", false},
           {"localhost:4566", "https://evil.example", false},
           {"localhost:4566", "null", false},
           {"localhost:4566", "http://localhost:4566.evil.example", false},
           {"localhost:4566", "file://", false},
           // DNS rebinding: the browser believes that evil.example is here.
           {"evil.example:4566", "http://evil.example:4566", false},
           {"evil.example:4566", "", false},
           {"localhost.evil.example:4566", "http://localhost.evil.example:4566", false},
           {"127.0.0.1.evil.example", "http://127.0.0.1.evil.example", false},
           {"evillocalhost:4566", "http://evillocalhost:4566", false},
           {"", "", false},
           // Behind a proxy, as configured.
           {"internal:4566", "https://console.example", true},
           {"localhost:4566", "https://console.example", true},
           {"localhost:4566", "http://console.example", false},
       }) {
    EXPECT_EQ(admits(gate, host, origin), is_admitted) << host << " " << origin;
  }
}

TEST(ConsoleGate, WithCredentialsAnyNameIsItsOwnOrigin) {
  const CrossOriginRules origins;
  const ConsoleGate gate(origins, /*signs=*/true);
  EXPECT_TRUE(admits(gate, "pawl.example", "https://pawl.example"));
  EXPECT_TRUE(admits(gate, "pawl.example:4566", "http://pawl.example:4566"));
  EXPECT_FALSE(admits(gate, "pawl.example", "https://evil.example"));
  EXPECT_FALSE(admits(gate, "pawl.example", "null"));
}

TEST(ConsoleGate, EveryOriginIsNotNone) {
  const CrossOriginRules origins({"*"});
  const ConsoleGate gate(origins, /*signs=*/false);
  EXPECT_TRUE(admits(gate, "localhost:4566", "https://other.example"));
  EXPECT_FALSE(admits(gate, "localhost:4566", "null")) << "the origin of sandboxed content";
}

bool is_for(std::string_view target, std::string_view host = "localhost:4566") {
  return ConsoleGate::is_for({"GET", target, {{"Host", host}}, ""});
}

TEST(ConsoleGate, KnowsItsPaths) {
  EXPECT_TRUE(is_for("/_pawl/console"));
  EXPECT_TRUE(is_for("/_pawl/console?x"));
  EXPECT_TRUE(is_for("/_pawl/console/"));
  EXPECT_TRUE(is_for("/_pawl/console/machines?tab=graph"));
  EXPECT_FALSE(is_for("/_pawl/consoles"));
  EXPECT_FALSE(is_for("/_pawl/health"));
  EXPECT_FALSE(is_for("/bucket/_pawl/console/"));
  // Where objects and functions have an origin, the console has none.
  EXPECT_FALSE(is_for("/_pawl/console/", "bucket.s3.localhost:4566"));
  EXPECT_FALSE(is_for("/_pawl/console/", "BUCKET.S3.us-east-1.localhost"));
  EXPECT_FALSE(is_for("/_pawl/console/", "abc.execute-api.us-east-1.localhost:4566"));
  EXPECT_FALSE(is_for("/_pawl/console/", "abc.lambda-url.us-east-1.localhost:4566"));
  EXPECT_TRUE(is_for("/_pawl/console/", "s3.localhost:4566"));
  const net::HttpRequest call{"POST", "/_pawl/console/api/execution/at?x=1", {}, ""};
  EXPECT_EQ(ConsoleGate::api_name(call), "execution/at");
  EXPECT_EQ(ConsoleGate::api_name({"POST", "/_pawl/console/apis", {}, ""}), "");
}

bool is_sandboxed(std::initializer_list<aws::Headers::Field> headers) {
  aws::HttpRequest request;
  request.headers = headers;
  if (!request.headers.has("Host")) request.headers.add("Host", "localhost:4566");
  return is_document_beside_console(request);
}

TEST(ForeignContent, DocumentsBesideTheConsoleAreSandboxed) {
  for (const char* destination : {"document", "iframe", "frame", "object", "embed"}) {
    EXPECT_TRUE(is_sandboxed({{"Sec-Fetch-Dest", destination}})) << destination;
  }
  EXPECT_TRUE(is_sandboxed({{"Sec-Fetch-Dest", "empty"}, {"Sec-Fetch-Mode", "navigate"}}));
  EXPECT_TRUE(is_sandboxed({{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"}}));
  EXPECT_FALSE(is_sandboxed({{"Sec-Fetch-Dest", "image"}, {"User-Agent", "Mozilla/5.0"}}));
  EXPECT_FALSE(is_sandboxed({{"Sec-Fetch-Dest", "empty"}, {"Sec-Fetch-Mode", "cors"}}));
  EXPECT_FALSE(is_sandboxed({{"User-Agent", "Boto3/1.26.27"}}));
  EXPECT_FALSE(is_sandboxed({}));
  EXPECT_FALSE(is_sandboxed({{"Sec-Fetch-Dest", "document"}, {"Host", "b.s3.localhost:4566"}}));
  EXPECT_TRUE(is_sandboxed({{"Sec-Fetch-Dest", "document"}, {"Host", "s3.localhost:4566"}}));
}

}  // namespace
}  // namespace pawl::server
