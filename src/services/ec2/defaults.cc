// SPDX-License-Identifier: Apache-2.0
// What an account has in each region before anybody made anything: made at the first look, kept.
#include <utility>
#include <vector>

#include "aws/arn.h"
#include "json/value.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

constexpr std::string_view kMarker = "defaults";
constexpr const char* kOptionsMarker = "dhcp-options";
constexpr const char* kDefaultCidr = "172.31.0.0/16";

Value association_state(std::string_view state) {
  return Value::object().with_member("State", Value(state));
}

Value acl_entry(bool egress, int number, std::string_view action) {
  ObjectBuilder entry;
  entry.set("CidrBlock", Value("0.0.0.0/0"))
      .set("Egress", Value(egress))
      .set("Protocol", Value("-1"))
      .set("RuleAction", Value(action))
      .set("RuleNumber", Value(number));
  return std::move(entry).build();
}

}  // namespace

Value last_acl_entry(bool is_egress) { return acl_entry(is_egress, 32767, "deny"); }

std::string zone_name(std::string_view region, int zone) {
  return std::string(region) + static_cast<char>('a' + zone);
}

/// "us-east-1" -> "use1-az1": the first letters of the words, the number.
std::string zone_id(std::string_view region, int zone) {
  std::string id;
  size_t word = 0;
  for (size_t at = 0; at < region.size(); ++word) {
    const size_t end = std::min(region.find('-', at), region.size());
    const std::string_view text = region.substr(at, end - at);
    if (word == 0) {
      id += text;
    } else if (text.find("north") == 0 || text.find("south") == 0) {
      id += text.front();
      if (text.size() > 5) id += text[5];
    } else {
      id += text.front();
    }
    at = end + 1;
  }
  return id + "-az" + std::to_string(zone + 1);
}

NewVpc new_vpc(const records::Owner& owner, const std::string& cidr, const std::string& dhcp,
               bool is_default) {
  const std::string vpc_id = new_id("vpc");
  ObjectBuilder block;
  block.set("AssociationId", Value(new_id("vpc-cidr-assoc")))
      .set("CidrBlock", Value(cidr))
      .set("CidrBlockState", association_state("associated"));
  ObjectBuilder vpc;
  vpc.set("CidrBlock", Value(cidr))
      .set("DhcpOptionsId", Value(dhcp))
      .set("State", Value("available"))
      .set("VpcId", Value(vpc_id))
      .set("OwnerId", Value(owner.account))
      .set("InstanceTenancy", Value("default"))
      .set("CidrBlockAssociationSet", Value::array({std::move(block).build()}))
      .set("IsDefault", Value(is_default))
      .set("EnableDnsSupport", Value(true))
      .set("EnableDnsHostnames", Value(is_default));
  const std::string table_id = new_id("rtb");
  ObjectBuilder association;
  association.set("Main", Value(true))
      .set("RouteTableAssociationId", Value(new_id("rtbassoc")))
      .set("RouteTableId", Value(table_id))
      .set("AssociationState", association_state("associated"));
  ObjectBuilder local;
  local.set("DestinationCidrBlock", Value(cidr))
      .set("GatewayId", Value("local"))
      .set("Origin", Value("CreateRouteTable"))
      .set("State", Value("active"));
  ObjectBuilder table;
  table.set("Associations", Value::array({std::move(association).build()}))
      .set("RouteTableId", Value(table_id))
      .set("Routes", Value::array({std::move(local).build()}))
      .set("VpcId", Value(vpc_id))
      .set("OwnerId", Value(owner.account));
  ObjectBuilder acl;
  acl.set("Associations", Value::array())
      .set("Entries", Value::array({acl_entry(true, 100, "allow"), last_acl_entry(true),
                                    acl_entry(false, 100, "allow"), last_acl_entry(false)}))
      .set("IsDefault", Value(true))
      .set("NetworkAclId", Value(new_id("acl")))
      .set("VpcId", Value(vpc_id))
      .set("OwnerId", Value(owner.account));
  ObjectBuilder group;
  group.set("Description", Value("default VPC security group"))
      .set("GroupName", Value("default"))
      .set("OwnerId", Value(owner.account))
      .set("GroupId", Value(new_id("sg")))
      .set("VpcId", Value(vpc_id));
  return {std::move(vpc).build(), std::move(table).build(), std::move(acl).build(),
          std::move(group).build()};
}

Value new_subnet(const records::Owner& owner, const std::string& vpc, const std::string& cidr,
                 int zone, bool is_default) {
  const std::string id = new_id("subnet");
  int bits = 0;
  const size_t slash = cidr.find('/');
  if (slash != std::string::npos) bits = std::stoi(cidr.substr(slash + 1));
  ObjectBuilder subnet;
  subnet.set("AvailabilityZone", Value(zone_name(owner.region, zone)))
      .set("AvailabilityZoneId", Value(zone_id(owner.region, zone)))
      // "The first four IP addresses and the last" are AWS's.
      .set("AvailableIpAddressCount", Value((int64_t{1} << (32 - bits)) - 5))
      .set("CidrBlock", Value(cidr))
      .set("DefaultForAz", Value(is_default))
      .set("MapPublicIpOnLaunch", Value(is_default))
      .set("MapCustomerOwnedIpOnLaunch", Value(false))
      .set("State", Value("available"))
      .set("SubnetId", Value(id))
      .set("VpcId", Value(vpc))
      .set("OwnerId", Value(owner.account))
      .set("AssignIpv6AddressOnCreation", Value(false))
      .set("Ipv6CidrBlockAssociationSet", Value::array())
      .set("SubnetArn", Value("arn:" + std::string(aws::partition_of(owner.region)) +
                              ":ec2:" + owner.region + ":" + owner.account + ":subnet/" + id))
      .set("EnableDns64", Value(false))
      .set("Ipv6Native", Value(false));
  ObjectBuilder names;
  names.set("HostnameType", Value("ip-name"))
      .set("EnableResourceNameDnsARecord", Value(false))
      .set("EnableResourceNameDnsAAAARecord", Value(false));
  subnet.set("PrivateDnsNameOptionsOnLaunch", std::move(names).build());
  return std::move(subnet).build();
}

