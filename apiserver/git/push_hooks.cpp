#include "apiserver/git/push_hooks.hpp"

#include "base/files.hpp"

namespace causeway::api::git {
namespace {

using repository::BranchAction;

// git runs them in the repository's folder; what was pushed is in quarantine beneath objects/ until this is over.
constexpr std::string_view kPreReceive = R"hook(#!/bin/sh
# Written by Causeway. CAUSEWAY_REFUSE: lines "push|rewrite|delete PATTERN WHY"; CAUSEWAY_QUOTA_KIB,
# CAUSEWAY_MAX_FILE_BYTES, CAUSEWAY_CLAMD: "" for none.
set -f
pushed=$(cat)
adds='' refused='' said=''

while read -r old new ref; do
  case $new in *[!0]*) adds=yes kind=push ;; *) kind=delete ;; esac
  while read -r what pattern why; do
    [ -n "$what" ] || continue
    # shellcheck disable=SC2254 # it is a pattern
    case $ref in $pattern) ;; *) continue ;; esac
    if [ "$what" = rewrite ] && [ $kind = push ]; then
      case $old in *[!0]*) ;; *) continue ;; esac
      git merge-base --is-ancestor "$old" "$new" 2>/dev/null && continue
    else
      [ "$what" = push ] || [ "$what" = $kind ] || continue
    fi
    echo "$why" >&2
    refused=yes
    break
  done <<RULES
$CAUSEWAY_REFUSE
RULES
done <<PUSHED
$pushed
PUSHED
[ -z "$refused" ] || exit 1

mib() { echo $((($1 + 1048575) / 1048576)); }
lfs='Large files are better kept with Git LFS: git lfs migrate import.'

# Where the push has it first; nothing where no branch leads to it.
path_of() {
  while read -r _ new _; do
    case $new in *[!0]*) echo "$new" ;; esac
  done <<PUSHED | git rev-list --objects --stdin --not --all 2>/dev/null | sed -n "/^$1 /{s///p;q;}" | tr -d '[:cntrl:]'
$pushed
PUSHED
}

# A pack is kept with what its deltas are of.
was_there() {
  GIT_OBJECT_DIRECTORY=objects GIT_ALTERNATE_OBJECT_DIRECTORIES='' git cat-file -e "$1" 2>/dev/null
}

# The name and size of each object that came and is larger than may be, the largest first. All that came is looked at,
# whether a branch leads to it or not: without the repository's own objects the quarantine is what there is. Sizes stand
# in headers, also those of deltas; nothing is unpacked.
too_large() {
  {
    GIT_ALTERNATE_OBJECT_DIRECTORIES='' git cat-file --batch-all-objects --unordered --buffer \
      --batch-check='%(objectsize) %(objectname)' || echo "${CAUSEWAY_MAX_FILE_BYTES}0 unknown"
  } | sort -rn | while read -r size id; do
    [ "$size" -gt "$CAUSEWAY_MAX_FILE_BYTES" ] || break
    if [ "$id" = unknown ]; then
      echo 'what was pushed cannot be looked through'
      break
    fi
    was_there "$id" && continue
    kind=$(git cat-file -t "$id") path=$(path_of "$id")
    [ "$kind" != blob ] || kind='file'
    echo "the $kind ${path:-without a path} ($id) has $(mib "$size") MiB, unpacked;" \
      "it may have $(mib "$CAUSEWAY_MAX_FILE_BYTES") MiB."
    said=x$said
    [ ${#said} -lt 3 ] || break
  done
}

if [ -n "$CAUSEWAY_MAX_FILE_BYTES" ] && [ -n "$GIT_QUARANTINE_PATH" ]; then
  large=$(too_large)
  [ -z "$large" ] || { printf '%s\n%s\n' "$large" "$lfs" >&2 && exit 1; }
fi

# All that came, too. What is found is told the server as well, and why nobody knows is told nobody else.
if [ -n "$CAUSEWAY_CLAMD" ] && [ -n "$GIT_QUARANTINE_PATH" ]; then
  found=$(GIT_ALTERNATE_OBJECT_DIRECTORIES='' causeway-scan-objects --clamd "$CAUSEWAY_CLAMD" \
    --most-mib "$CAUSEWAY_SCAN_MIB" 2>>"$CAUSEWAY_SCAN_REPORT") || {
    echo "failed" >>"$CAUSEWAY_SCAN_REPORT"
    echo 'the push cannot be looked through for malware now: try again' >&2
    exit 1
  }
  while read -r id name; do
    [ -n "$id" ] && ! was_there "$id" || continue
    path=$(path_of "$id") refused=yes
    # A path may hold what echo makes another line of.
    printf 'found %s %s\n' "$name" "${path:-$id}" >>"$CAUSEWAY_SCAN_REPORT"
    printf 'the file %s (%s) is malware: %s\n' "${path:-without a path}" "$id" "$name" >&2
  done <<FOUND
$found
FOUND
  [ -z "$refused" ] || exit 1
fi

if [ -n "$CAUSEWAY_QUOTA_KIB" ] && [ -n "$adds" ]; then
  # shellcheck disable=SC2046 # two words
  set -- $(du -sk objects)
  if [ "$1" -gt "$CAUSEWAY_QUOTA_KIB" ]; then
    echo "the repository would take $(($1 / 1024)) MiB with this push; it may take $((CAUSEWAY_QUOTA_KIB / 1024)) MiB." >&2
    echo "$lfs" >&2
    exit 1
  fi
fi

[ -x hooks/pre-receive ] || exit 0
hooks/pre-receive <<PUSHED
$pushed
PUSHED
)hook";

constexpr std::string_view kPostReceive = R"hook(#!/bin/sh
# Written by Causeway.
[ ! -x hooks/post-receive ] || exec hooks/post-receive
cat >/dev/null
)hook";

