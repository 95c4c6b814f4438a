// SPDX-License-Identifier: Apache-2.0
// A client of OpenSSL in memory against TlsSession, with certificates of our own authority.
#include "net/tls.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "net/certificate_authority.h"
#include "net/openssl_handles.h"

namespace pawl::net {
namespace {

constexpr base::Timestamp kNow{1'700'000'000'000};
const ServerNames kNames{{"localhost", "*.us-east-1.amazonaws.com", "sync-localhost"},
                         {"127.0.0.1", "::1"}};

TEST(CertificateAuthority, IssuesWhatItCertifies) {
  const CertifiedKey authority = make_certificate_authority("Test CA", kNow);
  const auto issued = issue_certificate(authority, kNames, kNow);
  ASSERT_TRUE(issued);
  EXPECT_TRUE(certifies(issued->certificate, authority.certificate, kNames, kNow));
  EXPECT_TRUE(certifies(issued->certificate, authority.certificate,
                        {{"states.us-east-1.amazonaws.com"}, {}}, kNow));
  EXPECT_FALSE(certifies(issued->certificate, authority.certificate, {{"example.com"}, {}}, kNow));
  EXPECT_FALSE(
      certifies(issued->certificate, authority.certificate, {{"localhost"}, {"10.0.0.1"}}, kNow));
  constexpr int64_t kYearMs = int64_t{366} * 86'400'000;
  EXPECT_FALSE(
      certifies(issued->certificate, authority.certificate, kNames, {kNow.ms + 3 * kYearMs}));
  EXPECT_FALSE(certifies(issued->certificate, authority.certificate, kNames, {kNow.ms - kYearMs}));
  const CertifiedKey other = make_certificate_authority("Test CA", kNow);
  EXPECT_FALSE(certifies(issued->certificate, other.certificate, kNames, kNow));
  EXPECT_FALSE(certifies("nonsense", authority.certificate, kNames, kNow));
}

TEST(CertificateAuthority, TellsWhatItCannotRead) {
  const CertifiedKey authority = make_certificate_authority("Test CA", kNow);
  EXPECT_FALSE(issue_certificate({authority.certificate, "nonsense"}, kNames, kNow));
  EXPECT_FALSE(issue_certificate(authority, {{"localhost"}, {"nonsense"}}, kNow));
  EXPECT_FALSE(TlsContext::make(authority.certificate, "nonsense"));
  EXPECT_FALSE(TlsContext::make("nonsense", authority.key));
  const CertifiedKey other = make_certificate_authority("Test CA", kNow);
  EXPECT_FALSE(TlsContext::make(authority.certificate, other.key));
}

/// The other side, in memory.
class Client {
 public:
  explicit Client(const std::string& trusted) : context_(SSL_CTX_new(TLS_client_method())) {
    const BioHandle bio = reading(trusted);
    const CertificateHandle anchor(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    X509_STORE* store = SSL_CTX_get_cert_store(context_.get());
    X509_STORE_add_cert(store, anchor.get());
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context_.get()), kNow.ms / 1'000);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    session_.reset(SSL_new(context_.get()));
    in_ = BIO_new(BIO_s_mem());
    out_ = BIO_new(BIO_s_mem());
    SSL_set_bio(session_.get(), in_, out_);
    SSL_set1_host(session_.get(), "localhost");
    SSL_set_connect_state(session_.get());
  }
  /// What the client has to say now.
  std::string output() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(out_, &data);
    std::string text(data, static_cast<size_t>(size));
    BIO_reset(out_);
    return text;
  }
  void input(const std::string& bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  }
  SSL* ssl() { return session_.get(); }

 private:
  SslContextHandle context_;
  SslHandle session_;
  BIO* in_;
  BIO* out_;
};

class TlsTest : public testing::Test {
 protected:
  TlsTest() : authority_(make_certificate_authority("Test CA", kNow)) {
    const auto issued = issue_certificate(authority_, kNames, kNow);
    context_ = *TlsContext::make(issued->certificate, issued->key);
  }
  /// Whether they agree; byte by byte, so that every cut is met.
  static bool shake_hands(Client& client, TlsSession& server) {
    std::string plain;
    for (int round = 0; round < 10; ++round) {
      const int result = SSL_do_handshake(client.ssl());
      const bool waits = SSL_get_error(client.ssl(), result) == SSL_ERROR_WANT_READ;
      for (const char byte : client.output()) {
        if (server.receive({&byte, 1}, plain) != TlsSession::Status::Open) return false;
      }
      std::string out;
      server.take_output(out);
      client.input(out);
      if (result == 1) return true;
      if (!waits) return false;
    }
    return false;
  }

  CertifiedKey authority_;
  std::shared_ptr<const TlsContext> context_;
};

TEST_F(TlsTest, CarriesBytesBothWays) {
  Client client(authority_.certificate);
  TlsSession server(*context_);
  ASSERT_TRUE(shake_hands(client, server));
  const std::string question(100'000, 'q');
  ASSERT_EQ(SSL_write(client.ssl(), question.data(), static_cast<int>(question.size())), 100'000);
  std::string plain;
  EXPECT_EQ(server.receive(client.output(), plain), TlsSession::Status::Open);
  EXPECT_EQ(plain, question);
  const std::string answer(50'000, 'a');
  EXPECT_EQ(server.send(answer), TlsSession::Status::Open);
  std::string wire;
  server.take_output(wire);
  client.input(wire);
  std::string read(answer.size(), ' ');
  size_t got = 0;
  while (got < read.size()) {
    const int n = SSL_read(client.ssl(), read.data() + got, static_cast<int>(read.size() - got));
    ASSERT_GT(n, 0);
    got += static_cast<size_t>(n);
  }
  EXPECT_EQ(read, answer);
  SSL_shutdown(client.ssl());
  EXPECT_EQ(server.receive(client.output(), plain), TlsSession::Status::Ended);
}

TEST_F(TlsTest, IsNotTrustedByAStranger) {
  Client client(make_certificate_authority("Test CA", kNow).certificate);
  TlsSession server(*context_);
  EXPECT_FALSE(shake_hands(client, server));
}

TEST_F(TlsTest, FailsOnWhatIsNoTls) {
  TlsSession server(*context_);
  std::string plain;
  EXPECT_EQ(server.receive("\x16GET / HTTP/1.1\r\n\r\n", plain), TlsSession::Status::Failed);
  EXPECT_EQ(plain, "");
}

}  // namespace
}  // namespace pawl::net
