// SPDX-License-Identifier: Apache-2.0
#include "services/ec2/service.h"

#include <random>
#include <utility>

#include "json/value.h"
#include "services/ec2/members.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::Value;

namespace {

/// EC2 names the parameter that is missing, and says little else.
aws::ApiError refuse(aws::ApiError error, const Value& /*input*/) {
  const std::string text = error.message.value_or("");
  const size_t name = text.find(" at '");
  if (text.find("Member must not be null") != std::string::npos && name != std::string::npos) {
    const size_t end = text.find('\'', name + 5);
    return {"MissingParameter",
            "The request must contain the parameter " + text.substr(name + 5, end - name - 5)};
  }
  return {"InvalidParameterValue", text};
}

}  // namespace

records::Owner owner_of(const Request& request) { return {request.account_id(), request.region}; }

std::string new_id(std::string_view prefix) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string id = std::string(prefix) + "-0";
  for (int i = 0; i < 16; ++i) id += kDigits[device() % 16];
  return id;
}

aws::ApiError not_found(const ResourceKind& kind, std::string_view id) {
  return {std::string(kind.not_found),
          "The " + std::string(kind.title) + " '" + std::string(id) + "' does not exist"};
}

aws::ApiError dependency_violation(const ResourceKind& kind, const std::string& id) {
  return {"DependencyViolation", "The " + std::string(kind.type) + " '" + id +
                                     "' has dependencies and cannot be deleted."};
}

Value tags_for(const Value& input, const ResourceKind& kind) {
  std::vector<Value> tags;
  for (const Value& specification : items_member(input, "TagSpecifications")) {
    if (text_member(specification, "ResourceType") != kind.type) continue;
    for (const Value& tag : items_member(specification, "Tags")) tags.push_back(tag);
  }
  return Value::array(std::move(tags));
}

base::Result<std::unique_ptr<Ec2Service>> Ec2Service::open(store::Store& store) {
  return std::unique_ptr<Ec2Service>(
      new Ec2Service(PAWL_TRY(records::RecordTable::open(store, "ec2/records"))));
}

void Ec2Service::on_change(aws::ActionTable& table, std::string_view operation, Action action) {
  table.on_async(operation, [this, action](Request request, aws::Reply reply) {
    if (flag_member(request.input, "DryRun")) {
      return reply(aws::ApiError("DryRunOperation",
                                 "Request would have succeeded, but DryRun flag is set.", 412));
    }
    const std::lock_guard lock(mutex_);
    if (const auto made = make_defaults(owner_of(request)); !made)
      return reply(as_api_error(made.error()));
    ActionResult result = (this->*action)(request);
    if (result) result->after_sync = true;
    reply(std::move(result));
  });
}

void Ec2Service::bind(aws::ActionTable& table) {
  table.refuse_by(&refuse);
  for (const ResourceKind* kind : kKinds) {
    table.on_async(kind->operation, [this, kind](const Request& request, aws::Reply reply) {
      {
        const std::lock_guard lock(mutex_);
        if (const auto made = make_defaults(owner_of(request)); !made)
          return reply(as_api_error(made.error()));
      }
      reply(describe(request, *kind));
    });
  }
  for (const ResourceKind& kind : kEmptyKinds) {
    table.on_async(kind.operation, [this, &kind](const Request& request, aws::Reply reply) {
      reply(describe_nothing(request, kind));
    });
  }
  bind_networks(table);
  bind_vpc_parts(table);
  bind_static(table);
}