Value with_subnet(const Value& network_acl, const std::string& subnet) {
  std::vector<Value> associations;
  for (const Value& each : items_member(network_acl, "Associations")) associations.push_back(each);
  ObjectBuilder association;
  association.set("NetworkAclAssociationId", Value(new_id("aclassoc")))
      .set("NetworkAclId", Value(text_member(network_acl, "NetworkAclId")))
      .set("SubnetId", Value(subnet));
  associations.push_back(std::move(association).build());
  return network_acl.with_member("Associations", Value::array(std::move(associations)));
}

base::Result<void> Ec2Service::make_defaults(const records::Owner& owner) {
  if (PAWL_TRY(records_.get(owner, kMarker, "made"))) return {};
  PAWL_TRY_VOID(make_default_vpc(owner));
  return records_.put(owner, kMarker, "made", Value::object());
}

base::Result<std::string> Ec2Service::default_options(const records::Owner& owner) {
  const auto marker = PAWL_TRY(records_.get(owner, kMarker, kOptionsMarker));
  if (!marker) return std::string();
  const std::string id = text_member(*marker, "DhcpOptionsId");
  return PAWL_TRY(records_.get(owner, kDhcpOptions.prefix, id)) ? id : std::string();
}

base::Result<void> Ec2Service::make_default_vpc(const records::Owner& owner) {
  store::Batch batch;
  const auto put = [&](const ResourceKind& kind, const Value& record) {
    records_.put(batch, owner, kind.prefix, text_member(record, kind.id), record);
  };
  std::string dhcp = PAWL_TRY(default_options(owner));
  if (dhcp.empty()) {
    dhcp = new_id("dopt");
    const auto option = [](const char* key, const std::string& value) {
      ObjectBuilder out;
      out.set("Key", Value(key))
          .set("Values", Value::array({Value::object().with_member("Value", Value(value))}));
      return std::move(out).build();
    };
    const std::string domain =
        owner.region == "us-east-1" ? "ec2.internal" : owner.region + ".compute.internal";
    ObjectBuilder set;
    set.set("DhcpOptionsId", Value(dhcp))
        .set("OwnerId", Value(owner.account))
        .set("DhcpConfigurations",
             Value::array({option("domain-name", domain),
                           option("domain-name-servers", "AmazonProvidedDNS")}));
    put(kDhcpOptions, std::move(set).build());
    records_.put(batch, owner, kMarker, kOptionsMarker,
                 Value::object().with_member("DhcpOptionsId", Value(dhcp)));
  }
  NewVpc made = new_vpc(owner, kDefaultCidr, dhcp, true);
  const std::string vpc = text_member(made.vpc, "VpcId");
  const char* cidrs[kZones] = {"172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20"};
  for (int zone = 0; zone < kZones; ++zone) {
    const Value subnet = new_subnet(owner, vpc, cidrs[zone], zone, true);
    made.network_acl = with_subnet(made.network_acl, text_member(subnet, "SubnetId"));
    put(kSubnet, subnet);
  }
  const std::string gateway_id = new_id("igw");
  ObjectBuilder attachment;
  attachment.set("State", Value("available")).set("VpcId", Value(vpc));
  ObjectBuilder gateway;
  gateway.set("Attachments", Value::array({std::move(attachment).build()}))
      .set("InternetGatewayId", Value(gateway_id))
      .set("OwnerId", Value(owner.account));
  ObjectBuilder route;
  route.set("DestinationCidrBlock", Value("0.0.0.0/0"))
      .set("GatewayId", Value(gateway_id))
      .set("Origin", Value("CreateRoute"))
      .set("State", Value("active"));
  const Value local = items_member(made.route_table, "Routes")[0];
  put(kInternetGateway, std::move(gateway).build());
  put(kVpc, made.vpc);
  put(kRouteTable,
      made.route_table.with_member("Routes", Value::array({local, std::move(route).build()})));
  put(kNetworkAcl, made.network_acl);
  put_group(batch, owner, made.group, true);
  return records_.commit(batch);
}

// API CreateDefaultVpc.
ActionResult Ec2Service::create_default_vpc(const Request& request) {
  const auto vpcs = records_.list(owner_of(request), kVpc.prefix);
  if (!vpcs) return as_api_error(vpcs.error());
  for (const auto& vpc : *vpcs) {
    if (flag_member(vpc.value, "IsDefault")) {
      return aws::ApiError("DefaultVpcAlreadyExists",
                           "A Default VPC already exists for this account in this region.");
    }
  }
  if (const auto made = make_default_vpc(owner_of(request)); !made)
    return as_api_error(made.error());
  const auto now = records_.list(owner_of(request), kVpc.prefix);
  if (!now) return as_api_error(now.error());
  for (const auto& vpc : *now) {
    if (flag_member(vpc.value, "IsDefault"))
      return aws::Output(Value::object().with_member("Vpc", vpc.value));
  }
  return aws::internal_failure("the default VPC is not there");
}

}  // namespace pawl::ec2
