#pragma once
// Programs of the machine (ip, iptables) run to their end.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

// Standard output; the error quotes the command and what it said.
base::Result<std::string> command(std::vector<std::string> argv);
// For steps of cleaning up and for questions: whether it succeeded.
bool succeeds(std::vector<std::string> argv);

}  // namespace causeway::onebox
