// SPDX-License-Identifier: Apache-2.0
// AWS::IAM::ServerCertificate, VirtualMFADevice: what IAM keeps for others.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
#include "json/members.h"
#include "services/cloudformation/types/iam_entities.h"
#include "services/cloudformation/types/request_properties.h"
#include "services/cloudformation/types/resource_tags.h"
#include "services/cloudformation/types/type_tables.h"

namespace pawl::cloudformation {
namespace {

using aws::ApiResult;
using json::Value;

constexpr std::string_view kCertificate = "AWS::IAM::ServerCertificate";
constexpr std::string_view kDevice = "AWS::IAM::VirtualMFADevice";
constexpr size_t kNameLengthMax = 128;

Value certificate_name(const ResourceRequest& request) {
  return Value::object({{"ServerCertificateName", Value(request.physical_id)}});
}

ApiResult<Progress> made_certificate(StackCalls& calls, const ResourceRequest& request) {
  const Value answer =
      PAWL_TRY(iam::call(calls, "GetServerCertificate", certificate_name(request)));
  const Value* arn = value_at(answer, "ServerCertificate.ServerCertificateMetadata.Arn");
  return Progress::done(request.physical_id,
                        Value::object({{"Arn", arn == nullptr ? Value("") : *arn}}));
}

ApiResult<Progress> create_certificate(StackCalls& calls, const ResourceRequest& request) {
  if (!request.physical_id.empty()) return made_certificate(calls, request);
  const std::string name = name_of(request, "ServerCertificateName", kNameLengthMax);
  json::ObjectBuilder input;
  input.set("ServerCertificateName", Value(name));
  json::copy_members(request.properties,
                     {"CertificateBody", "CertificateChain", "PrivateKey", "Path"}, input);
  const Tags tags = desired_tags(kCertificate, request);
  if (!tags.empty()) input.set("Tags", tag_list(tags));
  PAWL_TRY_VOID(iam::create(calls, "UploadServerCertificate", std::move(input).build(), request));
  return Progress::again(0, name);
}

ApiResult<Progress> update_certificate(StackCalls& calls, const ResourceRequest& request) {
  if (differs(request, "Path")) {
    const std::string path = json::text_member(request.properties, "Path");
    PAWL_TRY_VOID(iam::call(
        calls, "UpdateServerCertificate",
        certificate_name(request).with_member("NewPath", Value(path.empty() ? "/" : path))));
  }
  PAWL_TRY_VOID(
      iam::update_tags(calls, kCertificate, "ServerCertificate", "ServerCertificateName", request));
  return made_certificate(calls, request);
}

ApiResult<Progress> remove_certificate(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove(calls, "DeleteServerCertificate", certificate_name(request)));
  return Progress::done(request.physical_id);
}

Progress made_device(const std::string& serial) {
  return Progress::done(serial, Value::object({{"SerialNumber", Value(serial)}}));
}

/// A device is enabled for a user by two of its codes, which nobody has here: Users is what the
/// template says, and no more.
ApiResult<Progress> create_device(StackCalls& calls, const ResourceRequest& request) {
  const std::string name = name_of(request, "VirtualMfaDeviceName", kNameLengthMax);
  json::ObjectBuilder input;
  input.set("VirtualMFADeviceName", Value(name));
  json::copy_members(request.properties, {"Path"}, input);
  const Tags tags = desired_tags(kDevice, request);
  if (!tags.empty()) input.set("Tags", tag_list(tags));
  const std::optional<Value> created =
      PAWL_TRY(iam::create(calls, "CreateVirtualMFADevice", std::move(input).build(), request));
  if (created) return made_device(text_at(*created, "VirtualMFADevice.SerialNumber"));
  const std::string path = json::text_member(request.properties, "Path");
  return made_device("arn:" + request.environment.partition + ":iam::" +
                     request.environment.account_id + ":mfa" + (path.empty() ? "/" : path) + name);
}

ApiResult<Progress> update_device(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::update_tags(calls, kDevice, "MFADevice", "SerialNumber", request));
  return made_device(request.physical_id);
}

ApiResult<Progress> remove_device(StackCalls& calls, const ResourceRequest& request) {
  PAWL_TRY_VOID(iam::remove(calls, "DeleteVirtualMFADevice",
                            Value::object({{"SerialNumber", Value(request.physical_id)}})));
  return Progress::done(request.physical_id);
}

}  // namespace

std::span<const ResourceType> iam_device_types() {
  static constexpr ResourceType kTypes[] = {
      {kCertificate, create_certificate, update_certificate, remove_certificate},
      {kDevice, create_device, update_device, remove_device},
  };
  return kTypes;
}

}  // namespace pawl::cloudformation
