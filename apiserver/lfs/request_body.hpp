#pragma once
// What every body that a client of Git LFS sends has in common. Pure.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "apiserver/git/refusal.hpp"
#include "base/result.hpp"

namespace causeway::api::lfs {

// 422, with what is wrong and what would be right.
git::Refusal invalid(std::string message);

// It has to be one JSON object, without members of the same name.
base::Result<boost::json::object, git::Refusal> object_of(std::string_view body);

}  // namespace causeway::api::lfs
