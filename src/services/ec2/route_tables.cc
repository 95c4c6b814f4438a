// SPDX-License-Identifier: Apache-2.0
// Route tables, their routes, and which subnets use them.
#include <algorithm>
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

constexpr const char* kDestinations[] = {"DestinationCidrBlock", "DestinationIpv6CidrBlock",
                                         "DestinationPrefixListId"};

std::string destination_of(const Value& route) {
  for (const char* name : kDestinations) {
    if (std::string text = text_member(route, name); !text.empty()) return text;
  }
  return {};
}

Value route_from(const Value& input) {
  ObjectBuilder route;
  copy_members(
      input,
      {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId",
       "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "NatGatewayId", "TransitGatewayId",
       "LocalGatewayId", "CarrierGatewayId", "NetworkInterfaceId", "VpcPeeringConnectionId"},
      route);
  if (const std::string endpoint = text_member(input, "VpcEndpointId"); !endpoint.empty())
    route.set("GatewayId", Value(endpoint));
  route.set("Origin", Value("CreateRoute")).set("State", Value("active"));
  return std::move(route).build();
}

aws::ApiError no_route(const std::string& table, const std::string& destination) {
  return {"InvalidRoute.NotFound",
          "no route with destination-cidr-block " + destination + " in route table " + table};
}

Value with_association(const Value& table, const Value& association) {
  std::vector<Value> all;
  for (const Value& each : items_member(table, "Associations")) all.push_back(each);
  all.push_back(association);
  return table.with_member("Associations", Value::array(std::move(all)));
}

Value without_association(const Value& table, const std::string& id) {
  std::vector<Value> kept;
  for (const Value& each : items_member(table, "Associations")) {
    if (text_member(each, "RouteTableAssociationId") != id) kept.push_back(each);
  }
  return table.with_member("Associations", Value::array(std::move(kept)));
}

Value associated() { return Value::object().with_member("State", Value("associated")); }

/// The association of that id, and the table that has it.
std::optional<std::pair<Value, Value>> find_association(
    const std::vector<records::RecordTable::Record>& tables, const std::string& id) {
  for (const auto& table : tables) {
    for (const Value& each : items_member(table.value, "Associations")) {
      if (text_member(each, "RouteTableAssociationId") == id) return std::pair(table.value, each);
    }
  }
  return std::nullopt;
}

aws::ApiError no_association(const std::string& id) {
  return {"InvalidAssociationID.NotFound", "The association ID '" + id + "' does not exist"};
}

}  // namespace

// API CreateRouteTable.
ActionResult Ec2Service::create_route_table(const Request& request) {
  const std::string vpc_id = text_member(request.input, "VpcId");
  const Value vpc = PAWL_TRY(find(request, kVpc, vpc_id));
  ObjectBuilder local;
  local.set("DestinationCidrBlock", Value(text_member(vpc, "CidrBlock")))
      .set("GatewayId", Value("local"))
      .set("Origin", Value("CreateRouteTable"))
      .set("State", Value("active"));
  ObjectBuilder table;
  table.set("Associations", Value::array())
      .set("PropagatingVgws", Value::array())
      .set("RouteTableId", Value(new_id("rtb")))
      .set("Routes", Value::array({std::move(local).build()}))
      .set("Tags", tags_for(request.input, kRouteTable))
      .set("VpcId", Value(vpc_id))
      .set("OwnerId", Value(request.account_id()));
  const Value built = std::move(table).build();
  const Value out = Value::object().with_member("RouteTable", built);
  request.keep_answer(out);
  PAWL_TRY_VOID(store_record(request, kRouteTable, built));
  return aws::Output(out);
}

// API DeleteRouteTable: not the main one, not one in use.
ActionResult Ec2Service::delete_route_table(const Request& request) {
  const std::string id = text_member(request.input, "RouteTableId");
  const Value table = PAWL_TRY(find(request, kRouteTable, id));
  if (!items_member(table, "Associations").empty()) {
    return aws::ApiError("DependencyViolation",
                         "The routeTable '" + id + "' has dependencies and cannot be deleted.");
  }
  PAWL_TRY_VOID(erase_record(request, kRouteTable, id));
  return aws::Output();
}

// API CreateRoute.
ActionResult Ec2Service::create_route(const Request& request) {
  const std::string id = text_member(request.input, "RouteTableId");
  const Value table = PAWL_TRY(find(request, kRouteTable, id));
  const std::string destination = destination_of(request.input);
  if (destination.empty()) {
    return aws::ApiError("MissingParameter",
                         "The request must contain the parameter destinationCidrBlock or "
                         "destinationIpv6CidrBlock");
  }
  const std::string gateway = text_member(request.input, "GatewayId");
  if (gateway.starts_with("igw-")) PAWL_TRY(find(request, kInternetGateway, gateway));
  if (gateway.starts_with("vgw-")) PAWL_TRY(find(request, kVpnGateway, gateway));
  if (const std::string nat = text_member(request.input, "NatGatewayId"); !nat.empty())
    PAWL_TRY(find(request, kNatGateway, nat));
  std::vector<Value> routes;
  for (const Value& route : items_member(table, "Routes")) {
    if (destination_of(route) == destination) {
      return aws::ApiError("RouteAlreadyExists",
                           "The route identified by " + destination + " already exists.");
    }
    routes.push_back(route);
  }
  routes.push_back(route_from(request.input));
  PAWL_TRY_VOID(store_record(request, kRouteTable,
                             table.with_member("Routes", Value::array(std::move(routes)))));
  return aws::Output(Value::object().with_member("Return", Value(true)));
}

