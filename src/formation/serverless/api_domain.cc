// SPDX-License-Identifier: Apache-2.0
// Custom domains of REST and HTTP APIs: the domain, its mappings, DNS records.
#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "formation/serverless/rest_api.h"

namespace pawl::formation::serverless {
namespace {

/// A null base path stands for "none given".
std::vector<Node> base_paths(const Node& domain) {
  const Node given = domain.get("BasePath");
  if (!given.truthy()) return {};
  if (given.is_text()) return {given};
  return given.items();
}

std::string without(const std::string& text, bool (*drop)(char)) {
  std::string kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
               [&](char c) { return !drop(c); });
  return kept;
}

bool is_no_letter(char c) { return !is_alphanumeric({&c, 1}); }
bool is_path_mark(char c) { return c == '-' || c == '_' || c == '/'; }

/// The keys that mutual TLS does not have, sorted.
std::string wrong_keys(const Node& given) {
  std::set<std::string> keys;
  for (const Node& key : given.keys())
    if (!key.is("TruststoreUri") && !key.is("TruststoreVersion")) keys.insert(key.text());
  std::string joined;
  for (const std::string& key : keys) joined += (joined.empty() ? "" : ",") + key;
  return joined;
}

/// `named`: messages say the resource and the whole path.
Outcome<Node> mutual_tls(const std::string& id, const Node& given, bool named) {
  if (!only_has(given, {"TruststoreUri", "TruststoreVersion"}))
    return bad_resource(
        named ? id : wrong_keys(given),
        std::string("Available ") + (named ? "Domain." : "") +
            "MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].");
  Node made = Node::map();
  for (const char* name : {"TruststoreUri", "TruststoreVersion"})
    if (given.get(name).truthy()) made.set(name, given.get(name));
  return made;
}

Outcome<Node> alias_target(const SamResource& api, const Node& domain, const Node& domain_id,
                           bool http) {
  const Node route53 = domain.get("Route53");
  Node target = Node::map();
  if (const Node health = route53.get("EvaluateTargetHealth"); !health.is_null())
    target.set("EvaluateTargetHealth", health);
  if (domain.get("EndpointConfiguration").is("REGIONAL")) {
    target.set("HostedZoneId", get_att(domain_id, "RegionalHostedZoneId"));
    target.set("DNSName", get_att(domain_id, "RegionalDomainName"));
  } else if (http) {
    return bad_resource(api.id, "Only REGIONAL endpoint is supported on HTTP APIs.");
  } else if (domain.get("EndpointConfiguration").is("EDGE")) {
    if (route53.get("DistributionDomainName").is_null())
      route53.set("DistributionDomainName", get_att(domain_id, "DistributionDomainName"));
    target.set("HostedZoneId", "Z2FDTNDATAQYW2");
    target.set("DNSName", route53.get("DistributionDomainName"));
  } else {
    target.set("HostedZoneId", route53.get("VpcEndpointHostedZoneId"));
    target.set("DNSName", route53.get("VpcEndpointDomainName"));
  }
  return target;
}

Outcome<void> add_records(const Made& group, const SamResource& api, const Node& domain,
                          const Node& domain_id, bool http) {
  const Node route53 = domain.get("Route53");
  const Node records = group->properties.set_default("RecordSets", Node::list());
  const Node target = PAWL_TRY(alias_target(api, domain, domain_id, http));
  for (const char* type : {"A", "AAAA"}) {
    if (std::string_view(type) == "AAAA" && !route53.get("IpV6").is(true)) continue;
    Node record =
        Node::map({{"Name", domain.get("DomainName")}, {"Type", type}, {"AliasTarget", target}});
    for (const char* name : {"Region", "SetIdentifier"})
      if (!route53.get(name).is_null()) record.set(name, route53.get(name));
    records.push(record);
  }
  return {};
}

/// The group of DNS records of the domain's hosted zone: shared by all APIs unless asked otherwise.
Outcome<Made> record_group(Work& work, const SamResource& api, const Node& domain,
                           const Node& domain_id, bool http) {
  const Node route53 = domain.get("Route53");
  PAWL_TRY_VOID(expect_map(route53, {api.id, "Domain.Route53"}));
  const Node zone_id = route53.get("HostedZoneId");
  const Node zone_name = route53.get("HostedZoneName");
  if (zone_id.is_null() && zone_name.is_null())
    return bad_resource(api.id,
                        "HostedZoneId or HostedZoneName is required to enable Route53 support "
                        "on Custom Domains.");
  const Node zone = zone_id.truthy() ? zone_id : zone_name;
  const Node separate = route53.get("SeparateRecordSetGroup");
  const bool alone = !http && separate.truthy();
  if (alone)
    PAWL_TRY_VOID(expect_boolean(separate, {api.id, "Domain.Route53.SeparateRecordSetGroup"}));
  const std::string id =
      "RecordSetGroup" + id_hash(alone ? Node::list({zone, domain.get("DomainName")}) : zone);
  Made& shared = work.record_sets[id];
  if (alone || shared == nullptr) {
    Made group = make(id, "AWS::Route53::RecordSetGroup", passed_attributes(api.attributes));
    group->set("HostedZoneId", zone_id);
    if (!http || zone_id.is_null()) group->set("HostedZoneName", zone_name);
    shared = group;
  }
  const Made group = shared;
  if (alone) work.record_sets.erase(id);
  PAWL_TRY_VOID(add_records(group, api, domain, domain_id, http));
  return group;
}

struct MappingKind {
  const char* type;
  const char* suffix;
  const char* domain_property;
  const char* api_property;
};

Made make_mapping(const SamResource& api, const MappingKind& kind, const std::string& path,
                  const Node& domain_id) {
  Made mapping = make(api.id + path + kind.suffix, kind.type, passed_attributes(api.attributes));
  mapping->set(kind.domain_property, make_ref(domain_id));
  mapping->set(kind.api_property, make_ref(api.id));
  mapping->set("Stage", make_ref(api.id + ".Stage"));
  return mapping;
}

Outcome<Made> rest_domain_name(const SamResource& api, const Node& domain, const std::string& id,
                               bool is_private) {
  const Place place{api.id, "Domain.DomainName"};
  const std::string type = std::string("AWS::ApiGateway::DomainName") + (is_private ? "V2" : "");
  Made made = make(id, type, passed_attributes(api.attributes));
  made->set("DomainName", domain.get("DomainName"));
  const Node endpoint = domain.get("EndpointConfiguration");
  const bool regional = endpoint.is("REGIONAL");
  made->set(regional ? "RegionalCertificateArn" : "CertificateArn", domain.get("CertificateArn"));
  const Node configuration = Node::map({{"Types", Node::list({endpoint})}});
  if (domain.get("IpAddressType").truthy())
    configuration.set("IpAddressType", domain.get("IpAddressType"));
  made->set("EndpointConfiguration", configuration);
  if (const Node tls = domain.get("MutualTlsAuthentication"); tls.truthy() && !is_private) {
    PAWL_TRY_VOID(expect_map(tls, {api.id, "Domain.MutualTlsAuthentication"}));
    made->set("MutualTlsAuthentication", PAWL_TRY(mutual_tls(api.id, tls, true)));
  }
  for (const char* name : {"SecurityPolicy", "EndpointAccessMode"})
    if (domain.get(name).truthy()) made->set(name, domain.get(name));
  const char* own = is_private ? "Policy" : "OwnershipVerificationCertificateArn";
  if (domain.get(own).truthy()) made->set(own, domain.get(own));
  return made;
}

}  // namespace

