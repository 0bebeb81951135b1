#pragma once
// Child processes.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace causeway::base {

struct ExitStatus {
  int code = 0;    // valid when signal == 0
  int signal = 0;  // the signal that ended it, or 0
  bool success() const { return code == 0 && signal == 0; }
  std::string describe() const;  // "exit code 2", "killed by SIGKILL"
};

struct ProcessSpec {
  enum class Stream { kInherit, kNull, kPipe, kFile };

  std::vector<std::string> argv;                          // argv[0] is looked up on PATH
  std::optional<std::map<std::string, std::string>> env;  // nullopt: inherit ours
  std::string cwd;                                        // empty: ours
  Stream in = Stream::kNull, out = Stream::kInherit, err = Stream::kInherit;
  std::string out_file, err_file;  // with kFile: opened for append, created 0644
  bool own_group = true;           // own process group, so that signals reach descendants
  // PR_SET_PDEATHSIG, 0: none. The kernel sends it when the *thread* that spawned the child ends: spawn from one that
  // lives as long as the child should.
  int parent_death_signal = 0;
  // Limits of each process, the child and its descendants; 0: those that we have. A limit of ours that is lower stays.
  std::uint64_t max_data_bytes = 0;   // RLIMIT_DATA, what is written to (heap, stacks): beyond it allocations fail
  std::uint64_t max_cpu_seconds = 0;  // RLIMIT_CPU: SIGXCPU, and SIGKILL 5 s of its time later
};

// Owns a running child. Not thread-safe, but signal functions may be called from any thread.
// The destructor kills the group with SIGKILL and reaps, unless release() was called. Until then an ended child stays a
// zombie, also after wait(): its pid and group cannot be given to anybody else, so signals never hit a stranger.
// The child starts with default signal dispositions, none blocked, and no descriptors but 0, 1 and 2.
class Process {
 public:
  // Returns once the program runs. kNotFound: no such program; kInvalidArgument: no such cwd.
  static Result<Process> spawn(const ProcessSpec& spec);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  int in() const { return in_; }  // our end of a pipe, or -1
  int out() const { return out_; }
  int err() const { return err_; }
  int pidfd() const { return pidfd_; }  // polls readable when the child has ended; stays this object's
  void close_in();

  bool signal(int number) const;        // the child alone
  bool signal_group(int number) const;  // its process group; without own_group the child alone
  // kTimeout at the deadline, kCancelled on stop: the child runs on.
  Result<ExitStatus> wait(std::optional<Duration> timeout = {}, std::stop_token stop = {});
  pid_t release();  // the child outlives this object

 private:
  Process() = default;
  pid_t pid_ = -1;
  int pidfd_ = -1, in_ = -1, out_ = -1, err_ = -1;
  bool own_group_ = false;
  std::optional<ExitStatus> status_;
};

struct RunOptions {
  Duration timeout = std::chrono::minutes(5);
  std::stop_token stop;
  std::string input;
  std::size_t max_output = 8u << 20;  // of each stream kept: the first bytes; the rest is read and dropped
  // Called with each whole line (no newline) as it arrives, from the calling thread.
  std::function<void(std::string_view line)> on_out_line, on_err_line;
};
struct RunOutput {
  ExitStatus status;
  std::string out, err;
};

// Runs to the end, collecting both outputs (those that are kInherit become pipes). On timeout or stop: SIGTERM to the
// group, 2 s, SIGKILL; the error says so. The end is the child's: descendants that outlive it in its group are killed.
Result<RunOutput> run(ProcessSpec spec, const RunOptions& options = {});
// run(), and a non-zero exit is an error (kInternal) that quotes the last lines of standard error.
Result<RunOutput> run_checked(ProcessSpec spec, const RunOptions& options = {});

std::optional<std::string> find_program(std::string_view name);  // on PATH

}  // namespace causeway::base
