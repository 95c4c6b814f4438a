// SPDX-License-Identifier: Apache-2.0
// The interpreters of this machine: those that functions run with, and those that what they need
// is installed with (app/bundling_run.h): both must choose the same.
#pragma once

#include <string>

namespace pawl::container {

/// The file that PATH gives for `program`; itself if it is a path; "" if there is none.
std::string find_program(const std::string& program);

/// PAWL_PYTHON; else the Python of that version ("python3.12") in /usr/bin or /usr/local/bin; else
/// /usr/bin/python3, else python3 of PATH. "" if there is none. An empty name: any version.
std::string find_python(const std::string& runtime_name);

/// PAWL_NODE, else node of PATH; "" if there is none.
std::string find_node();

}  // namespace pawl::container
