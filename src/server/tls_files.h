// SPDX-License-Identifier: Apache-2.0
// The certificates of a data folder: a certificate authority that is made once and stays, and a
// server certificate that is issued anew before it expires.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "net/tls.h"

namespace pawl::server {

/// What clients must trust: FOLDER/ca.pem.
std::string authority_file(const std::string& folder);

/// Reads what is in `folder`, which is made, and makes what is missing or expires within 30 days.
/// Keys are files of mode 0600. Errors: Io; InvalidSyntax for files that are none of ours.
base::Result<std::shared_ptr<const net::TlsContext>> open_tls_files(const std::string& folder,
                                                                    base::Timestamp now);

}  // namespace pawl::server
