#include "apiserver/render/front_matter.hpp"

#include <algorithm>
#include <set>
#include <yaml-cpp/yaml.h>

#include "apiserver/render/text.hpp"
#include "apiserver/render/yaml_json.hpp"

namespace causeway::api::render {
namespace {

constexpr std::size_t kMaxBytes = 256u << 10;
constexpr std::size_t kMaxProblems = 50;
constexpr int kFirstLine = 2;  // the first one is "---"

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

std::string_view without_blanks_behind(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

int line_of(const YAML::Mark& mark) {
  return mark.is_null() ? 0 : mark.line + kFirstLine;
}

class CardReader {
 public:
  FrontMatter read(const YAML::Node& root) {
    if (root.IsNull()) return std::move(out_);
    if (!root.IsMap()) {
      add("", root, "is not a mapping; write one \"key: value\" a line");
      return std::move(out_);
    }
    std::set<std::string> seen;
    for (const auto& entry : root) {
      if (!entry.first.IsScalar()) {
        add("", entry.first, "a key has to be a name, like \"title\"");
        continue;
      }
      const auto key = entry.first.Scalar();
      if (!seen.insert(key).second) {
        add(key, entry.first, "is there twice; the first one counts");
        continue;
      }
      if (!known(key, entry.second)) keep(key, entry.second);
    }
    return std::move(out_);
  }

  void add(std::string key, const YAML::Node& where, std::string message) {
    if (out_.problems.size() < kMaxProblems)
      out_.problems.push_back({std::move(key), line_of(where.Mark()), std::move(message)});
  }

 private:
  bool known(const std::string& key, const YAML::Node& value) {
    bool found = false;
    kube::for_each_field<Card>([&](auto member, const kube::Row& row, std::string_view name) {
      if (found || name != key) return;
      found = true;
      if (value.IsNull()) return;  // "emoji:" with nothing behind it says nothing
      read(key, value, row, out_.card.*member.pointer);
    });
    return found;
  }

  void keep(const std::string& key, const YAML::Node& value) {
    auto converted = json_of_yaml(value, allowance_);
    if (!converted) return add(key, value, converted.error().message);
    out_.rest[key] = std::move(*converted);
  }

  void read(const std::string& key, const YAML::Node& value, const kube::Row& row, std::string& out) {
    if (!value.IsScalar()) return add(key, value, "has to be a text");
    if (too_long(key, value, row)) return;
    out = value.Scalar();
  }

  void read(const std::string& key, const YAML::Node& value, const kube::Row&, bool& out) {
    const auto text = value.IsScalar() ? value.Scalar() : "";
    if (text != "true" && text != "false" && text != "True" && text != "False")
      return add(key, value, "has to be true or false");
    out = text == "true" || text == "True";
  }

  void read(const std::string& key, const YAML::Node& value, const kube::Row& row, std::optional<std::int64_t>& out) {
    std::int64_t number = 0;
    const bool is_number = value.IsScalar() && YAML::convert<std::int64_t>::decode(value, number);
    if (!is_number || number < row.minimum || number > row.maximum)
      return add(key, value,
                 "has to be a number from " + std::to_string(row.minimum) + " to " + std::to_string(row.maximum));
    out = number;
  }

  void read(const std::string& key, const YAML::Node& value, const kube::Row& row, std::vector<std::string>& out) {
    if (value.IsScalar()) {
      if (!too_long(key, value, row)) out.push_back(value.Scalar());
      return;
    }
    if (!value.IsSequence()) return add(key, value, "has to be a text or a list of texts");
    std::size_t index = 0;
    for (const auto& item : value) {
      const auto place = key + "[" + std::to_string(index++) + "]";
      if (out.size() == static_cast<std::size_t>(row.max_items))
        return add(place, item, "is one too many; there may be " + std::to_string(row.max_items));
      if (!item.IsScalar()) {
        add(place, item, "has to be a text");
      } else if (!too_long(place, item, row)) {
        out.push_back(item.Scalar());
      }
    }
  }

  bool too_long(const std::string& key, const YAML::Node& value, const kube::Row& row) {
    const auto& text = value.Scalar();
    const auto characters =
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    if (characters <= row.max_length) return false;
    add(key, value, "is longer than " + std::to_string(row.max_length) + " characters");
    return true;
  }

  FrontMatter out_;
  YamlAllowance allowance_{.values = 20'000, .bytes = 1u << 20};  // of `rest`
};

FrontMatter unreadable(int line, std::string message) {
  FrontMatter out;
  out.problems.push_back({"", line, std::move(message)});
  return out;
}

}  // namespace

SplitReadme split_readme(std::string_view text) {
  text = without_mark(text);
  const auto opening = first_line(text);
  if (without_blanks_behind(opening) != "---" || opening.size() == text.size()) return {std::nullopt, text};
  const auto yaml = text.substr(opening.size() + 1);
  for (std::size_t at = 0; at < yaml.size();) {
    const auto line = first_line(yaml.substr(at));
    const auto next = std::min(at + line.size() + 1, yaml.size());
    if (without_blanks_behind(line) == "---" || without_blanks_behind(line) == "...")
      return {yaml.substr(0, at), yaml.substr(next)};
    at = next;
  }
  return {std::nullopt, text};  // never closed: a line across the page
}

FrontMatter read_front_matter(std::string_view yaml) {
  if (yaml.size() > kMaxBytes)
    return unreadable(1, "the head of the README is longer than " + std::to_string(kMaxBytes >> 10) + " KiB");
  CardReader reader;
  try {
    return reader.read(YAML::Load(valid_text(yaml)));
  } catch (const YAML::Exception& e) {
    return unreadable(line_of(e.mark), "is not YAML: " + e.msg);
  }
}

}  // namespace causeway::api::render
