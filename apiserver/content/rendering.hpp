#pragma once
// A file of a repository as HTML, by what its name says it is. Pure.

#include <string>
#include <string_view>

namespace causeway::api::content {

// Markdown and notebooks as documents, whose relative addresses lead into the repository at the revision; everything
// else as source with lines. Safe as it is (render/).
std::string render_file(std::string_view repository, std::string_view revision, std::string_view path,
                        std::string_view content);

}  // namespace causeway::api::content
