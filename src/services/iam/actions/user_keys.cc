// SPDX-License-Identifier: Apache-2.0
// SSH public keys and signing certificates of users: kept, and used by nobody here.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// One list of a user's record.
struct KeyList {
  std::string_view list;       ///< of the record
  std::string_view id_member;  ///< of the input and the key
  std::string_view words;      ///< of NoSuchEntity
  size_t max;
};

constexpr KeyList kSshKeys{"SshKeys", "SSHPublicKeyId", "The Public Key with id", 5};
constexpr KeyList kCertificates{"Certificates", "CertificateId", "The Certificate with id", 2};

ActionResult add(IamService& service, const Request& request, Entity user, const KeyList& list,
                 std::string_view member, const Value& key) {
  std::vector<Value> keys = copied_items(user.record, list.list);
  if (keys.size() >= list.max) {
    return limit_exceeded("Cannot exceed quota for " + std::string(list.list) +
                          "PerUser: " + std::to_string(list.max));
  }
  keys.push_back(key);
  user.set(list.list, Value::array(std::move(keys)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch, output_of(member, key));
}

ActionResult upload_ssh_key(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  const std::string body = text_member(request.input, "SSHPublicKeyBody");
  const size_t begin = body.find("ssh-rsa ");
  if (begin == std::string::npos && body.find("-----BEGIN PUBLIC KEY-----") == std::string::npos)
    return aws::ApiError("InvalidPublicKeyException", "The public key is invalid.");
  const std::string hash = base::hex_encode(base::digest(base::DigestAlgorithm::Md5, body));
  std::string fingerprint;
  for (size_t i = 0; i < hash.size(); i += 2)
    fingerprint += (i == 0 ? "" : ":") + hash.substr(i, 2);
  ObjectBuilder key;
  key.set("UserName", Value(user.name()))
      .set("SSHPublicKeyId", Value(random_id("APKA")))
      .set("Fingerprint", Value(fingerprint))
      .set("SSHPublicKeyBody", Value(body))
      .set("Status", Value("Active"))
      .set("UploadDate", seconds_value(request.received));
  return add(service, request, user, kSshKeys, "SSHPublicKey", std::move(key).build());
}

ActionResult upload_certificate(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  const std::string body = text_member(request.input, "CertificateBody");
  if (body.find("-----BEGIN CERTIFICATE-----") == std::string::npos) {
    return aws::ApiError("MalformedCertificateException", "Certificate " + body + " is malformed");
  }
  ObjectBuilder key;
  key.set("UserName", Value(user.name()))
      .set("CertificateId", Value(random_letters(24)))
      .set("CertificateBody", Value(body))
      .set("Status", Value("Active"))
      .set("UploadDate", seconds_value(request.received));
  return add(service, request, user, kCertificates, "Certificate", std::move(key).build());
}

aws::ApiResult<size_t> index_of(const std::vector<Value>& keys, const KeyList& list,
                                const std::string& id) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Value& each) {
    return text_member(each, list.id_member) == id;
  });
  if (found == keys.end())
    return no_such_entity(std::string(list.words) + " " + id + " cannot be found.");
  return static_cast<size_t>(found - keys.begin());
}

ActionResult get_ssh_key(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  const std::vector<Value> keys = copied_items(user.record, kSshKeys.list);
  const size_t index =
      PAWL_TRY(index_of(keys, kSshKeys, text_member(request.input, kSshKeys.id_member)));
  return output_of("SSHPublicKey", keys[index]);
}

template <const KeyList& kList>
ActionResult update_key(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  std::vector<Value> keys = copied_items(user.record, kList.list);
  Value& key = keys[PAWL_TRY(index_of(keys, kList, text_member(request.input, kList.id_member)))];
  key = key.with_member("Status", Value(text_member(request.input, "Status")));
  user.set(kList.list, Value::array(std::move(keys)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch);
}

template <const KeyList& kList>
ActionResult delete_key(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  std::vector<Value> keys = copied_items(user.record, kList.list);
  const size_t index = PAWL_TRY(index_of(keys, kList, text_member(request.input, kList.id_member)));
  keys.erase(keys.begin() + static_cast<ptrdiff_t>(index));
  user.set(kList.list, Value::array(std::move(keys)));
  store::Batch batch;
  put(service, batch, user);
  return service.commit(request, batch);
}

ActionResult list_ssh_keys(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> keys = page.cut(items_member(user.record, kSshKeys.list));
  for (Value& key : keys)
    key = selected(key, {"UserName", "SSHPublicKeyId", "Status", "UploadDate"});
  return aws::Output(page.finish("SSHPublicKeys", std::move(keys)));
}

ActionResult list_certificates(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> keys = page.cut(items_member(user.record, kCertificates.list));
  return aws::Output(page.finish("Certificates", std::move(keys)));
}

}  // namespace

std::span<const Operation> user_key_operations() {
  static constexpr std::array kOperations = {
      Operation{"UploadSSHPublicKey", upload_ssh_key, true},
      Operation{"GetSSHPublicKey", get_ssh_key},
      Operation{"ListSSHPublicKeys", list_ssh_keys},
      Operation{"UpdateSSHPublicKey", update_key<kSshKeys>, true},
      Operation{"DeleteSSHPublicKey", delete_key<kSshKeys>, true},
      Operation{"UploadSigningCertificate", upload_certificate, true},
      Operation{"ListSigningCertificates", list_certificates},
      Operation{"UpdateSigningCertificate", update_key<kCertificates>, true},
      Operation{"DeleteSigningCertificate", delete_key<kCertificates>, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
