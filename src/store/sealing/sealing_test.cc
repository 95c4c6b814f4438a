// SPDX-License-Identifier: Apache-2.0
// Seals hold and break as they should; the master key's file is made once and missed when gone.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "store/memory/memory_store.h"
#include "store/sealing/aes_gcm.h"
#include "store/sealing/master_key.h"
#include "store/temporary_folder_for_test.h"

namespace pawl::store {
namespace {

TEST(AesGcm, OpensWhatWasSealedAndNothingElse) {
  EXPECT_TRUE(rc::check([] {
    const auto plaintext = *rc::gen::arbitrary<std::string>();
    const auto context = *rc::gen::arbitrary<std::string>();
    const std::string key = random_bytes(kAesKeyBytes);
    const std::string sealed = seal(key, plaintext, context);
    RC_ASSERT(sealed.size() == plaintext.size() + kSealBytes);
    RC_ASSERT(unseal(key, sealed, context) == plaintext);
    RC_ASSERT(!unseal(key, sealed, context + "x"));
    RC_ASSERT(!unseal(random_bytes(kAesKeyBytes), sealed, context));
    const auto place = *rc::gen::inRange<size_t>(0, sealed.size());
    std::string tampered = sealed;
    tampered[place] = static_cast<char>(tampered[place] ^ (1 << *rc::gen::inRange(0, 8)));
    RC_ASSERT(!unseal(key, tampered, context));
    RC_ASSERT(!unseal(key, sealed.substr(0, place), context));
  }));
}

TEST(AesGcm, TwoSealsOfTheSameDiffer) {
  const std::string key = random_bytes(kAesKeyBytes);
  EXPECT_NE(seal(key, "text", ""), seal(key, "text", ""));
}

TEST(MasterKey, StaysInAFileThatOnlyItsOwnerReads) {
  const TemporaryFolder folder;
  MemoryStore store;
  std::string sealed;
  {
    MasterKey key(store, folder.at(""));
    EXPECT_FALSE(std::filesystem::exists(folder.at("") + "/master.key"));
    sealed = key.seal("a secret", "place").value();
  }
  struct stat status {};
  ASSERT_EQ(::stat((folder.at("") + "/master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  MasterKey again(store, folder.at(""));
  EXPECT_EQ(again.unseal(sealed, "place").value(), "a secret");
  EXPECT_FALSE(again.unseal(sealed, "another place"));
}

TEST(MasterKey, IsNotMadeAnewWhenItsFileIsGone) {
  const TemporaryFolder folder;
  MemoryStore store;
  ASSERT_TRUE(MasterKey(store, folder.at("")).seal("a secret", ""));
  std::filesystem::remove(folder.at("") + "/master.key");
  const auto refused = MasterKey(store, folder.at("")).seal("another", "");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("master.key is missing"), std::string::npos);
  const TemporaryFolder other;
  MemoryStore other_store;
  ASSERT_TRUE(MasterKey(other_store, other.at("")).seal("x", ""));
  std::filesystem::copy(other.at("") + "/master.key", folder.at("") + "/master.key");
  EXPECT_FALSE(MasterKey(store, folder.at("")).seal("another", ""));
}

TEST(MasterKey, RefusesAFileThatIsNoKey) {
  const TemporaryFolder folder;
  MemoryStore store;
  std::filesystem::create_directory(folder.at("") + "/master.key");
  EXPECT_FALSE(MasterKey(store, folder.at("")).seal("a secret", ""));
}

TEST(MasterKey, OfNoFolderIsOfTheProcess) {
  MemoryStore store;
  MasterKey key(store, "");
  EXPECT_EQ(key.unseal(key.seal("a", "b").value(), "b").value(), "a");
}

}  // namespace
}  // namespace pawl::store
