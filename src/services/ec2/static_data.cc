// SPDX-License-Identifier: Apache-2.0
// What AWS says of itself: regions, zones, a few images and instance types. And what Pawl does not
// do: run instances.
#include <algorithm>
#include <utility>
#include <vector>

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

constexpr const char* kRegions[] = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2"};

struct InstanceType {
  const char* name;
  int vcpus;
  int memory_mib;
  const char* architecture;
};
constexpr InstanceType kTypes[] = {
    {"t2.micro", 1, 1024, "x86_64"},    {"t3.nano", 2, 512, "x86_64"},
    {"t3.micro", 2, 1024, "x86_64"},    {"t3.small", 2, 2048, "x86_64"},
    {"t3.medium", 2, 4096, "x86_64"},   {"t3.large", 2, 8192, "x86_64"},
    {"t4g.micro", 2, 1024, "arm64"},    {"t4g.medium", 2, 4096, "arm64"},
    {"m5.large", 2, 8192, "x86_64"},    {"m5.xlarge", 4, 16384, "x86_64"},
    {"m5.2xlarge", 8, 32768, "x86_64"}, {"m5.4xlarge", 16, 65536, "x86_64"},
    {"m6g.large", 2, 8192, "arm64"},    {"c5.large", 2, 4096, "x86_64"},
    {"c5.xlarge", 4, 8192, "x86_64"},   {"c5.2xlarge", 8, 16384, "x86_64"},
    {"r4.large", 2, 15616, "x86_64"},   {"r5.large", 2, 16384, "x86_64"},
    {"r5.xlarge", 4, 32768, "x86_64"}};

struct Image {
  const char* id;
  const char* name;
  const char* description;
  const char* architecture;
  const char* owner = "137112412989";  ///< Amazon, in most regions
  const char* alias = "amazon";        ///< "": it has none
};
constexpr Image kImages[] = {
    {"ami-0a1b2c3d4e5f60001", "al2023-ami-2023.5.20240903.0-kernel-6.1-x86_64",
     "Amazon Linux 2023 AMI", "x86_64"},
    {"ami-0a1b2c3d4e5f60002", "al2023-ami-2023.5.20240903.0-kernel-6.1-arm64",
     "Amazon Linux 2023 AMI", "arm64"},
    {"ami-0a1b2c3d4e5f60003", "amzn2-ami-hvm-2.0.20240903.0-x86_64-gp2", "Amazon Linux 2 AMI",
     "x86_64"},
    {"ami-0a1b2c3d4e5f60004", "amzn2-ami-ecs-hvm-2.0.20240903-x86_64-ebs",
     "Amazon Linux 2 AMI for ECS", "x86_64", "591542846629"},
    {"ami-0a1b2c3d4e5f60005", "al2023-ami-ecs-hvm-2023.0.20240905-kernel-6.1-x86_64",
     "Amazon Linux AMI 2023 for ECS", "x86_64", "591542846629"},
    {"ami-0a1b2c3d4e5f60006", "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240904",
     "Canonical, Ubuntu, 22.04 LTS, amd64 jammy image", "x86_64", "099720109477", ""},
    {"ami-0a1b2c3d4e5f60007", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240904",
     "Canonical, Ubuntu, 24.04 LTS, amd64 noble image", "x86_64", "099720109477", ""}};

/// Keeps what the filters of the request and a list of names let pass.
ActionResult passed(const Request& request, std::string_view list, std::vector<Value> all,
                    std::initializer_list<std::pair<const char*, const char*>> named) {
  const aws::Member* member = request.operation->output->find(list);
  const Filters filters = PAWL_TRY(Filters::of(request.input, *member->shape->item.shape));
  std::erase_if(all, [&](const Value& each) {
    if (!filters.pass(each)) return true;
    return std::any_of(named.begin(), named.end(), [&](const auto& pair) {
      const auto names = items_member(request.input, pair.first);
      return !names.empty() && std::none_of(names.begin(), names.end(), [&](const Value& name) {
        return name.as_string() == text_member(each, pair.second);
      });
    });
  });
  return aws::Output(Value::object().with_member(list, Value::array(std::move(all))));
}

Value text_list(std::initializer_list<const char*> texts) {
  std::vector<Value> values;
  for (const char* text : texts) values.emplace_back(text);
  return Value::array(std::move(values));
}

}  // namespace

