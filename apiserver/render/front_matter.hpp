#pragma once
// The YAML at the head of a README, between two lines "---", as Hugging Face has it on models, data sets and spaces.
//
// It describes, so it never hides the page: what is wrong in it is a problem with a line, and the rest counts. Pure;
// time and memory are bounded. Thread-safe.

#include <array>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kube/core/schema.hpp"

namespace causeway::api::render {

// What is known of the keys (https://huggingface.co/docs/hub: spaces-config-reference, model-cards, datasets-cards). A
// single value where a list is meant is a list of one.
struct Card {
  std::string title, emoji, color_from, color_to, short_description, thumbnail;
  std::string sdk, sdk_version, python_version, app_file, suggested_hardware;
  std::optional<std::int64_t> app_port;
  bool pinned = false;
  std::vector<std::string> license;
  std::string license_name, license_link;
  std::vector<std::string> tags, models, datasets, base_model, language, metrics;
  std::string pipeline_tag, library_name;
  bool operator==(const Card&) const = default;
};
BOOST_DESCRIBE_STRUCT(Card, (),
                      (title, emoji, color_from, color_to, short_description, thumbnail, sdk, sdk_version,
                       python_version, app_file, suggested_hardware, app_port, pinned, license, license_name,
                       license_link, tags, models, datasets, base_model, language, metrics, pipeline_tag, library_name))

constexpr auto field_rows(const Card*) {
  using kube::Row;
  return std::array{
      Row{.member = "title", .doc = "The name to be shown.", .max_length = 200},
      Row{.member = "emoji", .doc = "Stands for it where there is little room.", .max_length = 64},
      Row{.member = "color_from", .doc = "Of its thumbnail: from this colour.", .json = "colorFrom", .max_length = 32},
      Row{.member = "color_to", .doc = "To this one.", .json = "colorTo", .max_length = 32},
      Row{.member = "short_description", .doc = "One sentence.", .json = "short_description", .max_length = 500},
      Row{.member = "thumbnail", .doc = "Address of a picture.", .max_length = 2000},
      Row{.member = "sdk", .doc = "What the demo is made with: gradio, streamlit, docker, static.", .max_length = 64},
      Row{.member = "sdk_version", .doc = "Its version.", .json = "sdk_version", .max_length = 64},
      Row{.member = "python_version", .doc = "The Python it needs.", .json = "python_version", .max_length = 64},
      Row{.member = "app_file",
          .doc = "What is run, relative to the repository's root.",
          .json = "app_file",
          .max_length = 500},
      Row{.member = "suggested_hardware",
          .doc = "What it needs to run well.",
          .json = "suggested_hardware",
          .max_length = 64},
      Row{.member = "app_port",
          .doc = "Where a demo made with Docker listens.",
          .json = "app_port",
          .minimum = 1,
          .maximum = 65535},
      Row{.member = "pinned", .doc = "Comes first on its owner's page."},
      Row{.member = "license", .doc = "SPDX-like names: apache-2.0, mit, other.", .max_length = 100, .max_items = 20},
      Row{.member = "license_name",
          .doc = "What the licence \"other\" is called.",
          .json = "license_name",
          .max_length = 200},
      Row{.member = "license_link",
          .doc = "Where the licence \"other\" is.",
          .json = "license_link",
          .max_length = 2000},
      Row{.member = "tags", .doc = "What it is found by.", .max_length = 100, .max_items = 200},
      Row{.member = "models", .doc = "Models that it uses.", .max_length = 200, .max_items = 200},
      Row{.member = "datasets",
          .doc = "Data sets that it uses, or was trained on.",
          .max_length = 200,
          .max_items = 200},
      Row{.member = "base_model",
          .doc = "What it was made from.",
          .json = "base_model",
          .max_length = 200,
          .max_items = 20},
      Row{.member = "language",
          .doc = "Languages that it speaks: ISO 639 codes.",
          .max_length = 100,
          .max_items = 1000},
      Row{.member = "metrics", .doc = "What it was measured with.", .max_length = 100, .max_items = 200},
      Row{.member = "pipeline_tag",
          .doc = "The task it is for: text-generation.",
          .json = "pipeline_tag",
          .max_length = 100},
      Row{.member = "library_name", .doc = "What loads it: transformers.", .json = "library_name", .max_length = 100},
  };
}

struct CardProblem {
  std::string key;      // "app_port", "tags[2]"; empty: it is about all of it
  int line = 0;         // in the README, from 1
  std::string message;  // what is wrong, and what would be right
  bool operator==(const CardProblem&) const = default;
};

struct FrontMatter {
  Card card;
  boost::json::object rest;           // keys that are not known, with their values
  std::vector<CardProblem> problems;  // 50 at most
};

// A README in two.
struct SplitReadme {
  std::optional<std::string_view> yaml;  // what is between the lines; nullopt: there is none
  std::string_view markdown;             // what comes after
};
SplitReadme split_readme(std::string_view text);

// `yaml` as split_readme() gives it. Takes 256 KiB at most; aliases may not make more of
// it than 20,000 values or 1 MiB of text.
FrontMatter read_front_matter(std::string_view yaml);

}  // namespace causeway::api::render
