// SPDX-License-Identifier: Apache-2.0
// The worker side of the Lambda Runtime API: bootstrap/*.py and *.mjs, embedded at build time.
#pragma once

namespace pawl::lambda {

extern const char kPythonBootstrap[];
extern const char kNodeBootstrap[];

}  // namespace pawl::lambda
