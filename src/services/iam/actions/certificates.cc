// SPDX-License-Identifier: Apache-2.0
// UploadServerCertificate, GetServerCertificate, ListServerCertificates, UpdateServerCertificate,
// DeleteServerCertificate. The certificates are kept; nothing here answers with them.
#include <array>

#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

Value metadata(const Value& record) {
  return selected(record,
                  {"Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate"});
}

ApiResult<Value> find_certificate(IamService& service, const Request& request) {
  const std::string name = text_member(request.input, "ServerCertificateName");
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::ServerCertificate, name));
  if (!record)
    return no_such_entity("The Server Certificate with name " + name + " cannot be found.");
  return *std::move(record);
}

ActionResult upload(IamService& service, const Request& request) {
  const Value& input = request.input;
  const std::string name = text_member(input, "ServerCertificateName");
  const std::string path = PAWL_TRY(path_member(input));
  const std::string body = text_member(input, "CertificateBody");
  if (body.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
    return aws::ApiError("MalformedCertificateException", "Unable to parse certificate.");
  Value tags = PAWL_TRY(tags_member(input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::ServerCertificate, name)))
    return already_exists("The Server Certificate with name " + name + " already exists.");
  ObjectBuilder builder;
  builder.set("Path", Value(path))
      .set("ServerCertificateName", Value(name))
      .set("ServerCertificateId", Value(random_id("ASCA")))
      .set("Arn", Value(entity_arn(request, "server-certificate", path, name)))
      .set("UploadDate", seconds_value(request.received))
      .set("CertificateBody", Value(body))
      .set("PrivateKey", Value(text_member(input, "PrivateKey")))
      .set("Tags", tags);
  if (const auto chain = find_text(input, "CertificateChain"))
    builder.set("CertificateChain", Value(*chain));
  const Value record = std::move(builder).build();
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::ServerCertificate, name, record);
  ObjectBuilder output;
  output.set("ServerCertificateMetadata", metadata(record));
  if (tags.size() != 0) output.set("Tags", std::move(tags));
  return service.commit(request, batch, aws::Output(std::move(output).build()));
}

ActionResult get(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_certificate(service, request));
  return output_of("ServerCertificate",
                   selected(record, {"CertificateBody", "CertificateChain", "Tags"})
                       .with_member("ServerCertificateMetadata", metadata(record)));
}

ActionResult list(IamService& service, const Request& request) {
  return list_entities(service, request, Kind::ServerCertificate, "ServerCertificateMetadataList",
                       metadata);
}

ActionResult update(IamService& service, const Request& request) {
  Value record = PAWL_TRY(find_certificate(service, request));
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::ServerCertificate,
                        text_member(record, "ServerCertificateName"));
  if (const auto name = find_text(request.input, "NewServerCertificateName")) {
    PAWL_TRY_VOID(check_name("NewServerCertificateName", *name));
    if (lower_case(*name) != lower_case(text_member(record, "ServerCertificateName")) &&
        PAWL_TRY(service.store().find(request.account_id(), Kind::ServerCertificate, *name)))
      return already_exists("The Server Certificate with name " + *name + " already exists.");
    record = record.with_member("ServerCertificateName", Value(*name));
  }
  if (find_text(request.input, "NewPath"))
    record = record.with_member("Path", Value(PAWL_TRY(path_member(request.input, "NewPath"))));
  const std::string name = text_member(record, "ServerCertificateName");
  record = record.with_member(
      "Arn", Value(entity_arn(request, "server-certificate", text_member(record, "Path"), name)));
  service.store().put(batch, request.account_id(), Kind::ServerCertificate, name, record);
  return service.commit(request, batch);
}

ActionResult erase(IamService& service, const Request& request) {
  const Value record = PAWL_TRY(find_certificate(service, request));
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::ServerCertificate,
                        text_member(record, "ServerCertificateName"));
  return service.commit(request, batch);
}

}  // namespace

std::span<const Operation> certificate_operations() {
  static constexpr std::array kOperations = {
      Operation{"UploadServerCertificate", upload, true},
      Operation{"GetServerCertificate", get},
      Operation{"ListServerCertificates", list},
      Operation{"UpdateServerCertificate", update, true},
      Operation{"DeleteServerCertificate", erase, true},
  };
  return kOperations;
}

}  // namespace pawl::iam
