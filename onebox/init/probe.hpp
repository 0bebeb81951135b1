#pragma once
// One question to a component: are you ready?

#include <stop_token>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "onebox/plan/init_spec.hpp"

namespace causeway::onebox {

// ok: ready. The error says what was answered instead. A Node counts only with a heartbeat after `started`: one that
// was Ready before this kubelet runs says nothing.
base::Result<void> probe(const ProbeSpec& spec, base::WallTime started, std::stop_token stop);
// The judgement of ProbeKind::Node on the body of a GET.
base::Result<void> node_ready(const std::string& body, base::WallTime started);
// Creates the component's setup objects through the server its probe asks.
base::Result<void> create_objects(const ComponentSpec& component, std::stop_token stop);

}  // namespace causeway::onebox
