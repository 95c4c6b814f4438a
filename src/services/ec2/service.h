// SPDX-License-Identifier: Apache-2.0
// Ec2Service: what tools look up in EC2 (API 2016-11-15): the default VPC with what belongs to it,
// VPCs, subnets, route tables, gateways, security groups and launch templates as records, regions,
// zones, types. Nothing of it carries traffic and no instance runs.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service/action_table.h"
#include "aws/service/request.h"
#include "records/record_table.h"
#include "services/ec2/resource_kind.h"

namespace pawl::ec2 {

/// Actions may run on any thread at once. Records hold resources as the API describes them; what is
/// composed when it is described: the permissions of security groups, of their rules' records.
class Ec2Service final : public aws::Service {
 public:
  static base::Result<std::unique_ptr<Ec2Service>> open(store::Store& store);

  void bind(aws::ActionTable& table) override;

 private:
  using Action = aws::ActionResult (Ec2Service::*)(const aws::Request&);

  explicit Ec2Service(records::RecordTable records) : records_(records) {}

  /// A method that changes something, after the look at DryRun, under the mutex.
  void on_change(aws::ActionTable& table, std::string_view operation, Action action);
  void bind_networks(aws::ActionTable& table);
  void bind_vpc_parts(aws::ActionTable& table);
  void bind_static(aws::ActionTable& table);

  // describe.cc
  aws::ActionResult describe(const aws::Request& request, const ResourceKind& kind);
  aws::ActionResult describe_nothing(const aws::Request& request, const ResourceKind& kind);
  aws::ActionResult describe_tags(const aws::Request& request);
  aws::ActionResult create_tags(const aws::Request& request);
  aws::ActionResult delete_tags(const aws::Request& request);
  // defaults.cc
  aws::ActionResult create_default_vpc(const aws::Request& request);
  base::Result<void> make_defaults(const records::Owner& owner);
  base::Result<void> make_default_vpc(const records::Owner& owner);
  /// The DHCP options that a new VPC has, "" if there are none.
  base::Result<std::string> default_options(const records::Owner& owner);
  // networks.cc
  aws::ActionResult create_vpc(const aws::Request& request);
  aws::ActionResult delete_vpc(const aws::Request& request);
  aws::ActionResult describe_vpc_attribute(const aws::Request& request);
  aws::ActionResult modify_vpc_attribute(const aws::Request& request);
  aws::ActionResult create_subnet(const aws::Request& request);
  aws::ActionResult delete_subnet(const aws::Request& request);
  aws::ActionResult modify_subnet_attribute(const aws::Request& request);
  aws::ActionResult create_internet_gateway(const aws::Request& request);
  aws::ActionResult attach_internet_gateway(const aws::Request& request);
  aws::ActionResult detach_internet_gateway(const aws::Request& request);
  aws::ActionResult delete_internet_gateway(const aws::Request& request);
  // network_acls.cc
  aws::ActionResult create_network_acl(const aws::Request& request);
  aws::ActionResult delete_network_acl(const aws::Request& request);
  aws::ActionResult create_network_acl_entry(const aws::Request& request);
  aws::ActionResult replace_network_acl_entry(const aws::Request& request);
  aws::ActionResult delete_network_acl_entry(const aws::Request& request);
  aws::ActionResult replace_network_acl_association(const aws::Request& request);
  // vpn_gateways.cc
  aws::ActionResult create_vpn_gateway(const aws::Request& request);
  aws::ActionResult attach_vpn_gateway(const aws::Request& request);
  aws::ActionResult detach_vpn_gateway(const aws::Request& request);
  aws::ActionResult delete_vpn_gateway(const aws::Request& request);
  aws::ActionResult create_egress_only_gateway(const aws::Request& request);
  aws::ActionResult delete_egress_only_gateway(const aws::Request& request);
  // addressing.cc
  aws::ActionResult associate_vpc_cidr_block(const aws::Request& request);
  aws::ActionResult disassociate_vpc_cidr_block(const aws::Request& request);
  aws::ActionResult associate_subnet_cidr_block(const aws::Request& request);
  aws::ActionResult disassociate_subnet_cidr_block(const aws::Request& request);
  aws::ActionResult create_dhcp_options(const aws::Request& request);
  aws::ActionResult associate_dhcp_options(const aws::Request& request);
  aws::ActionResult delete_dhcp_options(const aws::Request& request);
  // flow_logs.cc
  aws::ActionResult create_flow_logs(const aws::Request& request);
  aws::ActionResult delete_flow_logs(const aws::Request& request);
  // endpoint_services.cc
  aws::ActionResult describe_vpc_endpoint_services(const aws::Request& request);
  // gateways.cc
  aws::ActionResult create_nat_gateway(const aws::Request& request);
  aws::ActionResult delete_nat_gateway(const aws::Request& request);
  aws::ActionResult allocate_address(const aws::Request& request);
  aws::ApiResult<void> store_use(const aws::Request& request, const std::string& allocation,
                                 const json::Value& gateway, bool is_used);
  aws::ActionResult release_address(const aws::Request& request);
  aws::ActionResult create_vpc_endpoint(const aws::Request& request);
  aws::ActionResult modify_vpc_endpoint(const aws::Request& request);
  aws::ActionResult delete_vpc_endpoints(const aws::Request& request);
  // route_tables.cc
  aws::ActionResult create_route_table(const aws::Request& request);
  aws::ActionResult delete_route_table(const aws::Request& request);
  aws::ActionResult create_route(const aws::Request& request);
  aws::ActionResult replace_route(const aws::Request& request);
  aws::ActionResult delete_route(const aws::Request& request);
  aws::ActionResult associate_route_table(const aws::Request& request);
  aws::ActionResult disassociate_route_table(const aws::Request& request);
  aws::ActionResult replace_route_table_association(const aws::Request& request);
  // security_groups.cc
  aws::ActionResult create_security_group(const aws::Request& request);
  aws::ActionResult delete_security_group(const aws::Request& request);
  aws::ActionResult authorize_ingress(const aws::Request& request);
  aws::ActionResult authorize_egress(const aws::Request& request);
  aws::ActionResult revoke_ingress(const aws::Request& request);
  aws::ActionResult revoke_egress(const aws::Request& request);
  aws::ActionResult modify_security_group_rules(const aws::Request& request);
  aws::ActionResult describe_rules_in_ingress(const aws::Request& request);
  aws::ActionResult describe_rules_in_egress(const aws::Request& request);
  aws::ActionResult update_descriptions(const aws::Request& request, bool is_egress);
  aws::ActionResult authorize(const aws::Request& request, bool is_egress);
  aws::ActionResult revoke(const aws::Request& request, bool is_egress);
  aws::ApiResult<json::Value> group_of(const aws::Request& request);
  base::Result<json::Value> with_permissions(const records::Owner& owner, json::Value group) const;
  void put_group(store::Batch& batch, const records::Owner& owner, const json::Value& group,
                 bool is_default) const;
  // launch_templates.cc
  aws::ActionResult create_launch_template(const aws::Request& request);
  aws::ActionResult create_launch_template_version(const aws::Request& request);
  aws::ActionResult describe_launch_template_versions(const aws::Request& request);
  aws::ActionResult modify_launch_template(const aws::Request& request);
  aws::ActionResult delete_launch_template(const aws::Request& request);
  aws::ActionResult delete_launch_template_versions(const aws::Request& request);
  aws::ApiResult<json::Value> template_of(const aws::Request& request);
  aws::ActionResult store_version(const aws::Request& request, json::Value launch_template,
                                  int64_t number, json::Value data);
  // static_data.cc
  aws::ActionResult describe_regions(const aws::Request& request);
  aws::ActionResult describe_availability_zones(const aws::Request& request);
  aws::ActionResult describe_images(const aws::Request& request);
  aws::ActionResult describe_instance_types(const aws::Request& request);
  aws::ActionResult describe_instance_type_offerings(const aws::Request& request);
  aws::ActionResult describe_prefix_lists(const aws::Request& request);
  aws::ActionResult describe_account_attributes(const aws::Request& request);
  aws::ActionResult run_instances(const aws::Request& request);

