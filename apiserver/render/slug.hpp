#pragma once
// Anchors of headings, as GitHub makes them: what people have linked to goes on working.

#include <string>
#include <string_view>
#include <unordered_map>

namespace causeway::api::render {

// "Getting started!" → "getting-started": lower case, blanks become hyphens; only letters, marks, digits, "-" and "_"
// of any script stay. Precondition: valid UTF-8. Lower case is known for Latin, Greek and Cyrillic letters.
std::string slug(std::string_view heading);

// Unique among those of one document: "setup", "setup-1", …; for one thread.
class Slugger {
 public:
  std::string unique(std::string_view heading);

 private:
  std::unordered_map<std::string, unsigned> taken_;  // how often each was asked for
};

}  // namespace causeway::api::render
