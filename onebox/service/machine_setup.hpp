#pragma once
// The instance's subnet, bridge, firewall and forwarding; made when the service starts, looked after while it runs.

#include "onebox/cluster/instance.hpp"
#include "onebox/plan/records.hpp"

namespace causeway::onebox {

// instance.json, or a new one. A folder that was moved keeps its clusters, unless something of its old place still
// runs.
base::Result<InstanceRecord> load_instance(const Instance& instance);

// Chooses the subnet, or checks the one of last time, and makes everything.
base::Result<void> set_up_machine(Instance& instance, InstanceRecord& record);
// Makes again what somebody took away meanwhile (other programs flush the packet filter, too).
base::Result<void> keep_up_machine(const Instance& instance);

}  // namespace causeway::onebox
