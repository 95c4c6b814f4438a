// SPDX-License-Identifier: Apache-2.0
// pawl_load: sends one request again and again to a server on this machine and prints, as JSON, how
// fast it was answered.
//
//   pawl_load rate --port P --request FILE --connections 64 --seconds 5
//       keeps one request under way on each connection (one thread, epoll); ########## in the
//       request is the number of the request
//   pawl_load visible --port P --request FILE --describe FILE --count 100
//       starts an execution, then asks for it until it has ended, one at a time
#include <sys/epoll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/load/http_client.h"
#include "bench/load/latencies.h"

namespace pawl::bench {
namespace {

struct Options {
  uint16_t port = 0;
  std::string request_file;
  std::string describe_file;
  size_t connections = 1;
  double seconds = 5;
  uint64_t count = 0;
};

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) fail("cannot read " + path);
  return std::move(text).str();
}

double seconds_of(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

/// A request with its number wherever ten # stand.
class NumberedRequest {
 public:
  explicit NumberedRequest(std::string text) : text_(std::move(text)) {
    constexpr std::string_view kMark = "##########";
    for (size_t at = text_.find(kMark); at != std::string::npos; at = text_.find(kMark, at + 1)) {
      places_.push_back(at);
    }
  }

  const std::string& next() {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%010llu", static_cast<unsigned long long>(++number_));
    for (const size_t place : places_) text_.replace(place, 10, digits, 10);
    return text_;
  }

 private:
  std::string text_;
  std::vector<size_t> places_;
  uint64_t number_ = 0;
};

/// Ends after `seconds`, or after `count` requests if that is not 0, whichever comes first.
int run_rate(const Options& options) {
  NumberedRequest request(read_file(options.request_file));
  std::vector<HttpClient> clients;
  for (size_t i = 0; i < options.connections; ++i) clients.emplace_back(options.port);
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Clock::time_point> sent(clients.size());
  Latencies latencies;
  uint64_t begun = 0;
  uint64_t refused = 0;
  std::string refusal;
  size_t open = 0;
  const Clock::time_point start = Clock::now();
  const Clock::time_point deadline = start + std::chrono::duration_cast<Clock::duration>(
                                                 std::chrono::duration<double>(options.seconds));
  const auto send_next = [&](size_t i, Clock::time_point now) {
    if (now >= deadline || (options.count != 0 && begun == options.count)) return;
    ++begun;
    ++open;
    sent[i] = now;
    clients[i].send(request.next());
  };
  for (size_t i = 0; i < clients.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].descriptor(), &event) != 0) fail("epoll");
    send_next(i, Clock::now());
  }
  std::vector<epoll_event> events(clients.size());
  Clock::time_point end = start;
  while (open > 0) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 30'000);
    if (ready == 0) fail("no answer for 30 seconds");
    for (int k = 0; k < ready; ++k) {
      const size_t i = events[static_cast<size_t>(k)].data.u64;
      HttpClient::Answer answer;
      if (!clients[i].receive(answer)) continue;
      end = Clock::now();
      latencies.add(end - sent[i]);
      --open;
      if (answer.status != 200 && refused++ == 0) refusal = answer.body;
      send_next(i, end);
    }
  }
  ::close(epoll);
  if (refused > 0) std::fprintf(stderr, "pawl_load: refused: %s\n", refusal.c_str());
  const double seconds = seconds_of(end - start);
  std::printf(
      "{\"requests\":%llu,\"refused\":%llu,\"seconds\":%.6f,\"per_second\":%.1f,"
      "\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
      static_cast<unsigned long long>(begun), static_cast<unsigned long long>(refused), seconds,
      static_cast<double>(latencies.size()) / seconds, latencies.percentile(0.5),
      latencies.percentile(0.99), latencies.percentile(1));
  return refused == 0 ? 0 : 1;
}

std::string_view member(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":\"";
  const size_t at = json.find(key);
  if (at == std::string_view::npos) fail("no " + std::string(name) + " in " + std::string(json));
  const std::string_view rest = json.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

/// `describe` is a request for an ARN as long as `arn`, with '?' for each of its characters.
void put_arn(std::string& describe, std::string_view arn) {
  const size_t at = describe.rfind('"', describe.size() - 3);
  if (describe.size() - at - 3 != arn.size()) fail("an ARN of another length: " + std::string(arn));
  describe.replace(at + 1, arn.size(), arn);
}

/// Polls at once, after 1 ms only each twentieth of the time that has passed: asking costs the
/// server.
int run_visible(const Options& options) {
  const std::string request = read_file(options.request_file);
  std::string describe = read_file(options.describe_file);
  HttpClient client(options.port);
  Latencies acknowledged;
  Latencies visible;
  uint64_t polls = 0;
  const Clock::time_point start = Clock::now();
  while (visible.size() < options.count &&
         (visible.size() == 0 || seconds_of(Clock::now() - start) < options.seconds)) {
    const Clock::time_point began = Clock::now();
    const HttpClient::Answer started = client.call(request);
    acknowledged.add(Clock::now() - began);
    if (started.status != 200) fail("refused: " + std::string(started.body));
    put_arn(describe, member(started.body, "executionArn"));
    while (true) {
      const HttpClient::Answer answer = client.call(describe);
      const Clock::duration passed = Clock::now() - began;
      ++polls;
      if (answer.status != 200) fail("refused: " + std::string(answer.body));
      const std::string_view status = member(answer.body, "status");
      if (status == "SUCCEEDED") {
        visible.add(passed);
        break;
      }
      if (status != "RUNNING") fail("it ended with " + std::string(answer.body));
      if (passed > std::chrono::milliseconds(1)) std::this_thread::sleep_for(passed / 20);
    }
  }
  const double count = static_cast<double>(visible.size());
  std::printf(
      "{\"executions\":%.0f,\"acknowledged_p50_us\":%.1f,\"acknowledged_p99_us\":%.1f,"
      "\"p50_us\":%.1f,\"p99_us\":%.1f,\"polls\":%.2f}\n",
      count, acknowledged.percentile(0.5), acknowledged.percentile(0.99), visible.percentile(0.5),
      visible.percentile(0.99), static_cast<double>(polls) / count);
  return 0;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Load for a server on this machine.");
  app.require_subcommand(1);
  CLI::App* rate = app.add_subcommand("rate", "as many requests as are answered");
  CLI::App* visible =
      app.add_subcommand("visible", "executions, until they are seen to have ended");
  for (CLI::App* command : {rate, visible}) {
    command->add_option("--port", options.port)->required();
    command->add_option("--request", options.request_file, "its bytes, head and body")->required();
    command->add_option("--seconds", options.seconds);
    command->add_option("--count", options.count);
  }
  rate->add_option("--connections", options.connections);
  visible->add_option("--describe", options.describe_file, "with '?' for the ARN")->required();
  CLI11_PARSE(app, argc, argv);
  return rate->parsed() ? run_rate(options) : run_visible(options);
}

}  // namespace
}  // namespace pawl::bench

int main(int argc, char** argv) { return pawl::bench::run(argc, argv); }
