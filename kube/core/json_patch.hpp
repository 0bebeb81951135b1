#pragma once
// RFC 6902 JSON Patch as what an admission webhook answers with: the difference of two documents.

#include "kube/core/object.hpp"

namespace causeway::kube {

// Operations (add, replace, remove) that turn `from` into `to`, in order; empty when they are equal. Objects are
// compared member by member, arrays item by item where they have as many items, else replaced as a whole.
json::array json_patch(const json::value& from, const json::value& to);

// Changes `target` as `before` was changed into `after`, and leaves alone what those two do not speak of: `before` and
// `after` come from a C++ type, which knows fewer fields and leaves out defaults that `target` may spell out.
void carry_changes(json::value& target, const json::value& before, const json::value& after);

}  // namespace causeway::kube
