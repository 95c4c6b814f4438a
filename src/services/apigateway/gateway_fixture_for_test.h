// SPDX-License-Identifier: Apache-2.0
// GatewayFixture: an exchange, and a gateway's ports over virtual time, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "aws/service/caller.h"
#include "aws/service/recording_caller_for_test.h"
#include "aws/service/virtual_loop_for_test.h"
#include "services/apigateway/gateway_exchange.h"
#include "services/apigateway/gateway_ports.h"
#include "services/apigateway/record_store.h"
#include "store/memory/memory_store.h"

namespace pawl::apigateway {

/// Keeps what is sent; answers when it is told to.
class HeldTransport final : public aws::HttpTransport {
 public:
  struct Sent {
    std::string url;
    aws::HttpRequest request;
    Receiver receiver;
  };
  void send(std::string url, aws::HttpRequest request, Receiver receiver) override {
    sent.push_back({std::move(url), std::move(request), std::move(receiver)});
  }
  std::vector<Sent> sent;
};

/// Keeps calls and answers none.
class SilentCaller final : public aws::Caller {
 public:
  void call(aws::Call call, Receiver receiver) override {
    calls.push_back(std::move(call));
    receivers.push_back(std::move(receiver));
  }
  std::vector<aws::Call> calls;
  std::vector<Receiver> receivers;
};

/// GET /prod/pets/a%20b?x=1&x=2&y= with a few headers.
struct ExampleExchange {
  ExampleExchange() {
    http.method = "GET";
    http.query = "x=1&x=2&y=";
    http.headers.add("Host", "api.example.org");
    http.headers.add("X-A", "1");
    http.headers.add("x-a", "2");
    http.headers.add("Cookie", "a=1; b=2");
    exchange.http = &http;
    exchange.received = {1'700'000'000'000};
    exchange.request_id = "id=";
    exchange.api_id = "abcde12345";
    exchange.scope = {"000000000000", "us-east-1"};
    exchange.domain_name = "abcde12345.execute-api.us-east-1.localhost";
    exchange.path = "/prod/pets/a%20b";
    exchange.resource_path = "/pets/a%20b";
    exchange.query = aws::parse_query(http.query);
    exchange.stage = "prod";
    exchange.stage_variables = {{"colour", "red"}};
    exchange.route_key = "GET /pets/{id}";
    exchange.resource = "/pets/{id}";
    exchange.path_parameters = {{"id", "a b"}};
  }

  aws::HttpRequest http;
  GatewayExchange exchange;
};

struct GatewayFixture {
  GatewayFixture() : records(*RecordStore::open(store)) {}

  GatewayPorts ports(aws::Caller& caller) {
    return {.loop = loop, .caller = caller, .transport = transport, .endpoint_url = [] {
              return std::string("http://127.0.0.1:4566");
            }};
  }

  store::MemoryStore store;
  RecordStore records;
  aws::VirtualLoop loop;
  HeldTransport transport;
};

}  // namespace pawl::apigateway