void Ec2Service::bind_networks(aws::ActionTable& table) {
  on_change(table, "CreateTags", &Ec2Service::create_tags);
  on_change(table, "DeleteTags", &Ec2Service::delete_tags);
  on_change(table, "DescribeTags", &Ec2Service::describe_tags);
  on_change(table, "CreateDefaultVpc", &Ec2Service::create_default_vpc);
  on_change(table, "CreateVpc", &Ec2Service::create_vpc);
  on_change(table, "DeleteVpc", &Ec2Service::delete_vpc);
  on_change(table, "DescribeVpcAttribute", &Ec2Service::describe_vpc_attribute);
  on_change(table, "ModifyVpcAttribute", &Ec2Service::modify_vpc_attribute);
  on_change(table, "CreateSubnet", &Ec2Service::create_subnet);
  on_change(table, "DeleteSubnet", &Ec2Service::delete_subnet);
  on_change(table, "ModifySubnetAttribute", &Ec2Service::modify_subnet_attribute);
  on_change(table, "CreateInternetGateway", &Ec2Service::create_internet_gateway);
  on_change(table, "AttachInternetGateway", &Ec2Service::attach_internet_gateway);
  on_change(table, "DetachInternetGateway", &Ec2Service::detach_internet_gateway);
  on_change(table, "DeleteInternetGateway", &Ec2Service::delete_internet_gateway);
  on_change(table, "CreateNatGateway", &Ec2Service::create_nat_gateway);
  on_change(table, "DeleteNatGateway", &Ec2Service::delete_nat_gateway);
  on_change(table, "AllocateAddress", &Ec2Service::allocate_address);
  on_change(table, "ReleaseAddress", &Ec2Service::release_address);
  on_change(table, "CreateVpcEndpoint", &Ec2Service::create_vpc_endpoint);
  on_change(table, "ModifyVpcEndpoint", &Ec2Service::modify_vpc_endpoint);
  on_change(table, "DeleteVpcEndpoints", &Ec2Service::delete_vpc_endpoints);
  on_change(table, "CreateRouteTable", &Ec2Service::create_route_table);
  on_change(table, "DeleteRouteTable", &Ec2Service::delete_route_table);
  on_change(table, "CreateRoute", &Ec2Service::create_route);
  on_change(table, "ReplaceRoute", &Ec2Service::replace_route);
  on_change(table, "DeleteRoute", &Ec2Service::delete_route);
  on_change(table, "AssociateRouteTable", &Ec2Service::associate_route_table);
  on_change(table, "DisassociateRouteTable", &Ec2Service::disassociate_route_table);
  on_change(table, "ReplaceRouteTableAssociation", &Ec2Service::replace_route_table_association);
  on_change(table, "CreateSecurityGroup", &Ec2Service::create_security_group);
  on_change(table, "DeleteSecurityGroup", &Ec2Service::delete_security_group);
  on_change(table, "AuthorizeSecurityGroupIngress", &Ec2Service::authorize_ingress);
  on_change(table, "AuthorizeSecurityGroupEgress", &Ec2Service::authorize_egress);
  on_change(table, "RevokeSecurityGroupIngress", &Ec2Service::revoke_ingress);
  on_change(table, "RevokeSecurityGroupEgress", &Ec2Service::revoke_egress);
  on_change(table, "ModifySecurityGroupRules", &Ec2Service::modify_security_group_rules);
  on_change(table, "UpdateSecurityGroupRuleDescriptionsIngress",
            &Ec2Service::describe_rules_in_ingress);
  on_change(table, "UpdateSecurityGroupRuleDescriptionsEgress",
            &Ec2Service::describe_rules_in_egress);
  on_change(table, "CreateLaunchTemplate", &Ec2Service::create_launch_template);
  on_change(table, "CreateLaunchTemplateVersion", &Ec2Service::create_launch_template_version);
  on_change(table, "DescribeLaunchTemplateVersions",
            &Ec2Service::describe_launch_template_versions);
  on_change(table, "ModifyLaunchTemplate", &Ec2Service::modify_launch_template);
  on_change(table, "DeleteLaunchTemplate", &Ec2Service::delete_launch_template);
  on_change(table, "DeleteLaunchTemplateVersions", &Ec2Service::delete_launch_template_versions);
}

