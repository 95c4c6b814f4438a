// SPDX-License-Identifier: Apache-2.0
// What needs a second process: the lock, and writers that are killed. A child is this binary again,
// told by its environment to play a role instead of running tests; not fork alone, because
// RocksDB's threads would be missing in it.
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/integer.h"
#include "base/random.h"
#include "store/key.h"
#include "store/rocksdb/rocksdb_store.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::store {
namespace {

constexpr const char* kRoleVariable = "PAWL_STORE_TEST_ROLE";
constexpr const char* kFolderVariable = "PAWL_STORE_TEST_FOLDER";

constexpr uint64_t kWriters = 3;
constexpr uint64_t kRecordsPerBatch = 5;
constexpr uint64_t kBatchesKept = 300;

// So little memory that flushes and compactions are under way whenever the writer dies.
const RocksDbOptions kSmall{.memory_bytes = 256 * 1024};

/// The process that is killed. Each thread writes batches of its numbers, from where the store
/// stands, tells "<thread> <number>" when one is acknowledged, and erases its old ones by range.
class Writer {
 public:
  explicit Writer(const std::string& folder)
      : store_(open_rocksdb_store(folder, kSmall).value()),
        keyspace_(store_->keyspace("numbers", Shape::Queue).value()),
        last_(store_->keyspace("last", Shape::Records).value()) {}

  [[noreturn]] void run() {
    std::vector<std::thread> threads;
    for (uint64_t writer = 1; writer < kWriters; ++writer)
      threads.emplace_back([this, writer] { write_forever(writer); });
    write_forever(0);
  }

 private:
  [[noreturn]] void write_forever(uint64_t writer) {
    const std::string last_key = KeyBuilder().u64(writer).take();
    const auto last = store_->get(last_, last_key).value();
    for (uint64_t number = last ? *KeyReader(*last).u64() + 1 : 1;; ++number) {
      Batch batch;
      for (uint64_t i = 0; i < kRecordsPerBatch; ++i)
        batch.put(keyspace_, KeyBuilder().u64(writer).u64(number).u64(i).view(),
                  std::string(50 + number % 400, static_cast<char>('a' + i)));
      if (number % 100 == 0 && number > kBatchesKept)
        batch.erase_range(keyspace_, {KeyBuilder().u64(writer).take(),
                                      KeyBuilder().u64(writer).u64(number - kBatchesKept).take()});
      batch.put(last_, last_key, KeyBuilder().u64(number).view());
      // Unsynced batches outlive the process too: the system has them.
      if (!store_->commit(batch, number % 4 == 0 ? Sync::No : Sync::Yes)) ::_exit(1);
      const std::string line = std::to_string(writer) + " " + std::to_string(number) + "\n";
      if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(1);
    }
  }

