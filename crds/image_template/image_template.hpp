#pragma once
// ImageTemplate: how code of one kind becomes a container image. Users' words: crds/image_template/fields.hpp.

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crds/workload.hpp"
#include "kube/core/codec.hpp"
#include "kube/core/meta.hpp"

namespace causeway::crds {

enum class Sdk { Docker, Gradio, Streamlit, Static };
BOOST_DESCRIBE_ENUM(Sdk, Docker, Gradio, Streamlit, Static)
enum class ParameterType { String, Integer, Number, Boolean };
BOOST_DESCRIBE_ENUM(ParameterType, String, Integer, Number, Boolean)

struct TemplateParameter {
  std::string name;
  ParameterType type = ParameterType::String;
  std::optional<std::string> default_;
  bool required = false, secret = false;
  std::string description;
  bool operator==(const TemplateParameter&) const = default;
};
BOOST_DESCRIBE_STRUCT(TemplateParameter, (), (name, type, default_, required, secret, description))

struct ImageTemplateSpec {
  std::string family;
  std::int64_t version = 1;
  std::string title, description;
  Sdk sdk = Sdk::Docker;
  std::string runtime;
  std::string dockerfile;         // "" = the repository's own Dockerfile
  std::vector<std::string> proc;  // start command; empty = the image's
  std::int64_t port = 7860;
  Health health;
  std::vector<TemplateParameter> parameters;
  Resources resources;
  std::vector<std::string> tags;
  bool deprecated = false;
  bool operator==(const ImageTemplateSpec&) const = default;
};
BOOST_DESCRIBE_STRUCT(ImageTemplateSpec, (),
                      (family, version, title, description, sdk, runtime, dockerfile, proc, port, health, parameters,
                       resources, tags, deprecated))

struct ImageTemplateStatus {
  std::int64_t observed_generation = -1;
  std::string digest;  // "sha256:<hex>" of the build inputs
  bool latest = false;
  std::int64_t demo_count = 0;
  std::vector<std::string> warnings;  // of the lint
  kube::Conditions conditions;
  bool operator==(const ImageTemplateStatus&) const = default;
};
BOOST_DESCRIBE_STRUCT(ImageTemplateStatus, (), (observed_generation, digest, latest, demo_count, warnings, conditions))

struct ImageTemplate {
  static constexpr kube::ResourceType kResource{"causeway.dev", "v1alpha1", "ImageTemplate", "imagetemplates"};
  kube::ObjectMeta metadata;
  ImageTemplateSpec spec;
  ImageTemplateStatus status;
  bool operator==(const ImageTemplate&) const = default;
};
BOOST_DESCRIBE_STRUCT(ImageTemplate, (), (metadata, spec, status))

namespace image_template_conditions {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kDeprecated = "Deprecated";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
}  // namespace image_template_conditions

// "<family>-v<version>", what a template must be named.
std::string template_name(std::string_view family, std::int64_t version);

}  // namespace causeway::crds

#include "crds/image_template/fields.hpp"

// Instantiated once, in image_template.cpp.
extern template causeway::kube::Result<causeway::crds::ImageTemplate>
causeway::kube::from_json<causeway::crds::ImageTemplate>(const causeway::kube::json::value&);
extern template bool causeway::kube::from_text(std::string_view, causeway::crds::ImageTemplate&);
extern template causeway::kube::json::value causeway::kube::to_json<causeway::crds::ImageTemplate>(
    const causeway::crds::ImageTemplate&);
extern template causeway::kube::Object causeway::kube::encode<causeway::crds::ImageTemplate>(
    const causeway::crds::ImageTemplate&);
