#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace causeway::onebox {

enum class Transport { kTcp, kUdp };
// Whether a server could listen there now; kUnavailable: something else does.
base::Result<void> check_port_free(const std::string& address, std::uint16_t port, Transport transport);

}  // namespace causeway::onebox