  std::unique_ptr<Store> store_;
  Keyspace keyspace_;
  Keyspace last_;
};

/// Opens the folder; says why not.
[[noreturn]] void open_only(const std::string& folder) {
  const auto opened = open_rocksdb_store(folder);
  const std::string line = (opened ? "opened" : opened.error().message) + "\n";
  ::_exit(::write(STDOUT_FILENO, line.data(), line.size()) < 0 ? 1 : 0);
}

/// Before main, so that no test framework runs in the child.
[[maybe_unused]] const bool kPlaysARole = [] {
  const char* role = std::getenv(kRoleVariable);
  const char* folder = std::getenv(kFolderVariable);
  if (role == nullptr || folder == nullptr) return false;
  if (role == std::string("write")) Writer(folder).run();
  open_only(folder);
}();

class ChildProcess {
 public:
  ChildProcess(const std::string& role, const std::string& folder) {
    std::array<int, 2> pipe;
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    output_ = pipe[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    std::string role_variable = std::string(kRoleVariable) + "=" + role;
    std::string folder_variable = std::string(kFolderVariable) + "=" + folder;
    std::vector<char*> environment = {role_variable.data(), folder_variable.data()};
    for (char** variable = environ; *variable != nullptr; ++variable)
      environment.push_back(*variable);
    environment.push_back(nullptr);
    std::string path = "/proc/self/exe";
    std::array<char*, 2> arguments = {path.data(), nullptr};
    EXPECT_EQ(
        ::posix_spawn(&pid_, path.c_str(), &actions, nullptr, arguments.data(), environment.data()),
        0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    kill();
    ::waitpid(pid_, nullptr, 0);
    ::close(output_);
  }

  /// The next line it printed; false at the end of its output.
  bool read_line(std::string& line) {
    for (;;) {
      if (const size_t end = read_.find('\n'); end != std::string::npos) {
        line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return true;
      }
      std::array<char, 4'096> buffer;
      const ssize_t bytes = ::read(output_, buffer.data(), buffer.size());
      if (bytes <= 0) return false;
      read_.append(buffer.data(), static_cast<size_t>(bytes));
    }
  }
  void kill() { ::kill(pid_, SIGKILL); }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string read_;
};

TEST(RocksDbProcess, ASecondOneIsRefused) {
  TemporaryFolder folder;
  std::string line;
  {
    const auto store = open_rocksdb_store(folder.at("store")).value();
    ChildProcess child("open", folder.at("store"));
    ASSERT_TRUE(child.read_line(line));
    EXPECT_NE(line.find("in use"), std::string::npos) << line;
  }
  ChildProcess child("open", folder.at("store"));
  ASSERT_TRUE(child.read_line(line));
  EXPECT_EQ(line, "opened");
}

/// Every acknowledged batch is there, each batch whole or not at all, none missing in between.
void expect_numbers(const std::string& folder, std::map<uint64_t, uint64_t>& acknowledged) {
  const auto opened = open_rocksdb_store(folder, kSmall);
  ASSERT_TRUE(opened) << opened.error().message;
  Store& store = **opened;
  const Keyspace numbers = store.keyspace("numbers", Shape::Queue).value();
  const Keyspace last = store.keyspace("last", Shape::Records).value();
  for (auto& [writer, number] : acknowledged) {
    const auto stored = store.get(last, KeyBuilder().u64(writer).view()).value();
    ASSERT_TRUE(stored);
    const uint64_t newest = *KeyReader(*stored).u64();
    EXPECT_GE(newest, number) << "an acknowledged batch is lost";
    EXPECT_LE(newest, number + 1) << "a batch nobody asked for";
    number = newest;  // the next writer goes on from here

    const auto cursor = store.cursor(numbers, Range::prefix(KeyBuilder().u64(writer).view()));
    std::map<uint64_t, uint64_t> records;
    for (bool more = cursor->first().value(); more; more = cursor->next().value()) {
      KeyReader key(cursor->key());
      key.u64();
      const uint64_t of = *key.u64();
      ++records[of];
      EXPECT_EQ(cursor->value().size(), 50 + of % 400);
    }
    const uint64_t newest_erasing = newest / 100 * 100;
    const uint64_t oldest = newest_erasing > kBatchesKept ? newest_erasing - kBatchesKept : 1;
    ASSERT_EQ(records.size(), newest - oldest + 1) << "of writer " << writer;
    EXPECT_EQ(records.begin()->first, oldest);
    for (const auto& [of, count] : records) EXPECT_EQ(count, kRecordsPerBatch) << "batch " << of;
  }
  EXPECT_TRUE(store.check());
}

TEST(RocksDbProcess, KilledAtAnyMomentLosesNothingAcknowledged) {
  constexpr int kKills = 20;
  TemporaryFolder folder;
  base::Random random(20'240'701);
  std::map<uint64_t, uint64_t> acknowledged;
  for (int kill = 0; kill < kKills; ++kill) {
    {
      ChildProcess writer("write", folder.at("store"));
      uint64_t lines_left = 1 + random.next() % 600;
      std::string line;
      while (writer.read_line(line)) {
        const size_t space = line.find(' ');
        const auto who = base::parse_int64(line.substr(0, space));
        const auto number = base::parse_int64(line.substr(space + 1));
        ASSERT_TRUE(who && number) << line;
        acknowledged[static_cast<uint64_t>(*who)] = static_cast<uint64_t>(*number);
        if (lines_left > 0 && --lines_left == 0) writer.kill();  // and read what is on its way
      }
      ASSERT_EQ(lines_left, 0u) << "the writer ended by itself";
    }
    expect_numbers(folder.at("store"), acknowledged);
    if (testing::Test::HasFailure()) FAIL() << "after kill " << kill;
  }
}

}  // namespace
}  // namespace pawl::store
