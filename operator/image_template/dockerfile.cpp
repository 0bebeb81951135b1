#include "operator/image_template/dockerfile.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

namespace causeway::op::image_template {
namespace {

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

std::string without_quotes(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

Dockerfile Dockerfile::parse(std::string_view text) {
  Dockerfile file;
  char escape = '\\';
  bool directives = true;
  std::string logical;
  int line = 0, begins = 0;
  const auto take = [&] {
    const auto whole = trim(logical);
    const auto space = whole.find_first_of(" \t");
    if (!whole.empty()) {
      file.instructions_.push_back({upper(whole.substr(0, space)),
                                    std::string(space == std::string_view::npos ? "" : trim(whole.substr(space))),
                                    begins});
    }
    logical.clear();
  };
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto raw = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++line;
    if (raw.starts_with('#')) {
      // "# escape=`" counts only before anything else.
      const auto equals = raw.find('=');
      if (directives && equals != std::string_view::npos && upper(trim(raw.substr(1, equals - 1))) == "ESCAPE" &&
          trim(raw.substr(equals + 1)) == "`") {
        escape = '`';
      }
      continue;
    }
    if (raw.empty()) continue;
    directives = false;
    if (logical.empty()) begins = line;
    if (raw.back() == escape) {
      logical += std::string(raw.substr(0, raw.size() - 1)) + " ";
      continue;
    }
    logical += raw;
    take();
  }
  take();

  for (const auto& instruction : file.instructions_) {
    if (instruction.name != "ARG") continue;
    std::istringstream words(instruction.arguments);
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      std::optional<std::string> value;
      if (equals != std::string::npos) value = without_quotes(std::string_view(word).substr(equals + 1));
      auto& known = file.args_[word.substr(0, equals)];
      if (!known) known = std::move(value);
    }
  }
  return file;
}

std::vector<std::string> Dockerfile::base_images() const {
  std::vector<std::string> images;
  std::set<std::string> stages;
  for (const auto& instruction : instructions_) {
    if (instruction.name != "FROM") continue;
    std::istringstream words(instruction.arguments);
    std::string image, word, stage;
    while (words >> word) {
      if (word.starts_with("--")) continue;
      if (image.empty()) {
        image = word;
      } else if (upper(word) == "AS") {
        words >> stage;
      }
    }
    image = expand_args(image, args_);
    if (!image.empty() && image != "scratch" && !stages.contains(image)) images.push_back(image);
    if (!stage.empty()) stages.insert(stage);
  }
  return images;
}

bool Dockerfile::has(std::string_view instruction) const {
  return std::any_of(instructions_.begin(), instructions_.end(), [&](const auto& i) { return i.name == instruction; });
}

std::string expand_args(std::string_view text, const std::map<std::string, std::optional<std::string>>& args) {
  const auto value_of = [&](std::string_view name) -> std::string {
    const auto found = args.find(std::string(name));
    return found == args.end() || !found->second ? std::string() : *found->second;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 >= text.size()) {
      out += text[i++];
      continue;
    }
    if (text[i + 1] == '{') {
      const auto close = text.find('}', i);
      if (close == std::string_view::npos) return out + std::string(text.substr(i));
      auto inside = text.substr(i + 2, close - i - 2);
      const auto dash = inside.find(":-");
      auto value = value_of(inside.substr(0, dash));
      if (value.empty() && dash != std::string_view::npos) value = inside.substr(dash + 2);
      out += value;
      i = close + 1;
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && is_name(text[end])) ++end;
    out += end == i + 1 ? "$" : value_of(text.substr(i + 1, end - i - 1));
    i = std::max(end, i + 1);
  }
  return out;
}

}  // namespace causeway::op::image_template
