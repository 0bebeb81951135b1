#pragma once
// Addresses in documents: which are allowed, and where relative ones lead. Pure. Thread-safe.

#include <optional>
#include <string>
#include <string_view>

namespace causeway::api::render {

// What ids and names of a document begin with, and links to them: nothing in it can pass for an element of the page
// around it, nor for a property of `document` (DOM clobbering).
inline constexpr std::string_view kIdPrefix = "user-content-";

// Images inside of a document: bytes of an address with `data:`.
inline constexpr std::size_t kMaxDataUrl = 64u << 10;

// Where the document is. Both roots end with "/" and are the caller's own, so trusted.
struct Base {
  std::string pages;      // of the repository at the revision, for links: "/ada/digits/blob/main/"
  std::string files;      // the same for images and media: "/ada/digits/raw/main/"
  std::string directory;  // of the document, inside the repository: "", "docs/guide"
};

enum class UrlUse { kLink, kImage, kMedia };

// The address as it may be shown, not yet escaped; nullopt: not allowed.
//
// Schemes: http, https, for links mailto, for images data:image/png|jpeg|gif|webp;base64 up to kMaxDataUrl; none:
// relative, and what begins with "//". It is read as browsers read it (WHATWG URL): blanks and control characters
// around it and tabs and line ends in it count for nothing, "\" is "/". What has no place in an address is escaped.
// With a base, what is relative leads into the repository, also "/x" (its root) and "../../../x" (no further up than
// its root). "#x" becomes "#user-content-x". Safe addresses without a base stay as they are.
std::optional<std::string> safe_url(std::string_view text, UrlUse use, const Base* base = nullptr);

// The same for every candidate of a `srcset`; nullopt: one is not allowed, or it is no list of candidates.
std::optional<std::string> safe_srcset(std::string_view text, const Base* base = nullptr);

}  // namespace causeway::api::render
