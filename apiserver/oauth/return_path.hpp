#pragma once
// Where a browser goes after it has signed in. Pure. Thread-safe.

#include <string_view>

namespace causeway::api::oauth {

// Whether this leads to a page of this site, whatever browser reads it: "/", "/workshop?tab=2#new". Browsers take
// "//host" and "/\host" for other sites, and drop tabs and newlines before they look (WHATWG URL, 4.4), so none of
// these may be there. 1024 bytes of visible ASCII at most: everything else is encoded in a URL.
bool is_local_path(std::string_view text);

}  // namespace causeway::api::oauth
