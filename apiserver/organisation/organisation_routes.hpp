#pragma once
// /api/v1/organisations: making, finding and changing organisations, their members, and who is asked to join.

#include <vector>

#include "apiserver/organisation/lookup.hpp"
#include "apiserver/rest/route.hpp"

namespace causeway::api::organisation {

std::vector<rest::Route> organisation_routes(const Organisations& organisations);
std::vector<rest::Route> member_routes(const Organisations& organisations);
std::vector<rest::Route> invitation_routes(const Organisations& organisations);

}  // namespace causeway::api::organisation
