#include "onebox/service/down.hpp"

#include <filesystem>
#include <thread>

#include "base/files.hpp"
#include "onebox/cluster/init_process.hpp"
#include "onebox/machine/cgroups.hpp"
#include "onebox/machine/firewall.hpp"
#include "onebox/machine/host_state.hpp"
#include "onebox/machine/mount_points.hpp"
#include "onebox/machine/network.hpp"
#include "onebox/machine/process_id.hpp"
#include "onebox/plan/records.hpp"
#include "onebox/service/serve.hpp"

namespace causeway::onebox {

namespace fs = std::filesystem;

namespace {

constexpr auto kServiceGrace = std::chrono::seconds(10);
constexpr auto kClusterGrace = std::chrono::seconds(40);

class Down {
 public:
  Down(Layout layout, bool purge) : layout_(std::move(layout)), purge_(purge), names_{instance_id(layout_.data)} {}

  void run() {
    // The id under which things were made, should the folder have been moved since.
    if (auto record = load_json<InstanceRecord>(layout_.instance()); record && !record->id.empty())
      names_.instance = record->id;
    stop_service();
    // No new service may begin while this one's things are taken away.
    auto serving = base::FileLock::try_acquire(layout_.lock());
    if (!serving && serving.error().code == base::ErrorCode::kUnavailable)
      return fail({base::ErrorCode::kUnavailable,
                   "another causeway-onebox has just begun to serve " + layout_.data.string() + "; try again"});
    stop_inits();
    if (auto gone = remove_cgroup(names_.cgroup_parent()); gone)
      note(*gone);
    else
      fail(gone.error());
    note(remove_all_links(names_));
    if (auto lock = lock_machine(); lock) {
      note(remove_firewall(firewall_chains(names_, {})));
      note(leave_kernel_settings(names_));
      note(remove_mount_points(
          {"/var/lib/kubelet", "/var/lib/cni", "/var/log/pods", "/var/log/containers", "/run/netns"}));
    } else {
      fail(lock.error());
    }
    remove_files();
  }

  base::Result<std::vector<std::string>> outcome() && {
    if (failures_.empty()) return std::move(removed_);
    return base::Error{base::ErrorCode::kIo, failures_};
  }

 private:
  void note(const std::vector<std::string>& lines) { removed_.insert(removed_.end(), lines.begin(), lines.end()); }
  void fail(const base::Error& error) { failures_ += (failures_.empty() ? "" : "; ") + error.message; }

  void stop_service() {
    auto record = load_json<ProcessRecord>(layout_.service());
    auto process = record ? open_process(*record) : base::Result<base::FileDescriptor>(record.error());
    if (!process) return;
    if (auto ended = end_process(*process, kServiceGrace); ended)
      removed_.push_back("service (process " + std::to_string(record->pid) + ")");
    else
      fail(ended.error());
  }

  // Clusters in order and all at once, then what they use.
  void stop_inits() {
    std::vector<fs::path> clusters;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(layout_.clusters(), error)) clusters.push_back(entry.path());
    std::vector<std::string> lines(clusters.size());
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < clusters.size(); ++i)
        threads.emplace_back([&, i] {
          if (end_init({clusters[i]})) lines[i] = "cluster " + clusters[i].filename().string();
        });
    }
    for (auto& line : lines)
      if (!line.empty()) removed_.push_back(std::move(line));
    if (end_init(layout_.shared())) removed_.push_back("registry and DNS");
  }

  // What does not end here ends with its cgroup.
  bool end_init(const ClusterLayout& layout) const {
    InitProcess init(layout);
    if (!init.find()) return false;
    return init.end(purge_ ? base::Duration{} : base::Duration(kClusterGrace)).ok();
  }

  void remove_files() {
    std::error_code error;
    if (purge_) {
      if (fs::exists(layout_.root(), error)) {
        fs::remove_all(layout_.root(), error);
        if (error)
          fail({base::ErrorCode::kIo, "cannot remove " + layout_.root().string() + ": " + error.message()});
        else
          removed_.push_back("data in " + layout_.root().string());
      }
      return;
    }
    std::vector<fs::path> files{layout_.socket(), layout_.service(), layout_.shared().control(),
                                layout_.shared().process()};
    for (const auto& entry : fs::directory_iterator(layout_.clusters(), error)) {
      files.push_back(ClusterLayout{entry.path()}.control());
      files.push_back(ClusterLayout{entry.path()}.process());
    }
    for (const auto& file : files) fs::remove(file, error);
  }

  Layout layout_;
  bool purge_;
  Names names_;
  std::vector<std::string> removed_;
  std::string failures_;
};

}  // namespace

base::Result<std::vector<std::string>> down(const DownOptions& options) {
  std::error_code error;
  if (!fs::is_directory(options.data, error))
    return base::Error{base::ErrorCode::kNotFound, "there is no data folder " + options.data};
  auto data = data_folder(options.data);
  if (!data) return data.error();
  Down down(Layout{*data}, options.purge);
  down.run();
  return std::move(down).outcome();
}

}  // namespace causeway::onebox
