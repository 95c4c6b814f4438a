// SPDX-License-Identifier: Apache-2.0
// NAT gateways, addresses, VPC endpoints.
#include <algorithm>
#include <random>
#include <utility>

#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

/// Of 192.0.2.0/24, which is for documentation (RFC 5737): it leads nowhere.
constexpr int kDocumentationAddresses = 254;

/// One of 192.0.2.0/24 that none of these has; while there is one.
std::string free_address(const std::vector<records::RecordTable::Record>& taken) {
  std::random_device device;
  const auto first = static_cast<int>(device() % kDocumentationAddresses);
  std::string address;
  for (int i = 0; i < kDocumentationAddresses; ++i) {
    address = "192.0.2." + std::to_string((first + i) % kDocumentationAddresses + 1);
    const bool is_free = std::none_of(taken.begin(), taken.end(), [&](const auto& each) {
      return text_member(each.value, "PublicIp") == address;
    });
    if (is_free) break;
  }
  return address;
}

Value seconds(base::Timestamp time) { return Value(static_cast<double>(time.ms) / 1000); }

}  // namespace

// API CreateNatGateway.
ActionResult Ec2Service::create_nat_gateway(const Request& request) {
  const Value& input = request.input;
  const std::string subnet_id = text_member(input, "SubnetId");
  const Value subnet = PAWL_TRY(find(request, kSubnet, subnet_id));
  const std::string allocation = text_member(input, "AllocationId");
  std::string type = text_member(input, "ConnectivityType");
  if (type.empty()) type = "public";
  const std::string id = new_id("nat");
  ObjectBuilder address;
  address.set("PrivateIp", Value("10.0.0.4")).set("NetworkInterfaceId", Value(new_id("eni")));
  if (type == "public") {
    if (allocation.empty()) {
      return aws::ApiError("MissingParameter",
                           "The request must include the AllocationId parameter. Add the required "
                           "parameter and retry the request.");
    }
    const Value found = PAWL_TRY(find(request, kAddress, allocation));
    if (!text_member(found, "AssociationId").empty()) {
      return aws::ApiError("Resource.AlreadyAssociated",
                           "Elastic IP address [" + allocation + "] is already associated");
    }
    address.set("AllocationId", Value(allocation))
        .set("PublicIp", Value(text_member(found, "PublicIp")));
  }
  ObjectBuilder gateway;
  gateway.set("CreateTime", seconds(request.received))
      .set("NatGatewayAddresses", Value::array({std::move(address).build()}))
      .set("NatGatewayId", Value(id))
      .set("State", Value("available"))
      .set("SubnetId", Value(subnet_id))
      .set("VpcId", Value(text_member(subnet, "VpcId")))
      .set("ConnectivityType", Value(type))
      .set("Tags", tags_for(input, kNatGateway));
  const Value built = std::move(gateway).build();
  ObjectBuilder out;
  copy_members(input, {"ClientToken"}, out);
  out.set("NatGateway", built);
  const Value output = std::move(out).build();
  request.keep_answer(output);
  if (type == "public") PAWL_TRY_VOID(store_use(request, allocation, built, true));
  PAWL_TRY_VOID(store_record(request, kNatGateway, built));
  return aws::Output(output);
}

/// Who uses an address, or that nobody does any more. One that is gone is not used.
aws::ApiResult<void> Ec2Service::store_use(const Request& request, const std::string& allocation,
                                           const Value& gateway, bool is_used) {
  const auto address = find(request, kAddress, allocation);
  if (!address) return {};
  if (!is_used) {
    return store_record(request, kAddress,
                        address->without_member("AssociationId")
                            .without_member("NetworkInterfaceId")
                            .without_member("PrivateIpAddress"));
  }
  const Value place = items_member(gateway, "NatGatewayAddresses").front();
  return store_record(
      request, kAddress,
      address->with_member("AssociationId", Value(new_id("eipassoc")))
          .with_member("NetworkInterfaceId", Value(text_member(place, "NetworkInterfaceId")))
          .with_member("PrivateIpAddress", Value(text_member(place, "PrivateIp"))));
}

// API DeleteNatGateway: "deleted" is shown for a while, here until the VPC's end.
ActionResult Ec2Service::delete_nat_gateway(const Request& request) {
  const std::string id = text_member(request.input, "NatGatewayId");
  const Value gateway = PAWL_TRY(find(request, kNatGateway, id));
  for (const Value& address : items_member(gateway, "NatGatewayAddresses")) {
    PAWL_TRY_VOID(store_use(request, text_member(address, "AllocationId"), gateway, false));
  }
  PAWL_TRY_VOID(store_record(request, kNatGateway,
                             gateway.with_member("State", Value("deleted"))
                                 .with_member("DeleteTime", seconds(request.received))));
  return aws::Output(Value::object().with_member("NatGatewayId", Value(id)));
}

// API AllocateAddress.
ActionResult Ec2Service::allocate_address(const Request& request) {
  const auto taken = records_.list(owner_of(request), kAddress.prefix);
  if (!taken) return as_api_error(taken.error());
  ObjectBuilder address;
  address.set("PublicIp", Value(free_address(*taken)))
      .set("AllocationId", Value(new_id("eipalloc")))
      .set("Domain", Value("vpc"))
      .set("PublicIpv4Pool", Value("amazon"))
      .set("NetworkBorderGroup", Value(request.region))
      .set("Tags", tags_for(request.input, kAddress));
  const Value built = std::move(address).build();
  request.keep_answer(built);
  PAWL_TRY_VOID(store_record(request, kAddress, built));
  return aws::Output(built);
}