// API DescribeRegions.
ActionResult Ec2Service::describe_regions(const Request& request) {
  for (const Value& name : items_member(request.input, "RegionNames")) {
    const bool is_known = std::any_of(std::begin(kRegions), std::end(kRegions),
                                      [&](const char* each) { return name.as_string() == each; });
    if (!is_known) {
      return aws::ApiError("InvalidParameterValue",
                           "Invalid region provided: '" + std::string(name.as_string()) + "'.");
    }
  }
  std::vector<Value> regions;
  for (const char* name : kRegions) {
    ObjectBuilder region;
    region.set("Endpoint", Value("ec2." + std::string(name) + ".amazonaws.com"))
        .set("RegionName", Value(name))
        .set("OptInStatus", Value("opt-in-not-required"));
    regions.push_back(std::move(region).build());
  }
  return passed(request, "Regions", std::move(regions), {{"RegionNames", "RegionName"}});
}

// API DescribeAvailabilityZones: three of each region.
ActionResult Ec2Service::describe_availability_zones(const Request& request) {
  std::vector<Value> zones;
  for (int i = 0; i < kZones; ++i) {
    ObjectBuilder zone;
    zone.set("State", Value("available"))
        .set("OptInStatus", Value("opt-in-not-required"))
        .set("Messages", Value::array())
        .set("RegionName", Value(request.region))
        .set("ZoneName", Value(zone_name(request.region, i)))
        .set("ZoneId", Value(zone_id(request.region, i)))
        .set("GroupName", Value(request.region))
        .set("NetworkBorderGroup", Value(request.region))
        .set("ZoneType", Value("availability-zone"));
    zones.push_back(std::move(zone).build());
  }
  for (const Value& name : items_member(request.input, "ZoneNames")) {
    const bool is_known = std::any_of(zones.begin(), zones.end(), [&](const Value& zone) {
      return text_member(zone, "ZoneName") == name.as_string();
    });
    if (!is_known) {
      return aws::ApiError("InvalidParameterValue",
                           "Invalid availability zone: [" + std::string(name.as_string()) + "]");
    }
  }
  return passed(request, "AvailabilityZones", std::move(zones),
                {{"ZoneNames", "ZoneName"}, {"ZoneIds", "ZoneId"}});
}

// API DescribeImages: a few of Amazon's and Canonical's.
ActionResult Ec2Service::describe_images(const Request& request) {
  for (const Value& id : items_member(request.input, "ImageIds")) {
    const bool is_known = std::any_of(std::begin(kImages), std::end(kImages),
                                      [&](const Image& each) { return id.as_string() == each.id; });
    if (!is_known) {
      return aws::ApiError("InvalidAMIID.NotFound",
                           "The image id '[" + std::string(id.as_string()) + "]' does not exist");
    }
  }
  const auto owners = items_member(request.input, "Owners");
  const auto is_owned = [&](const Image& image) {
    return owners.empty() || std::any_of(owners.begin(), owners.end(), [&](const Value& owner) {
             return owner.as_string() == image.owner ||
                    (*image.alias != '\0' && owner.as_string() == image.alias);
           });
  };
  std::vector<Value> images;
  for (const Image& each : kImages) {
    if (!is_owned(each)) continue;
    ObjectBuilder image;
    image.set("Architecture", Value(each.architecture))
        .set("CreationDate", Value("2024-09-03T00:00:00.000Z"))
        .set("ImageId", Value(each.id))
        .set("ImageLocation",
             Value(std::string(*each.alias == '\0' ? each.owner : each.alias) + "/" + each.name))
        .set("ImageType", Value("machine"))
        .set("Public", Value(true))
        .set("OwnerId", Value(each.owner))
        .set("PlatformDetails", Value("Linux/UNIX"))
        .set("State", Value("available"))
        .set("Description", Value(each.description))
        .set("EnaSupport", Value(true))
        .set("Hypervisor", Value("xen"))
        .set("Name", Value(each.name))
        .set("RootDeviceName", Value("/dev/xvda"))
        .set("RootDeviceType", Value("ebs"))
        .set("VirtualizationType", Value("hvm"));
    if (*each.alias != '\0') image.set("ImageOwnerAlias", Value(each.alias));
    images.push_back(std::move(image).build());
  }
  return passed(request, "Images", std::move(images), {{"ImageIds", "ImageId"}});
}

