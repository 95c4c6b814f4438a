// SPDX-License-Identifier: Apache-2.0
#include "store/sealing/master_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "store/sealing/aes_gcm.h"

namespace pawl::store {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr size_t kDigits = 2 * kAesKeyBytes;
constexpr std::string_view kMark = "fingerprint";

/// A file's descriptor, closed at the end.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error failed(const std::string& what) {
  return {ErrorKind::Io, what + ": " + std::strerror(errno)};
}

std::optional<std::string> decode_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    int value = 0;
    for (const char c : text.substr(i, 2)) {
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + digit;
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

/// nullopt if there is no such file.
Result<std::optional<std::string>> read_key(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::nullopt;
    return failed(path);
  }
  std::string text(kDigits, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return failed(path);
  std::optional<std::string> key;
  if (size == static_cast<ssize_t>(kDigits)) key = decode_hex(text);
  wipe(text);
  if (!key) return Error(ErrorKind::Io, path + ": is no master key (64 hexadecimal digits)");
  return key;
}

/// Whole or not at all, also after a power failure.
Result<void> write_key(const std::string& folder, const std::string& path, const std::string& key) {
  const std::string unfinished = path + ".new";
  {
    const File file(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return failed(unfinished);
    std::string text = base::hex_encode(key) + "\n";
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    const bool is_whole = written == static_cast<ssize_t>(text.size());
    wipe(text);
    if (!is_whole || ::fchmod(file.get(), 0600) != 0 || ::fsync(file.get()) != 0)
      return failed(unfinished);
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return failed(path);
  const File parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return failed(folder);
  return {};
}

}  // namespace

MasterKey::~MasterKey() { wipe(key_); }

Result<void> MasterKey::load_locked() {
  if (!key_.empty()) return {};
  if (folder_.empty()) {
    key_ = random_bytes(kAesKeyBytes);
    return {};
  }
  const std::string path = folder_ + "/master.key";
  const Keyspace keyspace = PAWL_TRY(store_.keyspace("sealing/master", Shape::Records));
  const std::optional<std::string> mark = PAWL_TRY(store_.get(keyspace, kMark));
  std::optional<std::string> key = PAWL_TRY(read_key(path));
  if (!key && mark) {
    return Error(ErrorKind::Io,
                 path + " is missing: what is sealed in the store cannot be read without it");
  }
  if (!key) {
    key = random_bytes(kAesKeyBytes);
    PAWL_TRY_VOID(write_key(folder_, path, *key));
  }
  const std::string known_by =
      base::digest(base::DigestAlgorithm::Sha256, "pawl master key" + *key);
  if (mark && *mark != known_by)
    return Error(ErrorKind::Io, path + " is not the master key of this store");
  if (!mark) {
    Batch batch;
    batch.put(keyspace, kMark, known_by);
    PAWL_TRY_VOID(store_.commit(batch, Sync::No));
  }
  key_ = *std::move(key);
  return {};
}

Result<std::string> MasterKey::key() {
  const std::lock_guard lock(mutex_);
  PAWL_TRY_VOID(load_locked());
  return key_;
}

Result<std::string> MasterKey::seal(std::string_view plaintext, std::string_view context) {
  std::string key = PAWL_TRY(this->key());
  std::string sealed = store::seal(key, plaintext, context);
  wipe(key);
  return sealed;
}

Result<std::string> MasterKey::unseal(std::string_view sealed, std::string_view context) {
  std::string key = PAWL_TRY(this->key());
  std::optional<std::string> plaintext = store::unseal(key, sealed, context);
  wipe(key);
  if (!plaintext) return base::Error(ErrorKind::InvalidSyntax, "stored record: a broken seal");
  return *std::move(plaintext);
}

}  // namespace pawl::store
