// SPDX-License-Identifier: Apache-2.0
// `pawl mailbox`: what a running server would have sent to people: e-mails, text messages, push
// notifications of the embedded SNS.
#pragma once

#include <cstdint>
#include <string>

namespace pawl::app {

struct MailboxOptions {
  std::string endpoint = "http://127.0.0.1:4566";
  std::string to;        ///< only what went to this address, number or endpoint; "": all
  int64_t mail = 0;      ///< the number of one; 0: a list
  int64_t max = 20;      ///< of a list
  bool json = false;     ///< as the server gives it
  bool empties = false;  ///< forget all
};

/// Exit code 1: the server does not answer, or has no such mail.
int run_mailbox(const MailboxOptions& options);

}  // namespace pawl::app
