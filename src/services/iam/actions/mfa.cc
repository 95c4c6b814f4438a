// SPDX-License-Identifier: Apache-2.0
// Virtual MFA devices: made, given to users, taken away. Nobody is asked for a code here.
#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "services/iam/entity.h"
#include "services/iam/identifiers.h"

namespace pawl::iam {

using aws::ActionResult;
using aws::ApiResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

std::string serial_of(const Request& request) { return text_member(request.input, "SerialNumber"); }

ApiResult<Value> find_device(IamService& service, const Request& request) {
  const std::string serial = serial_of(request);
  auto record = PAWL_TRY(service.store().find(request.account_id(), Kind::MfaDevice, serial));
  if (!record) {
    return no_such_entity("VirtualMFADevice with serial number " + serial + " doesn't exist.");
  }
  return *std::move(record);
}

ActionResult create_device(IamService& service, const Request& request) {
  const std::string path = PAWL_TRY(path_member(request.input));
  const std::string name = text_member(request.input, "VirtualMFADeviceName");
  const std::string serial = entity_arn(request, "mfa", path, name);
  Value tags = PAWL_TRY(tags_member(request.input));
  if (PAWL_TRY(service.store().find(request.account_id(), Kind::MfaDevice, serial)))
    return already_exists("MFADevice entity at the same path and name already exists.");
  const std::string seed = random_letters(64);
  ObjectBuilder device;
  device.set("SerialNumber", Value(serial)).set("Tags", std::move(tags));
  store::Batch batch;
  service.store().put(batch, request.account_id(), Kind::MfaDevice, serial,
                      std::move(device).build());
  ObjectBuilder shown;
  shown.set("SerialNumber", Value(serial))
      .set("Base32StringSeed", Value(base::base64_encode(seed)))
      .set("QRCodePNG", Value(""));
  return service.commit(request, batch, output_of("VirtualMFADevice", std::move(shown).build()));
}

ActionResult delete_device(IamService& service, const Request& request) {
  const Value device = PAWL_TRY(find_device(service, request));
  if (find_text(device, "UserName"))
    return delete_conflict("MFA VirtualDevice in use. Must deactivate first.");
  store::Batch batch;
  service.store().erase(batch, request.account_id(), Kind::MfaDevice, serial_of(request));
  return service.commit(request, batch);
}

ActionResult enable_device(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(named_entity(service, request, Kind::User));
  const Value device = PAWL_TRY(find_device(service, request));
  if (find_text(device, "UserName")) return already_exists("MFA Device is already in use.");
  std::vector<std::string> devices = texts_member(user.record, "MfaDevices");
  devices.push_back(serial_of(request));
  user.set("MfaDevices", texts_value(devices));
  store::Batch batch;
  put(service, batch, user);
  service.store().put(batch, user.account, Kind::MfaDevice, serial_of(request),
                      device.with_member("UserName", Value(user.name()))
                          .with_member("EnableDate", seconds_value(request.received)));
  return service.commit(request, batch);
}

ActionResult deactivate_device(IamService& service, const Request& request) {
  Entity user = PAWL_TRY(user_or_caller(service, request));
  const Value device = PAWL_TRY(find_device(service, request));
  std::vector<std::string> devices = texts_member(user.record, "MfaDevices");
  if (std::erase(devices, serial_of(request)) == 0)
    return no_such_entity("The MFA device with serial number " + serial_of(request) +
                          " is not assigned to user " + user.name() + ".");
  user.set("MfaDevices", texts_value(devices));
  store::Batch batch;
  put(service, batch, user);
  service.store().put(batch, user.account, Kind::MfaDevice, serial_of(request),
                      device.without_member("UserName").without_member("EnableDate"));
  return service.commit(request, batch);
}

ActionResult get_device(IamService& service, const Request& request) {
  const Value device = PAWL_TRY(find_device(service, request));
  return aws::Output(selected(device, {"UserName", "SerialNumber", "EnableDate"}));
}

ActionResult list_devices(IamService& service, const Request& request) {
  const Entity user = PAWL_TRY(user_or_caller(service, request));
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> devices;
  for (const std::string& serial : texts_member(user.record, "MfaDevices")) {
    const auto device = PAWL_TRY(service.store().find(user.account, Kind::MfaDevice, serial));
    if (device) devices.push_back(selected(*device, {"UserName", "SerialNumber", "EnableDate"}));
  }
  std::vector<Value> shown = page.cut(devices);
  return aws::Output(page.finish("MFADevices", std::move(shown)));
}

ActionResult list_virtual_devices(IamService& service, const Request& request) {
  const std::string status = find_text(request.input, "AssignmentStatus").value_or("Any");
  Page page = PAWL_TRY(Page::of(request.input));
  std::vector<Value> records;
  PAWL_TRY_VOID(service.store().visit(request.account_id(), Kind::MfaDevice, page.from(),
                                      [&](std::string_view key, const Value& record) {
                                        const bool is_used = record.find("UserName") != nullptr;
                                        if (status != "Any" && is_used != (status == "Assigned"))
                                          return true;
                                        if (!page.take(key)) return false;
                                        records.push_back(record);
                                        return true;
                                      }));
  for (Value& record : records) {
    Value shown = selected(record, {"SerialNumber", "EnableDate"});
    if (const auto name = find_text(record, "UserName")) {
      const auto user = PAWL_TRY(service.store().find(request.account_id(), Kind::User, *name));
      if (user) shown = shown.with_member("User", shown_user(*user, false));
    }
    record = shown;
  }
  return aws::Output(page.finish("VirtualMFADevices", std::move(records)));
}

}  // namespace

std::span<const Operation> mfa_operations() {
  static constexpr std::array kOperations = {
      Operation{"CreateVirtualMFADevice", create_device, true},
      Operation{"DeleteVirtualMFADevice", delete_device, true},
      Operation{"EnableMFADevice", enable_device, true},
      Operation{"DeactivateMFADevice", deactivate_device, true},
      Operation{"GetMFADevice", get_device},
      Operation{"ListMFADevices", list_devices},
      Operation{"ListVirtualMFADevices", list_virtual_devices},
  };
  return kOperations;
}

}  // namespace pawl::iam
