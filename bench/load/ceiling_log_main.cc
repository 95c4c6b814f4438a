// SPDX-License-Identifier: Apache-2.0
// pawl_ceiling_log FOLDER SECONDS BATCH...: the ceiling of everything durable: how many records of
// 300 bytes reach the disk, written in batches of so many to a file that is allocated beforehand,
// with one fdatasync each.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/load/latencies.h"

namespace pawl::bench {
namespace {

constexpr size_t kRecordBytes = 300;
constexpr size_t kBatchMax = 10'000;
constexpr size_t kFileBytes = size_t{16} * 1024 * 1024;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int allocate(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) fail("open");
  const std::string block(size_t{1024} * 1024, 'x');
  for (size_t at = 0; at < kFileBytes; at += block.size()) {
    if (::pwrite(file, block.data(), block.size(), static_cast<off_t>(at)) < 0) fail("pwrite");
  }
  if (::fsync(file) != 0) fail("fsync");
  return file;
}

void measure(int file, size_t records, double seconds, const char* separator) {
  const std::string batch(records * kRecordBytes, 'r');
  Latencies latencies;
  size_t at = 0;
  const Clock::time_point start = Clock::now();
  Clock::time_point now = start;
  while (std::chrono::duration<double>(now - start).count() < seconds) {
    if (at + batch.size() > kFileBytes) at = 0;
    const Clock::time_point began = now;
    if (::pwrite(file, batch.data(), batch.size(), static_cast<off_t>(at)) < 0) fail("pwrite");
    if (::fdatasync(file) != 0) fail("fdatasync");
    now = Clock::now();
    latencies.add(now - began);
    at += batch.size();
  }
  const double taken = std::chrono::duration<double>(now - start).count();
  const double batches = static_cast<double>(latencies.size()) / taken;
  std::printf(
      "%s\"%zu\":{\"records_per_second\":%.1f,\"bytes_per_second\":%.1f,\"sync_p50_us\":%.1f,"
      "\"sync_p99_us\":%.1f}",
      separator, records, batches * static_cast<double>(records),
      batches * static_cast<double>(batch.size()), latencies.percentile(0.5),
      latencies.percentile(0.99));
}

}  // namespace
}  // namespace pawl::bench

int main(int argc, char** argv) {
  constexpr int kFirstBatch = 3;
  if (argc <= kFirstBatch) {
    std::fprintf(stderr, "usage: pawl_ceiling_log FOLDER SECONDS BATCH...\n");
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/ceiling.log";
  const double seconds = std::atof(argv[2]);
  const int file = pawl::bench::allocate(path);
  const char* separator = "{";
  for (int i = kFirstBatch; i < argc; ++i) {
    const auto records = static_cast<size_t>(std::atol(argv[i]));
    if (records < 1 || records > pawl::bench::kBatchMax) return 2;
    pawl::bench::measure(file, records, seconds, separator);
    separator = ",";
  }
  std::printf("}\n");
  ::close(file);
  ::unlink(path.c_str());
  return 0;
}
