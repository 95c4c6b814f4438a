// SPDX-License-Identifier: Apache-2.0
// The kinds of resources that are kept: how their ids begin, what the API calls them, what their
// absence is called.
#pragma once

#include <string_view>

namespace pawl::ec2 {

struct ResourceKind {
  std::string_view prefix;     ///< of ids, "vpc"; also the records' kind
  std::string_view type;       ///< of tags, "vpc"
  std::string_view operation;  ///< that describes them
  std::string_view list;       ///< its output's member
  std::string_view id;         ///< the member that is the id
  std::string_view ids;        ///< the input's member that names some; "": none
  std::string_view not_found;  ///< error code
  std::string_view title;      ///< in "The TITLE 'x' does not exist"
};

inline constexpr ResourceKind kVpc = {"vpc",   "vpc",    "DescribeVpcs",          "Vpcs",
                                      "VpcId", "VpcIds", "InvalidVpcID.NotFound", "vpc ID"};
inline constexpr ResourceKind kSubnet = {
    "subnet",   "subnet",    "DescribeSubnets",          "Subnets",
    "SubnetId", "SubnetIds", "InvalidSubnetID.NotFound", "subnet ID"};
inline constexpr ResourceKind kRouteTable = {
    "rtb",          "route-table",   "DescribeRouteTables",          "RouteTables",
    "RouteTableId", "RouteTableIds", "InvalidRouteTableID.NotFound", "routeTable ID"};
inline constexpr ResourceKind kInternetGateway = {"igw",
                                                  "internet-gateway",
                                                  "DescribeInternetGateways",
                                                  "InternetGateways",
                                                  "InternetGatewayId",
                                                  "InternetGatewayIds",
                                                  "InvalidInternetGatewayID.NotFound",
                                                  "internetGateway ID"};
inline constexpr ResourceKind kNetworkAcl = {
    "acl",          "network-acl",   "DescribeNetworkAcls",          "NetworkAcls",
    "NetworkAclId", "NetworkAclIds", "InvalidNetworkAclID.NotFound", "networkAcl ID"};
inline constexpr ResourceKind kSecurityGroup = {
    "sg",      "security-group", "DescribeSecurityGroups", "SecurityGroups",
    "GroupId", "GroupIds",       "InvalidGroup.NotFound",  "security group"};
inline constexpr ResourceKind kSecurityGroupRule = {"sgr",
                                                    "security-group-rule",
                                                    "DescribeSecurityGroupRules",
                                                    "SecurityGroupRules",
                                                    "SecurityGroupRuleId",
                                                    "SecurityGroupRuleIds",
                                                    "InvalidSecurityGroupRuleId.NotFound",
                                                    "security group rule ID"};
inline constexpr ResourceKind kNatGateway = {
    "nat",          "natgateway",    "DescribeNatGateways", "NatGateways",
    "NatGatewayId", "NatGatewayIds", "NatGatewayNotFound",  "NatGateway"};
inline constexpr ResourceKind kVpcEndpoint = {
    "vpce",          "vpc-endpoint",   "DescribeVpcEndpoints",          "VpcEndpoints",
    "VpcEndpointId", "VpcEndpointIds", "InvalidVpcEndpointId.NotFound", "Vpc Endpoint ID"};
inline constexpr ResourceKind kAddress = {"eipalloc",
                                          "elastic-ip",
                                          "DescribeAddresses",
                                          "Addresses",
                                          "AllocationId",
                                          "AllocationIds",
                                          "InvalidAllocationID.NotFound",
                                          "allocation ID"};
inline constexpr ResourceKind kDhcpOptions = {
    "dopt",          "dhcp-options",   "DescribeDhcpOptions",          "DhcpOptions",
    "DhcpOptionsId", "DhcpOptionsIds", "InvalidDhcpOptionID.NotFound", "dhcpOption ID"};
inline constexpr ResourceKind kLaunchTemplate = {"lt",
                                                 "launch-template",
                                                 "DescribeLaunchTemplates",
                                                 "LaunchTemplates",
                                                 "LaunchTemplateId",
                                                 "LaunchTemplateIds",
                                                 "InvalidLaunchTemplateId.NotFound",
                                                 "launch template ID"};

inline constexpr ResourceKind kVpnGateway = {
    "vgw",          "vpn-gateway",   "DescribeVpnGateways",          "VpnGateways",
    "VpnGatewayId", "VpnGatewayIds", "InvalidVpnGatewayID.NotFound", "vpnGateway ID"};
inline constexpr ResourceKind kEgressOnlyGateway = {"eigw",
                                                    "egress-only-internet-gateway",
                                                    "DescribeEgressOnlyInternetGateways",
                                                    "EgressOnlyInternetGateways",
                                                    "EgressOnlyInternetGatewayId",
                                                    "EgressOnlyInternetGatewayIds",
                                                    "InvalidGatewayID.NotFound",
                                                    "eigw ID"};
inline constexpr ResourceKind kFlowLog = {
    "fl",        "vpc-flow-log", "DescribeFlowLogs",          "FlowLogs",
    "FlowLogId", "FlowLogIds",   "InvalidFlowLogId.NotFound", "flow log ID"};

inline constexpr const ResourceKind* kKinds[] = {&kVpc,
                                                 &kSubnet,
                                                 &kRouteTable,
                                                 &kInternetGateway,
                                                 &kNetworkAcl,
                                                 &kSecurityGroup,
                                                 &kSecurityGroupRule,
                                                 &kNatGateway,
                                                 &kVpcEndpoint,
                                                 &kAddress,
                                                 &kDhcpOptions,
                                                 &kLaunchTemplate,
                                                 &kVpnGateway,
                                                 &kEgressOnlyGateway,
                                                 &kFlowLog};

/// What nobody can make here: the lists are empty.
inline constexpr ResourceKind kEmptyKinds[] = {
    {"eni", "network-interface", "DescribeNetworkInterfaces", "NetworkInterfaces",
     "NetworkInterfaceId", "NetworkInterfaceIds", "InvalidNetworkInterfaceID.NotFound",
     "networkInterface ID"},
    {"i", "instance", "DescribeInstances", "Reservations", "InstanceId", "InstanceIds",
     "InvalidInstanceID.NotFound", "instance ID"},
    {"i", "instance", "DescribeInstanceStatus", "InstanceStatuses", "InstanceId", "InstanceIds",
     "InvalidInstanceID.NotFound", "instance ID"},
    {"vol", "volume", "DescribeVolumes", "Volumes", "VolumeId", "VolumeIds",
     "InvalidVolume.NotFound", "volume"},
    {"snap", "snapshot", "DescribeSnapshots", "Snapshots", "SnapshotId", "SnapshotIds",
     "InvalidSnapshot.NotFound", "snapshot"},
    {"key", "key-pair", "DescribeKeyPairs", "KeyPairs", "KeyPairId", "KeyPairIds",
     "InvalidKeyPair.NotFound", "key pair"},
    {"pcx", "vpc-peering-connection", "DescribeVpcPeeringConnections", "VpcPeeringConnections",
     "VpcPeeringConnectionId", "VpcPeeringConnectionIds", "InvalidVpcPeeringConnectionID.NotFound",
     "vpcPeeringConnection ID"},
    {"pl", "prefix-list", "DescribeManagedPrefixLists", "PrefixLists", "PrefixListId",
     "PrefixListIds", "InvalidPrefixListID.NotFound", "prefix list ID"},
};

}  // namespace pawl::ec2
