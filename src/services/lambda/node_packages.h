// SPDX-License-Identifier: Apache-2.0
// The packages that AWS's Node.js runtimes bring along, as far as this machine has them.
#pragma once

#include <string>

namespace pawl::lambda {

/// A folder "node_modules" with AWS's SDK for JavaScript, absolute: that of PAWL_NODE_MODULES
/// alone, if set; else share/pawl/node_modules beside the folder of this program; else where
/// `npm install -g` puts packages. "" if there is none.
std::string find_node_packages();

}  // namespace pawl::lambda