  /// The resource of that id, or its kind's NotFound.
  aws::ApiResult<json::Value> find(const aws::Request& request, const ResourceKind& kind,
                                   const std::string& id);
  aws::ApiResult<void> store_record(const aws::Request& request, const ResourceKind& kind,
                                    const json::Value& record);
  aws::ApiResult<void> erase_record(const aws::Request& request, const ResourceKind& kind,
                                    const std::string& id);
  /// Resources of a kind whose member `name` is `value`.
  aws::ApiResult<std::vector<json::Value>> list_where(const aws::Request& request,
                                                      const ResourceKind& kind,
                                                      std::string_view name,
                                                      std::string_view value);

  records::RecordTable records_;
  std::mutex mutex_;  ///< one change at a time, the making of defaults too
};

records::Owner owner_of(const aws::Request& request);
/// "vpc-0123456789abcdef0".
std::string new_id(std::string_view prefix);
aws::ApiError not_found(const ResourceKind& kind, std::string_view id);
/// "The vpc 'vpc-…' has dependencies and cannot be deleted."
aws::ApiError dependency_violation(const ResourceKind& kind, const std::string& id);
/// The tags of a request's TagSpecifications for resources of that type; an array.
json::Value tags_for(const json::Value& input, const ResourceKind& kind);
/// "a", "b", "c" behind the region, and "use1-az1".
std::string zone_name(std::string_view region, int zone);
std::string zone_id(std::string_view region, int zone);
inline constexpr int kZones = 3;

/// A VPC with its main route table, network ACL and default group, as CreateVpc makes them.
struct NewVpc {
  json::Value vpc;
  json::Value route_table;
  json::Value network_acl;
  json::Value group;
};
NewVpc new_vpc(const records::Owner& owner, const std::string& cidr, const std::string& dhcp,
               bool is_default);
json::Value new_subnet(const records::Owner& owner, const std::string& vpc, const std::string& cidr,
                       int zone, bool is_default);
/// The subnet with one association more.
json::Value with_ipv6_block(const json::Value& subnet, const std::string& block);
/// What every network ACL ends with: the rest is denied.
json::Value last_acl_entry(bool is_egress);
/// The DnsEntries of an interface endpoint.
json::Value endpoint_names(const std::string& endpoint, const std::string& service,
                           const std::string& region, bool has_private_names);
/// The network ACL with one association more.
json::Value with_subnet(const json::Value& network_acl, const std::string& subnet);
/// The rule's record.
json::Value new_rule(const records::Owner& owner, const std::string& group, bool is_egress,
                     const json::Value& permission, const json::Value& peer,
                     std::string_view peer_kind);

}  // namespace pawl::ec2