Outcome<Resources> make_rest_domain(Work& work, const SamResource& api, const Node& domain) {
  if (domain.is_null()) return Resources{};
  PAWL_TRY_VOID(expect_map(domain, {api.id, "Domain"}));
  for (const char* name : {"DomainName", "CertificateArn"})
    PAWL_TRY_VOID(expect_present(domain.get(name), {api.id, std::string("Domain.") + name}));
  const bool is_private = domain.get("EndpointConfiguration").is("PRIVATE");
  const std::string id = std::string("ApiGatewayDomainName") + (is_private ? "V2" : "") +
                         id_hash(domain.get("DomainName"));
  if (!is_private) domain.set("ApiDomainName", id);
  if (domain.get("EndpointConfiguration").is_null())
    domain.set("EndpointConfiguration", "REGIONAL");
  const Node endpoint = domain.get("EndpointConfiguration");
  if (!endpoint.is("EDGE") && !endpoint.is("REGIONAL") && !is_private)
    return bad_resource(api.id,
                        "EndpointConfiguration for Custom Domains must be one of ['EDGE', "
                        "'REGIONAL', 'PRIVATE'].");
  Resources made{PAWL_TRY(rest_domain_name(api, domain, id, is_private))};
  const MappingKind kind = is_private ? MappingKind{"AWS::ApiGateway::BasePathMappingV2",
                                                    "BasePathMapping", "DomainNameArn", "RestApiId"}
                                      : MappingKind{"AWS::ApiGateway::BasePathMapping",
                                                    "BasePathMapping", "DomainName", "RestApiId"};
  const std::vector<Node> paths = base_paths(domain);
  PAWL_TRY_VOID(expect_texts(Node::list(paths), {api.id, "Domain.BasePath"}));
  if (paths.empty()) made.push_back(make_mapping(api, kind, "", id));
  const Node normalize = domain.get("NormalizeBasePath");
  for (const Node& path : paths) {
    const std::string plain = without(path.text(), is_no_letter);
    made.push_back(make_mapping(api, kind, plain, id));
    made.back()->set("BasePath", normalize.is_null() || normalize.truthy() ? Node(plain) : path);
  }
  if (!domain.get("Route53").is_null())
    made.push_back(PAWL_TRY(
        record_group(work, api, domain, is_private ? domain.get("DomainName") : Node(id), false)));
  const Node association = domain.get("AccessAssociation");
  if (is_private && !association.is_null()) {
    const Node endpoint_id = association.get("VpcEndpointId");
    Made access =
        make("DomainNameAccessAssociation" + id_hash(Node::list({endpoint_id, id})),
             "AWS::ApiGateway::DomainNameAccessAssociation", passed_attributes(api.attributes));
    access->set("DomainNameArn", make_ref(id));
    access->set("AccessAssociationSourceType", "VPCE");
    access->set("AccessAssociationSource", endpoint_id);
    made.push_back(access);
  }
  return made;
}

