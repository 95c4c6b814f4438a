// SPDX-License-Identifier: Apache-2.0
#include "services/ssm/public_parameters.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace pawl::ssm {
namespace {

constexpr std::string_view kRegionsPath = "/aws/service/global-infrastructure/regions/";

struct Region {
  std::string_view code;
  std::string_view long_name;
};
constexpr std::array<Region, 17> kRegions = {{{"ap-northeast-1", "Asia Pacific (Tokyo)"},
                                              {"ap-northeast-2", "Asia Pacific (Seoul)"},
                                              {"ap-northeast-3", "Asia Pacific (Osaka)"},
                                              {"ap-south-1", "Asia Pacific (Mumbai)"},
                                              {"ap-southeast-1", "Asia Pacific (Singapore)"},
                                              {"ap-southeast-2", "Asia Pacific (Sydney)"},
                                              {"ca-central-1", "Canada (Central)"},
                                              {"eu-central-1", "Europe (Frankfurt)"},
                                              {"eu-north-1", "Europe (Stockholm)"},
                                              {"eu-west-1", "Europe (Ireland)"},
                                              {"eu-west-2", "Europe (London)"},
                                              {"eu-west-3", "Europe (Paris)"},
                                              {"sa-east-1", "South America (Sao Paulo)"},
                                              {"us-east-1", "US East (N. Virginia)"},
                                              {"us-east-2", "US East (Ohio)"},
                                              {"us-west-1", "US West (N. California)"},
                                              {"us-west-2", "US West (Oregon)"}}};

/// What is listed. Other versions under the same beginnings are found by name.
constexpr std::array<std::string_view, 18> kImages = {
    "/aws/service/ami-amazon-linux-latest/al2022-ami-kernel-default-arm64",
    "/aws/service/ami-amazon-linux-latest/al2022-ami-kernel-default-x86_64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-arm64",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-minimal-kernel-default-x86_64",
    "/aws/service/ami-amazon-linux-latest/amzn-ami-hvm-x86_64-ebs",
    "/aws/service/ami-amazon-linux-latest/amzn-ami-hvm-x86_64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-ebs",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-arm64-gp2",
    "/aws/service/ami-amazon-linux-latest/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
    "/aws/service/canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id",
    "/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id",
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"};

struct ImageFamily {
  std::string_view prefix;
  std::string_view suffix;
};
constexpr std::array<ImageFamily, 7> kFamilies = {{{"/aws/service/ami-amazon-linux-latest/", ""},
                                                   {"/aws/service/ami-windows-latest/", ""},
                                                   {"/aws/service/canonical/ubuntu/", "/ami-id"},
                                                   {"/aws/service/debian/", ""},
                                                   {"/aws/service/ecs/optimized-ami/", "/image_id"},
                                                   {"/aws/service/eks/optimized-ami/", "/image_id"},
                                                   {"/aws/service/bottlerocket/", "/image_id"}}};

bool is_image(std::string_view name) {
  return std::any_of(kFamilies.begin(), kFamilies.end(), [&](const ImageFamily& family) {
    return name.size() > family.prefix.size() + family.suffix.size() &&
           name.starts_with(family.prefix) && name.ends_with(family.suffix);
  });
}

}  // namespace

std::optional<PublicParameter> find_public_parameter(std::string_view name,
                                                     std::string_view region) {
  if (name.starts_with(kRegionsPath)) {
    const std::string_view rest = name.substr(kRegionsPath.size());
    for (const Region& each : kRegions) {
      if (rest == each.code) return PublicParameter{std::string(each.code)};
      if (rest.starts_with(each.code) && rest.substr(each.code.size()) == "/longName")
        return PublicParameter{std::string(each.long_name)};
    }
    return std::nullopt;
  }
  if (!is_image(name)) return std::nullopt;
  constexpr size_t kIdDigits = 17;
  const std::string digest = base::hex_encode(
      base::digest(base::DigestAlgorithm::Sha256, std::string(region) + " " + std::string(name)));
  return PublicParameter{"ami-" + digest.substr(0, kIdDigits), "aws:ec2:image"};
}

std::vector<std::string> public_parameters_below(std::string_view path) {
  std::vector<std::string> names;
  std::string folder(path);
  if (!folder.ends_with('/')) folder += '/';
  for (const std::string_view image : kImages)
    if (image.starts_with(folder)) names.emplace_back(image);
  for (const Region& region : kRegions) {
    std::string name = std::string(kRegionsPath) + std::string(region.code);
    if (name.starts_with(folder)) names.push_back(name);
    name += "/longName";
    if (name.starts_with(folder)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace pawl::ssm
