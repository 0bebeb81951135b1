#pragma once
// The service's side of an init: write what it shall run, start it, find it again, ask it, end it. The same for
// clusters and for the shared services.

#include <optional>

#include "base/file_descriptor.hpp"
#include "kube/core/object.hpp"
#include "onebox/plan/config_files.hpp"
#include "onebox/plan/init_spec.hpp"
#include "onebox/plan/layout.hpp"

namespace causeway::onebox {

// From an init's status: which components are not ready, and why; empty when all are.
std::string describe_unready(const kube::json::object& status);

class InitProcess {
 public:
  explicit InitProcess(ClusterLayout layout) : layout_(std::move(layout)) {}

  // Writes config files and spec, runs `causeway-onebox init`, and has the process once it is on record.
  base::Result<void> start(const InitSpec& spec, const ConfigFiles& files);
  // True: a recorded one runs, and is held from now on.
  bool find();
  bool running();
  base::Result<void> end(base::Duration grace);  // ok also when none runs

  std::string last_words() const;  // the last line of its log

  // For poll(2): readable once it has ended; -1: none.
  int descriptor() const { return process_.get(); }
  pid_t pid() const { return pid_; }

  // Its control API.
  base::Result<kube::json::object> status() const;
  base::Result<void> command(const std::string& component, const std::string& action) const;

 private:
  ClusterLayout layout_;
  base::FileDescriptor process_;
  pid_t pid_ = 0;
};

}  // namespace causeway::onebox