// API ReleaseAddress.
ActionResult Ec2Service::release_address(const Request& request) {
  const std::string id = text_member(request.input, "AllocationId");
  const Value address = PAWL_TRY(find(request, kAddress, id));
  if (!text_member(address, "AssociationId").empty()) {
    return aws::ApiError("InvalidIPAddress.InUse",
                         "Address " + text_member(address, "PublicIp") + " is in use.");
  }
  PAWL_TRY_VOID(erase_record(request, kAddress, id));
  return aws::Output();
}

// API CreateVpcEndpoint.
ActionResult Ec2Service::create_vpc_endpoint(const Request& request) {
  const Value& input = request.input;
  const std::string vpc = text_member(input, "VpcId");
  PAWL_TRY(find(request, kVpc, vpc));
  const std::string type = text_member(input, "VpcEndpointType");
  const std::string service = text_member(input, "ServiceName");
  const std::string id = new_id("vpce");
  ObjectBuilder endpoint;
  endpoint.set("VpcEndpointId", Value(id))
      .set("VpcEndpointType", Value(type.empty() ? "Gateway" : type))
      .set("VpcId", Value(vpc))
      .set("ServiceName", Value(service))
      .set("State", Value("available"));
  const std::string policy = text_member(input, "PolicyDocument");
  endpoint.set(
      "PolicyDocument",
      Value(
          policy.empty()
              ? R"({"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]})"
              : policy));
  std::vector<Value> groups;
  for (const Value& each : items_member(input, "SecurityGroupIds")) {
    const Value group = PAWL_TRY(find(request, kSecurityGroup, std::string(each.as_string())));
    ObjectBuilder one;
    copy_members(group, {"GroupId", "GroupName"}, one);
    groups.push_back(std::move(one).build());
  }
  std::vector<Value> interfaces;
  for (const Value& each : items_member(input, "SubnetIds")) {
    PAWL_TRY(find(request, kSubnet, std::string(each.as_string())));
    interfaces.emplace_back(new_id("eni"));
  }
  for (const Value& each : items_member(input, "RouteTableIds"))
    PAWL_TRY(find(request, kRouteTable, std::string(each.as_string())));
  const auto list = [&](const char* name) {
    const Value* given = input.find(name);
    endpoint.set(name, given != nullptr ? *given : Value::array());
  };
  list("RouteTableIds");
  list("SubnetIds");
  endpoint.set("Groups", Value::array(std::move(groups)))
      .set("PrivateDnsEnabled", Value(flag_member(input, "PrivateDnsEnabled")))
      .set("RequesterManaged", Value(false))
      .set("NetworkInterfaceIds", Value::array(std::move(interfaces)))
      .set("DnsEntries", type == "Interface"
                             ? endpoint_names(id, service, request.region,
                                              flag_member(input, "PrivateDnsEnabled"))
                             : Value::array())
      .set("CreationTimestamp", seconds(request.received))
      .set("OwnerId", Value(request.account_id()))
      .set("Tags", tags_for(input, kVpcEndpoint));
  const Value built = std::move(endpoint).build();
  const Value out = Value::object().with_member("VpcEndpoint", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kVpcEndpoint, built));
  return aws::Output(out);
}

// API ModifyVpcEndpoint: lists grow and shrink.
ActionResult Ec2Service::modify_vpc_endpoint(const Request& request) {
  const Value& input = request.input;
  Value endpoint = PAWL_TRY(find(request, kVpcEndpoint, text_member(input, "VpcEndpointId")));
  const auto change = [&](const char* member, const char* add, const char* remove) {
    std::vector<Value> ids;
    for (const Value& id : items_member(endpoint, member)) ids.push_back(id);
    for (const Value& id : items_member(input, add)) ids.push_back(id);
    for (const Value& id : items_member(input, remove))
      std::erase_if(ids, [&](const Value& each) { return each == id; });
    endpoint = endpoint.with_member(member, Value::array(std::move(ids)));
  };
  change("RouteTableIds", "AddRouteTableIds", "RemoveRouteTableIds");
  change("SubnetIds", "AddSubnetIds", "RemoveSubnetIds");
  for (const char* name : {"PolicyDocument", "PrivateDnsEnabled", "IpAddressType"}) {
    if (const Value* value = input.find(name)) endpoint = endpoint.with_member(name, *value);
  }
  PAWL_TRY_VOID(store_record(request, kVpcEndpoint, endpoint));
  return aws::Output(Value::object().with_member("Return", Value(true)));
}

// API DeleteVpcEndpoints: what cannot be deleted is listed.
ActionResult Ec2Service::delete_vpc_endpoints(const Request& request) {
  std::vector<Value> unsuccessful;
  for (const Value& each : items_member(request.input, "VpcEndpointIds")) {
    const std::string id(each.as_string());
    const auto found = find(request, kVpcEndpoint, id);
    if (found) {
      PAWL_TRY_VOID(erase_record(request, kVpcEndpoint, id));
      continue;
    }
    ObjectBuilder error;
    error.set("Code", Value(found.error().code))
        .set("Message", Value(found.error().message.value_or("")));
    ObjectBuilder item;
    item.set("Error", std::move(error).build()).set("ResourceId", Value(id));
    unsuccessful.push_back(std::move(item).build());
  }
  return aws::Output(
      Value::object().with_member("Unsuccessful", Value::array(std::move(unsuccessful))));
}

}  // namespace pawl::ec2