// API DescribeInstanceTypes: those that examples and Batch name most.
ActionResult Ec2Service::describe_instance_types(const Request& request) {
  std::vector<Value> types;
  for (const InstanceType& each : kTypes) {
    ObjectBuilder processor;
    processor.set("SupportedArchitectures", text_list({each.architecture}));
    ObjectBuilder type;
    type.set("InstanceType", Value(each.name))
        .set("CurrentGeneration", Value(std::string(each.name) != "t2.micro"))
        .set("FreeTierEligible", Value(std::string(each.name).ends_with(".micro")))
        .set("SupportedUsageClasses", text_list({"on-demand", "spot"}))
        .set("SupportedRootDeviceTypes", text_list({"ebs"}))
        .set("SupportedVirtualizationTypes", text_list({"hvm"}))
        .set("BareMetal", Value(false))
        .set("Hypervisor", Value("nitro"))
        .set("ProcessorInfo", std::move(processor).build())
        .set("VCpuInfo", Value::object().with_member("DefaultVCpus", Value(each.vcpus)))
        .set("MemoryInfo", Value::object().with_member("SizeInMiB", Value(each.memory_mib)))
        .set("InstanceStorageSupported", Value(false));
    types.push_back(std::move(type).build());
  }
  for (const Value& name : items_member(request.input, "InstanceTypes")) {
    const bool is_known =
        std::any_of(std::begin(kTypes), std::end(kTypes),
                    [&](const InstanceType& each) { return name.as_string() == each.name; });
    if (!is_known) {
      return aws::ApiError("InvalidInstanceType",
                           "The following supplied instance types do not "
                           "exist: [" +
                               std::string(name.as_string()) + "]");
    }
  }
  return passed(request, "InstanceTypes", std::move(types), {{"InstanceTypes", "InstanceType"}});
}

// API DescribeInstanceTypeOfferings: every type everywhere.
ActionResult Ec2Service::describe_instance_type_offerings(const Request& request) {
  const std::string kind = text_member(request.input, "LocationType");
  std::vector<std::string> places;
  if (kind.empty() || kind == "region") {
    places.push_back(request.region);
  } else {
    for (int i = 0; i < kZones; ++i) {
      places.push_back(kind == "availability-zone" ? zone_name(request.region, i)
                                                   : zone_id(request.region, i));
    }
  }
  std::vector<Value> offerings;
  for (const InstanceType& each : kTypes) {
    for (const std::string& place : places) {
      ObjectBuilder offering;
      offering.set("InstanceType", Value(each.name))
          .set("LocationType", Value(kind.empty() ? "region" : kind))
          .set("Location", Value(place));
      offerings.push_back(std::move(offering).build());
    }
  }
  return passed(request, "InstanceTypeOfferings", std::move(offerings), {});
}

// API DescribePrefixLists: those of the gateway endpoints.
ActionResult Ec2Service::describe_prefix_lists(const Request& request) {
  std::vector<Value> lists;
  for (const char* service : {"s3", "dynamodb"}) {
    ObjectBuilder list;
    list.set("Cidrs", text_list({service == std::string("s3") ? "52.216.0.0/15" : "52.94.0.0/22"}))
        .set("PrefixListId", Value(service == std::string("s3") ? "pl-63a5400a" : "pl-02cd2c6b"))
        .set("PrefixListName", Value("com.amazonaws." + request.region + "." + service));
    lists.push_back(std::move(list).build());
  }
  return passed(request, "PrefixLists", std::move(lists), {{"PrefixListIds", "PrefixListId"}});
}

// API DescribeAccountAttributes.
ActionResult Ec2Service::describe_account_attributes(const Request& request) {
  std::string default_vpc = "none";
  const auto vpcs = records_.list(owner_of(request), kVpc.prefix);
  if (!vpcs) return as_api_error(vpcs.error());
  for (const auto& vpc : *vpcs) {
    if (flag_member(vpc.value, "IsDefault")) default_vpc = vpc.name;
  }
  const std::pair<const char*, std::string> attributes[] = {
      {"supported-platforms", "VPC"}, {"default-vpc", default_vpc},
      {"max-instances", "20"},        {"vpc-max-security-groups-per-interface", "5"},
      {"max-elastic-ips", "5"},       {"vpc-max-elastic-ips", "5"}};
  const auto wanted = items_member(request.input, "AttributeNames");
  std::vector<Value> out;
  for (const auto& [name, value] : attributes) {
    const bool is_wanted =
        wanted.empty() || std::any_of(wanted.begin(), wanted.end(),
                                      [&](const Value& each) { return each.as_string() == name; });
    if (!is_wanted) continue;
    ObjectBuilder attribute;
    attribute.set("AttributeName", Value(name))
        .set("AttributeValues",
             Value::array({Value::object().with_member("AttributeValue", Value(value))}));
    out.push_back(std::move(attribute).build());
  }
  return aws::Output(
      Value::object().with_member("AccountAttributes", Value::array(std::move(out))));
}

// API RunInstances.
ActionResult Ec2Service::run_instances(const Request& /*request*/) {
  return aws::ApiError("UnsupportedOperation",
                       "This server runs no instances: it keeps the records of networks. Jobs and "
                       "functions run in AWS Batch, ECS and Lambda.");
}

}  // namespace pawl::ec2
