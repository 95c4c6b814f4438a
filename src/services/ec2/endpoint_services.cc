// SPDX-License-Identifier: Apache-2.0
// The services of AWS that VPC endpoints lead to, as far as Pawl has them.
#include <algorithm>
#include <random>
#include <utility>

#include "json/value.h"
#include "services/ec2/filter.h"
#include "services/ec2/members.h"
#include "services/ec2/service.h"

namespace pawl::ec2 {

using aws::ActionResult;
using aws::Request;
using json::ObjectBuilder;
using json::Value;

namespace {

struct EndpointService {
  const char* name;  ///< behind "com.amazonaws.REGION."
  const char* host;  ///< before ".REGION.amazonaws.com"
  bool is_gateway = false;
};
constexpr EndpointService kServices[] = {{"s3", "s3", true},
                                         {"dynamodb", "dynamodb", true},
                                         {"s3", "s3"},
                                         {"dynamodb", "dynamodb"},
                                         {"batch", "batch"},
                                         {"cloudformation", "cloudformation"},
                                         {"datasync", "datasync"},
                                         {"ec2", "ec2"},
                                         {"ecr.api", "api.ecr"},
                                         {"ecr.dkr", "*.dkr.ecr"},
                                         {"ecs", "ecs"},
                                         {"ecs-agent", "ecs-a"},
                                         {"ecs-telemetry", "ecs-t"},
                                         {"events", "events"},
                                         {"execute-api", "*.execute-api"},
                                         {"kms", "kms"},
                                         {"lambda", "lambda"},
                                         {"logs", "logs"},
                                         {"monitoring", "monitoring"},
                                         {"pipes", "pipes"},
                                         {"scheduler", "scheduler"},
                                         {"secretsmanager", "secretsmanager"},
                                         {"sns", "sns"},
                                         {"sqs", "sqs"},
                                         {"ssm", "ssm"},
                                         {"ssmmessages", "ssmmessages"},
                                         {"states", "states"},
                                         {"sts", "sts"},
                                         {"sync-states", "sync-states"}};

std::string full_name(const std::string& region, const EndpointService& service) {
  return "com.amazonaws." + region + "." + service.name;
}

Value one_text(std::string_view text) { return Value::array({Value(text)}); }

Value described(const std::string& region, const EndpointService& service) {
  const std::string name = full_name(region, service);
  std::vector<Value> zones;
  for (int i = 0; i < kZones; ++i) zones.emplace_back(zone_name(region, i));
  const std::string public_name = std::string(service.host) + "." + region + ".amazonaws.com";
  ObjectBuilder out;
  out.set("ServiceName", Value(name))
      .set("ServiceType", Value::array({Value::object().with_member(
                              "ServiceType", Value(service.is_gateway ? "Gateway" : "Interface"))}))
      .set("AvailabilityZones", Value::array(std::move(zones)))
      .set("Owner", Value("amazon"))
      .set("BaseEndpointDnsNames",
           one_text(service.is_gateway
                        ? public_name
                        : std::string(service.name) + "." + region + ".vpce.amazonaws.com"));
  if (!service.is_gateway) {
    out.set("PrivateDnsName", Value(public_name))
        .set("PrivateDnsNames",
             Value::array({Value::object().with_member("PrivateDnsName", Value(public_name))}))
        .set("PrivateDnsNameVerificationState", Value("verified"));
  }
  out.set("VpcEndpointPolicySupported", Value(true))
      .set("AcceptanceRequired", Value(false))
      .set("ManagesVpcEndpoints", Value(false))
      .set("Tags", Value::array());
  return std::move(out).build();
}

}  // namespace

// API DescribeVpcEndpointServices.
ActionResult Ec2Service::describe_vpc_endpoint_services(const Request& request) {
  const auto wanted = items_member(request.input, "ServiceNames");
  for (const Value& name : wanted) {
    const bool is_known = std::any_of(
        std::begin(kServices), std::end(kServices), [&](const EndpointService& service) {
          return name.as_string() == full_name(request.region, service);
        });
    if (!is_known) {
      return aws::ApiError(
          "InvalidServiceName",
          "The Vpc Endpoint Service '" + std::string(name.as_string()) + "' does not exist");
    }
  }
  const aws::Member* list = request.operation->output->find("ServiceDetails");
  const Filters filters = PAWL_TRY(Filters::of(request.input, *list->shape->item.shape));
  std::vector<Value> names;
  std::vector<Value> details;
  for (const EndpointService& service : kServices) {
    const Value name(full_name(request.region, service));
    const bool is_wanted =
        wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
    Value detail = described(request.region, service);
    if (!is_wanted || !filters.pass(detail)) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    details.push_back(std::move(detail));
  }
  ObjectBuilder out;
  out.set("ServiceNames", Value::array(std::move(names)))
      .set("ServiceDetails", Value::array(std::move(details)));
  return aws::Output(std::move(out).build());
}

/// The names that lead to an interface endpoint: its own, of each zone, and the service's if they
/// are wanted. In the hosted zone of Amazon's, which is nowhere.
Value endpoint_names(const std::string& endpoint, const std::string& service,
                     const std::string& region, bool has_private_names) {
  constexpr const char* kZone = "Z7HUB22UULQXV";
  const size_t dot = service.rfind("." + region + ".");
  const std::string own =
      dot == std::string::npos ? service : service.substr(dot + region.size() + 2);
  std::random_device device;
  std::string key;
  for (int i = 0; i < 8; ++i) key += static_cast<char>('a' + device() % 26);
  const std::string domain = own + "." + region + ".vpce.amazonaws.com";
  std::vector<std::string> names = {endpoint + "-" + key + "." + domain};
  for (int i = 0; i < kZones; ++i)
    names.push_back(endpoint + "-" + key + "-" + zone_name(region, i) + "." + domain);
  const auto known = std::find_if(
      std::begin(kServices), std::end(kServices),
      [&](const EndpointService& each) { return !each.is_gateway && each.name == own; });
  if (has_private_names && known != std::end(kServices))
    names.push_back(std::string(known->host) + "." + region + ".amazonaws.com");
  std::vector<Value> entries;
  for (const std::string& name : names) {
    ObjectBuilder entry;
    entry.set("DnsName", Value(name)).set("HostedZoneId", Value(kZone));
    entries.push_back(std::move(entry).build());
  }
  return Value::array(std::move(entries));
}

}  // namespace pawl::ec2
