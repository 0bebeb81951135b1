#include "crds/crdgen/reference.hpp"

#include "crds/patterns.hpp"
#include "kube/core/object.hpp"

namespace causeway::crds::crdgen {

namespace json = boost::json;

namespace {

std::string text_at(const json::object& schema, std::string_view key) {
  const json::value* value = schema.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

const json::object* object_in(const json::object& schema, std::string_view key) {
  const json::value* value = schema.if_contains(key);
  return value ? value->if_object() : nullptr;
}

// Cells of a table: no line breaks, no bars.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string scalar_type(const json::object& schema) {
  if (schema.contains("x-kubernetes-int-or-string")) return "quantity";
  if (schema.contains("x-kubernetes-preserve-unknown-fields")) return "any";
  if (const json::value* values = schema.if_contains("enum")) {
    std::string text;
    for (const json::value& value : values->as_array()) {
      text += (text.empty() ? "`" : ", `") + std::string(value.as_string()) + "`";
    }
    return text;
  }
  if (const std::string format = text_at(schema, "format"); format == "date-time") return "time (RFC 3339)";
  if (text_at(schema, "format") == "cidr") return "CIDR";
  if (text_at(schema, "pattern") == kDurationPattern) return "duration";
  if (text_at(schema, "pattern") == kDecimalPattern) return "decimal";
  return text_at(schema, "type");
}

std::string type_name(const json::object& schema) {
  const std::string type = text_at(schema, "type");
  if (type == "array") return "list of " + scalar_type(*object_in(schema, "items"));
  if (const json::object* values = object_in(schema, "additionalProperties")) return "map of " + scalar_type(*values);
  return scalar_type(schema);
}

// Limits a person may run into; lengths of names are not worth a column.
std::string limits(const json::object& schema) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const json::value* low = schema.if_contains("minimum");
  const json::value* high = schema.if_contains("maximum");
  if (low && high) {
    add(json::serialize(*low) + " to " + json::serialize(*high));
  } else if (low) {
    add("at least " + json::serialize(*low));
  } else if (high) {
    add("at most " + json::serialize(*high));
  }
  if (const json::value* n = schema.if_contains("maxItems")) add("at most " + json::serialize(*n) + " items");
  if (const json::value* n = schema.if_contains("maxProperties")) add("at most " + json::serialize(*n) + " entries");
  if (const json::value* keys = schema.if_contains("x-kubernetes-list-map-keys")) {
    add("unique by `" + std::string(keys->as_array().at(0).as_string()) + "`");
  }
  return text;
}

bool listed(const json::object& schema, std::string_view key, std::string_view name) {
  const json::value* list = schema.if_contains(key);
  if (!list) return false;
  for (const json::value& item : list->as_array()) {
    if (item.as_string() == name) return true;
  }
  return false;
}

bool immutable(const json::object& parent, std::string_view name) {
  const json::value* rules = parent.if_contains("x-kubernetes-validations");
  if (!rules) return false;
  for (const json::value& rule : rules->as_array()) {
    const json::object& object = rule.as_object();
    if (text_at(object, "fieldPath") == "." + std::string(name) &&
        text_at(object, "message").find("cannot be changed") != std::string::npos) {
      return true;
    }
  }
  return false;
}

class Table {
 public:
  std::string build(const json::object& schema) {
    rows_ = "| field | type | default | meaning |\n|---|---|---|---|\n";
    fields(schema, "");
    return rows_;
  }

 private:
  void fields(const json::object& parent, const std::string& prefix) {
    const json::object* properties = object_in(parent, "properties");
    if (!properties) return;
    for (const auto& [key, value] : *properties) {
      const std::string_view name = key;
      const json::object& schema = value.as_object();
      row(parent, schema, prefix, name);
      const std::string path = prefix + std::string(name);
      if (name == "conditions") continue;  // metav1.Condition: known to whoever reads this
      if (const json::object* items = object_in(schema, "items")) {
        fields(*items, path + "[].");
      } else {
        fields(schema, path + ".");
      }
    }
  }

  void row(const json::object& parent, const json::object& schema, const std::string& prefix, std::string_view name) {
    std::string meaning = text_at(schema, "description");
    if (listed(parent, "required", name)) meaning = "**Required.** " + meaning;
    if (immutable(parent, name)) meaning += " *Cannot be changed.*";
    if (const std::string text = limits(schema); !text.empty()) meaning += " (" + text + ")";
    const json::value* standard = schema.if_contains("default");
    // An object's default only makes its members' defaults apply.
    const bool shown = standard && !standard->is_object();
    rows_ += "| `" + prefix + std::string(name) + "` | " + cell(type_name(schema)) + " | " +
             (shown ? "`" + cell(json::serialize(*standard)) + "`" : "") + " | " + cell(meaning) + " |\n";
  }

  std::string rows_;
};

void collect_rules(const json::object& schema, const std::string& path, std::string& out) {
  if (const json::value* rules = schema.if_contains("x-kubernetes-validations")) {
    for (const json::value& value : rules->as_array()) {
      const json::object& rule = value.as_object();
      const std::string message = text_at(rule, "message");
      if (message.find("cannot be changed") != std::string::npos) continue;  // in the table already
      out += "- ";
      if (!path.empty()) out += "`" + path + "`: ";
      out += message + ".\n";
    }
  }
  if (const json::object* properties = object_in(schema, "properties")) {
    for (const auto& [key, value] : *properties) {
      const json::object& member = value.as_object();
      const std::string inner = path.empty() ? std::string(key) : path + "." + std::string(key);
      collect_rules(member, inner, out);
      if (const json::object* items = object_in(member, "items")) collect_rules(*items, inner + "[]", out);
    }
  }
}

}  // namespace

std::string reference_page(const Kind& kind, std::string_view example) {
  std::string page = "<!-- Written by crdgen from the field rows in this folder; do not edit. -->\n\n# " +
                     std::string(kind.type.kind) + "\n\n" + kind.summary + "\n\n";
  for (const std::string& paragraph : kind.intro) page += paragraph + "\n\n";
  page += "`apiVersion: " + kind.type.api_version() + "`, `kind: " + std::string(kind.type.kind) +
          "`; namespaced; short name `" + kind.short_names.at(0) +
          "`; category `causeway`. In a terminal: `kubectl explain " + kind.singular + ".spec`.\n\n";
  if (!example.empty()) {
    page += "## Example\n\n```yaml\n" + std::string(example) + (example.ends_with('\n') ? "" : "\n") + "```\n\n";
  }
  const json::object& properties = kind.schema.at("properties").as_object();
  page += "## spec\n\n" + Table().build(properties.at("spec").as_object()) + "\n";
  std::string rules;
  collect_rules(kind.schema, "", rules);
  if (!rules.empty()) page += "### Rules\n\n" + rules + "\n";
  page += "## status\n\nWritten by Causeway only.\n\n" + Table().build(properties.at("status").as_object());
  page += "\n## Columns of `kubectl get`\n\n| column | meaning |\n|---|---|\n";
  for (const Column& column : kind.columns) {
    page += "| " + column.name + (column.wide ? " (`-o wide`)" : "") + " | " + cell(column.doc) + " |\n";
  }
  return page;
}

}  // namespace causeway::crds::crdgen