Outcome<Resources> make_http_domain(Work& work, const SamResource& api, const Node& domain) {
  if (domain.is_null()) return Resources{};
  if (domain.get("DomainName").is_null() || domain.get("CertificateArn").is_null())
    return bad_resource(
        api.id, "Custom Domains only works if both DomainName and CertificateArn are provided.");
  const std::string id = "ApiGatewayDomainNameV2" + id_hash(domain.get("DomainName"));
  domain.set("ApiDomainName", id);
  if (domain.get("EndpointConfiguration").is_null())
    domain.set("EndpointConfiguration", "REGIONAL");
  if (!domain.get("EndpointConfiguration").is("REGIONAL"))
    return bad_resource(api.id,
                        "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].");
  Made name = make(id, "AWS::ApiGatewayV2::DomainName", passed_attributes(api.attributes));
  name->set("DomainName", domain.get("DomainName"));
  name->set("Tags", Node::map({{"httpapi:createdBy", "SAM"}}));
  Node configuration = Node::map({{"CertificateArn", domain.get("CertificateArn")},
                                  {"EndpointType", domain.get("EndpointConfiguration")}});
  for (const char* property : {"OwnershipVerificationCertificateArn", "SecurityPolicy"})
    if (domain.get(property).truthy()) configuration.set(property, domain.get(property));
  name->set("DomainNameConfigurations", Node::list({configuration}));
  if (const Node tls = domain.get("MutualTlsAuthentication"); tls.truthy()) {
    if (!tls.is_map())
      return bad_resource(
          api.id,
          "MutualTlsAuthentication must be a map with at least one of the following "
          "fields ['TruststoreUri', 'TruststoreVersion'].");
    name->set("MutualTlsAuthentication", PAWL_TRY(mutual_tls(api.id, tls, false)));
  }
  Resources made{name};
  constexpr MappingKind kKind{"AWS::ApiGatewayV2::ApiMapping", "ApiMapping", "DomainName", "ApiId"};
  const std::vector<Node> paths = base_paths(domain);
  if (paths.empty()) made.push_back(make_mapping(api, kKind, "", id));
  for (const Node& path : paths) {
    if (!path.is_text()) return bad_resource(api.id, "Basepath must be a string.");
    const std::string& text = path.text();
    const std::string plain = without(text, is_path_mark);
    if (!plain.empty() && !is_alphanumeric(plain))
      return bad_resource(api.id, "Invalid Basepath name provided.");
    made.push_back(make_mapping(api, kKind, plain, id));
    const size_t from = std::min(text.find_first_not_of('/'), text.size());
    made.back()->set("ApiMappingKey", text.substr(from, text.find_last_not_of('/') + 1 - from));
  }
  if (!domain.get("Route53").is_null())
    made.push_back(PAWL_TRY(record_group(work, api, domain, id, true)));
  return made;
}

}  // namespace pawl::formation::serverless