// API ReplaceRoute.
ActionResult Ec2Service::replace_route(const Request& request) {
  const std::string id = text_member(request.input, "RouteTableId");
  const Value table = PAWL_TRY(find(request, kRouteTable, id));
  const std::string destination = destination_of(request.input);
  bool is_there = false;
  std::vector<Value> routes;
  for (const Value& route : items_member(table, "Routes")) {
    const bool is_it = destination_of(route) == destination;
    is_there = is_there || is_it;
    routes.push_back(is_it ? route_from(request.input) : route);
  }
  if (!is_there) return no_route(id, destination);
  PAWL_TRY_VOID(store_record(request, kRouteTable,
                             table.with_member("Routes", Value::array(std::move(routes)))));
  return aws::Output();
}

// API DeleteRoute.
ActionResult Ec2Service::delete_route(const Request& request) {
  const std::string id = text_member(request.input, "RouteTableId");
  const Value table = PAWL_TRY(find(request, kRouteTable, id));
  const std::string destination = destination_of(request.input);
  std::vector<Value> routes;
  for (const Value& route : items_member(table, "Routes")) {
    if (destination_of(route) != destination) routes.push_back(route);
  }
  if (routes.size() == items_member(table, "Routes").size()) return no_route(id, destination);
  PAWL_TRY_VOID(store_record(request, kRouteTable,
                             table.with_member("Routes", Value::array(std::move(routes)))));
  return aws::Output();
}

// API AssociateRouteTable: of a subnet, which has one at most.
ActionResult Ec2Service::associate_route_table(const Request& request) {
  const std::string id = text_member(request.input, "RouteTableId");
  const Value table = PAWL_TRY(find(request, kRouteTable, id));
  const std::string subnet = text_member(request.input, "SubnetId");
  const std::string gateway = text_member(request.input, "GatewayId");
  if (!subnet.empty()) PAWL_TRY(find(request, kSubnet, subnet));
  const auto tables = records_.list(owner_of(request), kRouteTable.prefix);
  if (!tables) return as_api_error(tables.error());
  for (const auto& other : *tables) {
    for (const Value& each : items_member(other.value, "Associations")) {
      if (!subnet.empty() && text_member(each, "SubnetId") == subnet) {
        return aws::ApiError("Resource.AlreadyAssociated",
                             "the specified association for route table " + id +
                                 " conflicts with an existing association");
      }
    }
  }
  const std::string association_id = new_id("rtbassoc");
  ObjectBuilder association;
  association.set("Main", Value(false))
      .set("RouteTableAssociationId", Value(association_id))
      .set("RouteTableId", Value(id));
  if (!subnet.empty()) association.set("SubnetId", Value(subnet));
  if (!gateway.empty()) association.set("GatewayId", Value(gateway));
  association.set("AssociationState", associated());
  ObjectBuilder out;
  out.set("AssociationId", Value(association_id)).set("AssociationState", associated());
  const Value output = std::move(out).build();
  request.keep_answer(output);
  PAWL_TRY_VOID(
      store_record(request, kRouteTable, with_association(table, std::move(association).build())));
  return aws::Output(output);
}

// API DisassociateRouteTable.
ActionResult Ec2Service::disassociate_route_table(const Request& request) {
  const std::string id = text_member(request.input, "AssociationId");
  const auto tables = records_.list(owner_of(request), kRouteTable.prefix);
  if (!tables) return as_api_error(tables.error());
  const auto found = find_association(*tables, id);
  if (!found) return no_association(id);
  if (flag_member(found->second, "Main")) {
    return aws::ApiError("InvalidParameterValue",
                         "cannot disassociate the main route table association " + id);
  }
  PAWL_TRY_VOID(store_record(request, kRouteTable, without_association(found->first, id)));
  return aws::Output();
}

// API ReplaceRouteTableAssociation: also of the main table.
ActionResult Ec2Service::replace_route_table_association(const Request& request) {
  const std::string id = text_member(request.input, "AssociationId");
  const std::string table_id = text_member(request.input, "RouteTableId");
  const auto tables = records_.list(owner_of(request), kRouteTable.prefix);
  if (!tables) return as_api_error(tables.error());
  const auto found = find_association(*tables, id);
  if (!found) return no_association(id);
  PAWL_TRY(find(request, kRouteTable, table_id));
  PAWL_TRY_VOID(store_record(request, kRouteTable, without_association(found->first, id)));
  const Value table = PAWL_TRY(find(request, kRouteTable, table_id));
  const std::string made = new_id("rtbassoc");
  const Value association = found->second.with_member("RouteTableAssociationId", Value(made))
                                .with_member("RouteTableId", Value(table_id));
  PAWL_TRY_VOID(store_record(request, kRouteTable, with_association(table, association)));
  ObjectBuilder out;
  out.set("NewAssociationId", Value(made)).set("AssociationState", associated());
  return aws::Output(std::move(out).build());
}

}  // namespace pawl::ec2
