#include "tests/integration/onebox/machine_snapshot.hpp"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "base/files.hpp"
#include "onebox/machine/command.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

bool of_another_instance(const std::string& line, const std::string& instance) {
  static const std::regex kName("(?:\\bcw-?|CW-|causeway-|instance-)([0-9a-f]{6})");
  for (std::sregex_iterator it(line.begin(), line.end(), kName), end; it != end; ++it)
    if ((*it)[1] != instance) return true;
  return false;
}

class Lines {
 public:
  explicit Lines(const std::string& instance) : instance_(instance) {}
  void add(const std::string& what, const std::string& line) {
    if (!of_another_instance(line, instance_)) lines_.insert(what + ": " + line);
  }
  void add_text(const std::string& what, const std::string& text) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) add(what, line);
  }
  std::set<std::string> take() && { return std::move(lines_); }

 private:
  const std::string& instance_;
  std::set<std::string> lines_;
};

std::string without_counters(const std::string& rules) {
  static const std::regex kNoise("^#.*$|\\[[0-9]+:[0-9]+\\]", std::regex::multiline);
  return std::regex_replace(rules, kNoise, "");
}

void add_folder(Lines& lines, const std::string& what, const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) lines.add(what, entry.path().filename().string());
}

void add_mounts(Lines& lines, const std::string& data) {
  const std::string scratch = fs::temp_directory_path().string() + "/";
  // Only where: identifiers and options of others' mounts change.
  std::istringstream text(base::read_file("/proc/self/mountinfo").value_or(""));
  for (std::string line; std::getline(text, line);) {
    std::istringstream fields(line);
    std::string skip, mount;
    fields >> skip >> skip >> skip >> skip >> mount;
    // What other tests mount in folders of theirs comes and goes.
    if (mount.starts_with(data) || !mount.starts_with(scratch)) lines.add("mount", mount);
  }
}

std::string parents_command(const fs::path& process) {
  std::istringstream status(base::read_file(process / "status").value_or(""));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("PPid:\t")) return base::read_file("/proc/" + line.substr(6) + "/cmdline").value_or("");
  }
  return {};
}

void add_processes(Lines& lines, const std::string& data) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    auto command = base::read_file(entry.path() / "cmdline").value_or("");
    if (command.find(data) == std::string::npos) continue;
    if (command == parents_command(entry.path())) continue;  // about to become another program
    std::ranges::replace(command, '\0', ' ');
    lines.add("process", entry.path().filename().string() + " " + command);
  }
}

}  // namespace

std::set<std::string> machine_snapshot(const std::string& instance, const std::string& data) {
  Lines lines(instance);
  add_folder(lines, "link", "/sys/class/net");
  add_folder(lines, "network namespace", "/run/netns");
  lines.add_text("firewall", without_counters(command({"iptables-save"}).value_or("")));
  add_mounts(lines, data);
  std::error_code error;
  for (const auto& hierarchy : fs::directory_iterator("/sys/fs/cgroup", error)) {
    if (!hierarchy.is_directory(error)) continue;
    for (const auto& group : fs::directory_iterator(hierarchy.path(), error))
      if (group.is_directory(error)) lines.add("cgroup", group.path().string());
  }
  for (const char* folder : {"/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers",
                             "/opt/containerd", "/opt/cni", "/etc/cni", "/usr/libexec/kubernetes", "/run/containerd"})
    if (fs::exists(folder, error)) lines.add("folder", folder);
  for (const char* setting : {"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops",
                              "kernel/keys/root_maxkeys", "net/netfilter/nf_conntrack_max"})
    lines.add("sysctl", std::string(setting) + " " + base::read_file(fs::path("/proc/sys") / setting).value_or(""));
  add_processes(lines, data);
  return std::move(lines).take();
}

std::vector<std::string> difference(const std::set<std::string>& before, const std::set<std::string>& after) {
  std::vector<std::string> out;
  for (const auto& line : after)
    if (!before.contains(line)) out.push_back("+ " + line);
  for (const auto& line : before)  // folders are everybody's: the last of the others has taken them along
    if (!after.contains(line) && !line.starts_with("folder")) out.push_back("- " + line);
  return out;
}

}  // namespace causeway::onebox
