#pragma once

#include <filesystem>

#include "base/result.hpp"

namespace causeway::onebox {

// Whether an overlay can have its upper layer in `dir` (it cannot on another overlay, nor on some network file
// systems): tries one, and leaves nothing.
base::Result<void> try_overlay(const std::filesystem::path& dir);

}  // namespace causeway::onebox