void Ec2Service::bind_vpc_parts(aws::ActionTable& table) {
  on_change(table, "CreateNetworkAcl", &Ec2Service::create_network_acl);
  on_change(table, "DeleteNetworkAcl", &Ec2Service::delete_network_acl);
  on_change(table, "CreateNetworkAclEntry", &Ec2Service::create_network_acl_entry);
  on_change(table, "ReplaceNetworkAclEntry", &Ec2Service::replace_network_acl_entry);
  on_change(table, "DeleteNetworkAclEntry", &Ec2Service::delete_network_acl_entry);
  on_change(table, "ReplaceNetworkAclAssociation", &Ec2Service::replace_network_acl_association);
  on_change(table, "CreateVpnGateway", &Ec2Service::create_vpn_gateway);
  on_change(table, "AttachVpnGateway", &Ec2Service::attach_vpn_gateway);
  on_change(table, "DetachVpnGateway", &Ec2Service::detach_vpn_gateway);
  on_change(table, "DeleteVpnGateway", &Ec2Service::delete_vpn_gateway);
  on_change(table, "CreateEgressOnlyInternetGateway", &Ec2Service::create_egress_only_gateway);
  on_change(table, "DeleteEgressOnlyInternetGateway", &Ec2Service::delete_egress_only_gateway);
  on_change(table, "AssociateVpcCidrBlock", &Ec2Service::associate_vpc_cidr_block);
  on_change(table, "DisassociateVpcCidrBlock", &Ec2Service::disassociate_vpc_cidr_block);
  on_change(table, "AssociateSubnetCidrBlock", &Ec2Service::associate_subnet_cidr_block);
  on_change(table, "DisassociateSubnetCidrBlock", &Ec2Service::disassociate_subnet_cidr_block);
  on_change(table, "CreateDhcpOptions", &Ec2Service::create_dhcp_options);
  on_change(table, "AssociateDhcpOptions", &Ec2Service::associate_dhcp_options);
  on_change(table, "DeleteDhcpOptions", &Ec2Service::delete_dhcp_options);
  on_change(table, "CreateFlowLogs", &Ec2Service::create_flow_logs);
  on_change(table, "DeleteFlowLogs", &Ec2Service::delete_flow_logs);
}

void Ec2Service::bind_static(aws::ActionTable& table) {
  table.on("DescribeRegions", &Ec2Service::describe_regions);
  table.on("DescribeAvailabilityZones", &Ec2Service::describe_availability_zones);
  table.on("DescribeImages", &Ec2Service::describe_images);
  table.on("DescribeInstanceTypes", &Ec2Service::describe_instance_types);
  table.on("DescribeInstanceTypeOfferings", &Ec2Service::describe_instance_type_offerings);
  table.on("DescribeVpcEndpointServices", &Ec2Service::describe_vpc_endpoint_services);
  table.on("DescribePrefixLists", &Ec2Service::describe_prefix_lists);
  table.on("DescribeAccountAttributes", &Ec2Service::describe_account_attributes);
  table.on("RunInstances", &Ec2Service::run_instances);
}

aws::ApiResult<Value> Ec2Service::find(const Request& request, const ResourceKind& kind,
                                       const std::string& id) {
  auto record = records_.get(owner_of(request), kind.prefix, id);
  if (!record) return as_api_error(record.error());
  if (!*record) return not_found(kind, id);
  return **std::move(record);
}

aws::ApiResult<void> Ec2Service::store_record(const Request& request, const ResourceKind& kind,
                                              const Value& record) {
  const auto put =
      records_.put(owner_of(request), kind.prefix, text_member(record, kind.id), record);
  if (!put) return as_api_error(put.error());
  return {};
}

aws::ApiResult<void> Ec2Service::erase_record(const Request& request, const ResourceKind& kind,
                                              const std::string& id) {
  if (const auto erased = records_.erase(owner_of(request), kind.prefix, id); !erased)
    return as_api_error(erased.error());
  return {};
}

aws::ApiResult<std::vector<Value>> Ec2Service::list_where(const Request& request,
                                                          const ResourceKind& kind,
                                                          std::string_view name,
                                                          std::string_view value) {
  auto all = records_.list(owner_of(request), kind.prefix);
  if (!all) return as_api_error(all.error());
  std::vector<Value> found;
  for (auto& record : *all) {
    if (text_member(record.value, name) == value) found.push_back(std::move(record.value));
  }
  return found;
}

}  // namespace pawl::ec2
