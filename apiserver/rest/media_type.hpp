#pragma once
// Content types: what a body is (Content-Type) and what a client takes (Accept). RFC 9110, 8.3 and 12.5.1. Pure.

#include <string_view>

namespace causeway::api::rest {

// Whether `content_type` is exactly `expected` ("application/json"), in any case, with no parameter but a charset of
// UTF-8.
bool is_media_type(std::string_view content_type, std::string_view expected);

// Whether an Accept header allows `offered` ("text/plain"; parameters of the offer are not looked at). The most
// specific range decides, "q=0" refuses. An empty header accepts everything; one that cannot be read nothing.
bool accepts(std::string_view accept, std::string_view offered);

}  // namespace causeway::api::rest
