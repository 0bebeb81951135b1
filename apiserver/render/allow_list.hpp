#pragma once
// The HTML that people may write: everything else does not reach a page. Roughly what GitHub lets through. Pure.
// Thread-safe.

#include <optional>
#include <string>
#include <string_view>

#include "apiserver/render/url.hpp"

namespace causeway::api::render {

enum class ElementFate {
  kKept,
  kVoid,       // kept; has neither content nor an end tag
  kUnwrapped,  // the tags go, the content stays
  kDropped,    // goes with all it holds
};

// By the element's name in lower case, in the namespace of HTML: elements of SVG and MathML are always dropped.
ElementFate fate_of(std::string_view element);

// The value that an attribute may have, not yet escaped; nullopt: it goes. Names in lower case.
std::optional<std::string> safe_attribute(std::string_view element, std::string_view name, std::string_view value,
                                          const Base* base);

// Written with every such element, whatever its author wrote: attributes with a blank before, or nothing.
std::string_view forced_attributes(std::string_view element, bool has_address);

}  // namespace causeway::api::render