std::string_view word(BranchAction action) {
  switch (action) {
    case BranchAction::kPush:
      return "push";
    case BranchAction::kRewrite:
      return "rewrite";
    case BranchAction::kDelete:
      return "delete";
  }
  return "";
}

}  // namespace

base::Result<std::filesystem::path> write_push_hooks(const std::filesystem::path& data) {
  const auto folder = std::filesystem::absolute(data) / ".hooks";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::Error{base::ErrorCode::kIo, folder.string() + ": " + error.message()};
  for (const auto& [name, content] : {std::pair{"pre-receive", kPreReceive}, std::pair{"post-receive", kPostReceive}}) {
    const auto there = base::read_file(folder / name);
    if (there && *there == content) continue;
    if (auto written = base::write_file_atomic(folder / name, content, 0755); !written) return written.error();
  }
  return folder;
}

std::map<std::string, std::string> hook_environment(const PushRules& rules) {
  std::string refuse;
  for (const auto& refusal : rules.refusals) {
    // No branch has such a name; the hook would read it as something else.
    if (refusal.pattern.find_first_of(" \t\r\n\v\f") != std::string::npos) continue;
    refuse += std::string(word(refusal.action)) + " refs/heads/" + refusal.pattern + " " + refusal.why + "\n";
  }
  return {{"CAUSEWAY_REFUSE", refuse},
          {"CAUSEWAY_QUOTA_KIB", rules.quota > 0 ? std::to_string(rules.quota / 1024) : ""},
          {"CAUSEWAY_MAX_FILE_BYTES", rules.max_file > 0 ? std::to_string(rules.max_file) : ""},
          {"CAUSEWAY_CLAMD", rules.scan.socket},
          {"CAUSEWAY_SCAN_MIB", std::to_string(rules.scan.most >> 20)},
          {"CAUSEWAY_SCAN_REPORT", rules.scan_report.string()}};
}

ScanReport parse_scan_report(std::string_view text) {
  ScanReport report;
  std::string why;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    constexpr std::string_view kFound = "found ";
    if (line == "failed") {
      report.failure = why.empty() ? "causeway-scan-objects says nothing" : why;
    } else if (const auto space = line.find(' ', kFound.size());
               line.starts_with(kFound) && space != std::string_view::npos) {
      report.found.push_back(
          {std::string(line.substr(kFound.size(), space - kFound.size())), std::string(line.substr(space + 1))});
    } else if (!line.empty()) {
      why += (why.empty() ? "" : "; ") + std::string(line);
    }
  }
  return report;
}

}  // namespace causeway::api::git
