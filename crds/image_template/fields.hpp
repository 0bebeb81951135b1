#pragma once
// Field rows of crds/image_template/image_template.hpp; include that.

#include <array>

#include "crds/image_template/image_template.hpp"
#include "crds/references.hpp"

namespace causeway::crds {

constexpr auto field_rows(const TemplateParameter*) {
  return std::array{
      kube::Row{.member = "name",
                .doc = "Name, as the Dockerfile's `ARG` has it, for example `PYTHON_VERSION`.",
                .required = true,
                .min_length = 1,
                .max_length = 128,
                .pattern = "^[A-Za-z_][A-Za-z0-9_]*$"},
      kube::Row{.member = "type", .doc = "What values are accepted.", .defaulted = true},
      kube::Row{.member = "default_", .doc = "Value where a demo gives none.", .max_length = 4096},
      kube::Row{.member = "required", .doc = "Whether a demo must give a value. Default: false."},
      kube::Row{.member = "secret",
                .doc = "Whether the value is a secret: then it comes from a Secret named in the demo's `secretRefs`, "
                       "and never enters the image. Default: false."},
      kube::Row{.member = "description", .doc = "What it is for.", .max_length = 1024},
  };
}

constexpr auto field_rules(const TemplateParameter*) {
  return std::array{
      kube::Rule{.rule = "!has(self.default) || !has(self.required) || !self.required",
                 .message = "a parameter with a default is never missing; remove required or the default",
                 .field_path = ".required"},
      kube::Rule{.rule = "!has(self.default) || !has(self.secret) || !self.secret",
                 .message = "a secret has no default: it would be readable by everybody who may read the template",
                 .field_path = ".default"},
  };
}

constexpr auto field_rows(const ImageTemplateSpec*) {
  return std::array{
      kube::Row{.member = "family",
                .doc = "What all versions of the template share, for example `python`; demos name it.",
                .required = true,
                .immutable = true,
                .min_length = 1,
                .max_length = 50,
                .pattern = kLabelPattern},
      kube::Row{.member = "version",
                .doc = "Which version of the family this is; the object is named `<family>-v<version>`.",
                .required = true,
                .immutable = true,
                .minimum = 1,
                .maximum = 999999},
      kube::Row{.member = "title", .doc = "Name shown to people.", .max_length = 128},
      kube::Row{
          .member = "description", .doc = "What code it is for, and what the code must look like.", .max_length = 4096},
      kube::Row{.member = "sdk",
                .doc = "The kind of application: `Gradio`, `Streamlit`, `Static` (a web page) or `Docker` (anything "
                       "else).",
                .defaulted = true},
      kube::Row{
          .member = "runtime", .doc = "What the code runs on, for example `python3.11` or `node20`.", .max_length = 64},
      kube::Row{.member = "dockerfile",
                .doc = "Text of the Dockerfile; the build context is the demo's repository. Its `ARG`s are the "
                       "parameters. The repository's own Dockerfile is used when absent.",
                .max_length = 65536},
      kube::Row{.member = "proc",
                .doc = "Start command and its arguments, each an item, for example `[\"python\", \"app.py\"]`; the "
                       "image's own when absent.",
                .max_length = 4096,
                .max_items = 64},
      kube::Row{.member = "port",
                .doc = "TCP port the application listens on, on all addresses.",
                .always = true,
                .defaulted = true,
                .minimum = 1,
                .maximum = 65535},
      kube::Row{.member = "health", .doc = "How to tell that the application is ready; demos may override it."},
      kube::Row{.member = "parameters",
                .doc = "What demos may or must set.",
                .max_items = 64,
                .list = kube::ListType::Map,
                .list_key = "name"},
      kube::Row{.member = "resources", .doc = "What a demo is given where it asks for nothing itself."},
      kube::Row{.member = "tags",
                .doc = "Words to find it by.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 64,
                .list = kube::ListType::Set},
      kube::Row{.member = "deprecated",
                .doc = "Whether demos should move to another template; those that use it go on. Default: false."},
  };
}

constexpr auto field_rows(const ImageTemplateStatus*) {
  return std::array{
      kube::Row{.member = "observed_generation",
                .doc = "The `metadata.generation` this status speaks of; -1 before the first visit.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "digest",
                .doc = "SHA-256 of what goes into an image: Dockerfile, start command, parameters.",
                .max_length = 71},
      kube::Row{.member = "latest",
                .doc = "Whether this is the highest version of its family that is not deprecated.",
                .always = true},
      kube::Row{.member = "demo_count", .doc = "Demos that use it.", .always = true, .minimum = 0},
      kube::Row{.member = "warnings",
                .doc = "What the lint found, at most 20; the template works all the same.",
                .max_length = 1024,
                .max_items = 20},
      kube::Row{.member = "conditions",
                .doc = "Ready, Deprecated; Reconciling while work is under way; Stalled when nothing will happen until "
                       "a person acts.",
                .max_items = 32,
                .list = kube::ListType::Map,
                .list_key = "type"},
  };
}

constexpr auto field_rows(const ImageTemplate*) {
  return std::array{
      kube::Row{.member = "metadata", .doc = "Standard object metadata.", .max_length = 63},
      kube::Row{.member = "spec", .doc = "The template.", .required = true},
      kube::Row{.member = "status", .doc = "What Causeway knows about it.", .defaulted = true},
  };
}

constexpr auto field_rules(const ImageTemplate*) {
  return std::array{
      // In pieces: the cost of string(version) cannot be estimated.
      kube::Rule{
          .rule = "self.metadata.name.startsWith(self.spec.family + '-v') && "
                  "self.metadata.name.substring(size(self.spec.family) + 2).matches('^[1-9][0-9]*$') && "
                  "int(self.metadata.name.substring(size(self.spec.family) + 2)) == self.spec.version",
          .message = "metadata.name has to be <family>-v<version>, for example python-v2 for version 2 of python"},
      // Images are made once for equal inputs: a template that changed under a demo would lie about its image.
      kube::Rule{.rule = "!has(oldSelf.status) || !has(oldSelf.status.demoCount) || oldSelf.status.demoCount == 0 || "
                         "(self.spec.sdk == oldSelf.spec.sdk && "
                         "has(self.spec.dockerfile) == has(oldSelf.spec.dockerfile) && "
                         "(!has(self.spec.dockerfile) || self.spec.dockerfile == oldSelf.spec.dockerfile) && "
                         "has(self.spec.proc) == has(oldSelf.spec.proc) && "
                         "(!has(self.spec.proc) || self.spec.proc == oldSelf.spec.proc) && "
                         "has(self.spec.parameters) == has(oldSelf.spec.parameters) && "
                         "(!has(self.spec.parameters) || self.spec.parameters == oldSelf.spec.parameters))",
                 .message = "demos use this template: sdk, dockerfile, proc and parameters stay as they are; create "
                            "the next version of the family instead",
                 .field_path = ".spec"},
  };
}

}  // namespace causeway::crds
