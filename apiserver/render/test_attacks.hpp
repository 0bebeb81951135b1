#pragma once
// For tests: HTML that wants to run scripts, or to pass for something of the page's.

#include <string>
#include <vector>

namespace causeway::api::render::test {

// The cheat sheets' kinds: event handlers, schemes behind all disguises, elements that change how the rest is read,
// mutation by parsing again, attributes that act. A script that runs calls alert().
const std::vector<std::string>& attacks();

}  // namespace causeway::api::render::test
