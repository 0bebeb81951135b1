#pragma once
// Field rows of crds/repo/repo.hpp; include that.

#include <array>

#include "crds/repo/repo.hpp"

namespace causeway::crds {

constexpr auto field_rows(const Collaborator*) {
  return std::array{
      kube::Row{.member = "user",
                .doc = "Name of the account.",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kAccountPattern},
      kube::Row{.member = "role",
                .doc = "`Read` may clone, `Write` may push, `Maintain` may also change settings, `Admin` may also "
                       "delete the repository and choose collaborators.",
                .defaulted = true},
  };
}

constexpr auto field_rows(const RepoImport*) {
  return std::array{
      kube::Row{.member = "url",
                .doc = "Address of the git repository to copy, for example `https://github.com/owner/name`.",
                .required = true,
                .min_length = 1,
                .max_length = 2048,
                .pattern = R"(^https?://[^\s]+$)"},
      kube::Row{.member = "credentials_ref",
                .doc = "Secret in this namespace with `username` and `password` (or a token), for repositories that "
                       "are not public.",
                .atomic_map = true},
      kube::Row{.member = "mirror_interval",
                .doc = "How often to fetch again, for example `1h`; a mirror takes no pushes. Imported once when "
                       "absent.",
                .format = "duration"},
  };
}

constexpr auto field_rows(const Lfs*) {
  return std::array{
      kube::Row{.member = "enabled", .doc = "Whether large files are kept beside git (Git LFS).", .defaulted = true},
      kube::Row{.member = "filters",
                .doc = "Patterns of files that belong there, as in `.gitattributes`, for example `*.safetensors`.",
                .min_length = 1,
                .max_length = 255,
                .max_items = 64,
                .list = kube::ListType::Set},
  };
}

constexpr auto field_rows(const RepoSpec*) {
  return std::array{
      kube::Row{.member = "type",
                .doc = "What the repository holds: a `Model`, a `Dataset`, or a `Space` (the code of a demo).",
                .required = true,
                .immutable = true},
      kube::Row{.member = "owner",
                .doc = "Account that owns it: a user or an organisation.",
                .required = true,
                .min_length = 1,
                .max_length = 63,
                .pattern = kAccountPattern},
      kube::Row{.member = "path",
                .doc = "`owner/name` as people write it, case kept, for example `ada/Digits`; unique together with the "
                       "type. The object's own name is a slug of it.",
                .required = true,
                .min_length = 3,
                .max_length = 160,
                .pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*$"},
      kube::Row{.member = "visibility",
                .doc = "`Public`: everybody may read and clone. `Private`: owner and collaborators only.",
                .defaulted = true},
      kube::Row{.member = "display_name", .doc = "Title shown instead of the path.", .max_length = 128},
      kube::Row{.member = "description", .doc = "What it is, in a sentence or two.", .max_length = 1024},
      kube::Row{.member = "website",
                .doc = "Address of a page about it.",
                .max_length = 2048,
                .pattern = R"(^https?://[^\s]+$)"},
      kube::Row{.member = "tags",
                .doc = "Words to find it by, for example `image-classification`.",
                .min_length = 1,
                .max_length = 63,
                .max_items = 64,
                .list = kube::ListType::Set},
      kube::Row{
          .member = "license", .doc = "SPDX identifier of its licence, for example `Apache-2.0`.", .max_length = 64},
      kube::Row{.member = "default_branch",
                .doc = "Branch that is shown, and built where a demo names none.",
                .defaulted = true,
                .min_length = 1,
                .max_length = 255,
                .pattern = R"(^[A-Za-z0-9][A-Za-z0-9._/-]*$)"},
      kube::Row{.member = "collaborators",
                .doc = "Who else may use it, and how.",
                .max_items = 256,
                .list = kube::ListType::Map,
                .list_key = "user"},
      kube::Row{.member = "import_", .doc = "Where to copy it from; starts empty when absent."},
      kube::Row{.member = "lfs", .doc = "Large files.", .defaulted = true},
      kube::Row{.member = "host",
                .doc = "Where the git repository lives: `Embedded` in the platform, or in the platform's `GitLab`.",
                .defaulted = true,
                .immutable = true},
      kube::Row{.member = "archived", .doc = "Whether it is kept but takes no more pushes. Default: false."},
  };
}

constexpr auto field_rules(const RepoSpec*) {
  return std::array{
      kube::Rule{.rule = "self.path.startsWith(self.owner + '/')",
                 .message = "path is \"<owner>/<name>\" and has to start with the owner",
                 .message_expression = "'path \"' + self.path + '\" has to start with \"' + self.owner + '/\"'",
                 .field_path = ".path"},
  };
}

constexpr auto field_rows(const CloneUrls*) {
  return std::array{
      kube::Row{.member = "http", .doc = "Address for `git clone` over HTTP.", .max_length = 2048},
      kube::Row{.member = "ssh", .doc = "Address for `git clone` over SSH.", .max_length = 2048},
  };
}

constexpr auto field_rows(const RepoHead*) {
  return std::array{
      kube::Row{.member = "branch", .doc = "The default branch.", .max_length = 255},
      kube::Row{.member = "commit", .doc = "Its newest commit.", .max_length = 64},
      kube::Row{.member = "message", .doc = "First line of the commit's message.", .max_length = 512},
      kube::Row{.member = "author", .doc = "Author of the commit.", .max_length = 256},
      kube::Row{.member = "time", .doc = "When it was committed.", .format = "date-time"},
  };
}

constexpr auto field_rows(const RepoImported*) {
  return std::array{
      kube::Row{.member = "at", .doc = "When it was last fetched.", .format = "date-time"},
      kube::Row{.member = "from", .doc = "From where.", .max_length = 2048},
  };
}

constexpr auto field_rows(const RepoStatus*) {
  return std::array{
      kube::Row{.member = "observed_generation",
                .doc = "The `metadata.generation` this status speaks of; -1 before the first visit.",
                .always = true,
                .defaulted = true},
      kube::Row{.member = "repo_id", .doc = "The host's identifier of the repository.", .max_length = 253},
      kube::Row{.member = "clone", .doc = "Addresses to clone from."},
      kube::Row{.member = "head", .doc = "The newest commit of the default branch; absent while it is empty."},
      kube::Row{.member = "branch_count", .doc = "Number of branches.", .always = true, .minimum = 0},
      kube::Row{.member = "size_bytes", .doc = "Size of the git data in bytes.", .always = true, .minimum = 0},
      kube::Row{.member = "lfs_bytes", .doc = "Size of the large files in bytes.", .always = true, .minimum = 0},
      kube::Row{.member = "metadata",
                .doc = "What the front matter of `README.md` on the default branch declares (Hugging Face's keys)."},
      kube::Row{.member = "imported", .doc = "The latest import."},
      kube::Row{.member = "conditions",
                .doc = "Ready, Imported, Synced; Reconciling while work is under way; Stalled when nothing will happen "
                       "until a person acts.",
                .max_items = 32,
                .list = kube::ListType::Map,
                .list_key = "type"},
  };
}

constexpr auto field_rows(const Repo*) {
  return std::array{
      kube::Row{.member = "metadata", .doc = "Standard object metadata.", .max_length = 63},
      kube::Row{.member = "spec", .doc = "What the repository should be.", .required = true},
      kube::Row{.member = "status", .doc = "What the repository is, as Causeway last saw it.", .defaulted = true},
  };
}

}  // namespace causeway::crds
