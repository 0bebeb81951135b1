#pragma once
// `causeway-onebox down`: stops everything of an instance, whatever state it is in, and leaves nothing on the machine.

#include <string>
#include <vector>

#include "base/result.hpp"

namespace causeway::onebox {

struct DownOptions {
  std::string data;
  bool purge = false;  // the data as well; else the next `serve` restores the clusters
};

// One line for each thing that was stopped or removed. Needs nothing to be running; goes on after what fails and
// reports it at the end.
base::Result<std::vector<std::string>> down(const DownOptions& options);

}  // namespace causeway::onebox
