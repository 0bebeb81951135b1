#include "base/process.hpp"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "base/files.hpp"

namespace causeway::base {
namespace {

using namespace std::chrono_literals;
using Stream = ProcessSpec::Stream;

ProcessSpec command(std::vector<std::string> argv) {
  ProcessSpec spec;
  spec.argv = std::move(argv);
  return spec;
}

ProcessSpec shell(const std::string& script) {
  return command({"sh", "-c", script});
}

std::string read_line(int fd) {
  std::string line;
  char c;
  while (::read(fd, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

// Waits until the process is neither running nor a zombie of somebody.
bool gone(pid_t pid) {
  for (int i = 0; i < 10'000; ++i) {
    if (::kill(pid, 0) != 0 && errno == ESRCH) return true;
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (stat.ok() && stat->find(") Z") != std::string::npos) return true;
    ::poll(nullptr, 0, 1);
  }
  return false;
}

TEST(Run, CollectsBothOutputsAndTheStatus) {
  const auto output = run(shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(output.ok()) << output.error().message;
  EXPECT_EQ(output->out, "out\n");
  EXPECT_EQ(output->err, "err\n");
  EXPECT_EQ(output->status.code, 3);
  EXPECT_FALSE(output->status.success());
  EXPECT_EQ(output->status.describe(), "exit code 3");
}

TEST(Run, AProgramThatASignalEnds) {
  const auto output = run(shell("kill -KILL $$"));
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->status.signal, SIGKILL);
  EXPECT_EQ(output->status.describe(), "killed by SIGKILL");
}

TEST(Run, LargeInputAndOutputAtOnce) {
  RunOptions options;
  options.input.assign(3'000'000, 'x');
  const auto output = run(command({"cat"}), options);
  ASSERT_TRUE(output.ok()) << output.error().message;
  EXPECT_EQ(output->out, options.input);
}

TEST(Run, AProgramThatDoesNotReadItsInput) {
  RunOptions options;
  options.input.assign(3'000'000, 'x');
  const auto output = run(command({"true"}), options);
  ASSERT_TRUE(output.ok()) << output.error().message;
  EXPECT_TRUE(output->status.success());
}

TEST(Run, KeepsTheFirstBytesOfTooMuchOutputAndReadsTheRest) {
  RunOptions options;
  options.max_output = 1000;
  const auto output = run(shell("head -c 500000 /dev/zero | tr '\\0' a; echo done >&2"), options);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->out, std::string(1000, 'a'));
  EXPECT_EQ(output->err, "done\n");
}

TEST(Run, LinesArriveWholeAndTheLastOneWithoutNewlineToo) {
  std::vector<std::string> out, err;
  RunOptions options;
  options.on_out_line = [&](std::string_view line) { out.emplace_back(line); };
  options.on_err_line = [&](std::string_view line) { err.emplace_back(line); };
  ASSERT_TRUE(run(shell("printf 'a\\n\\nb'; printf 'c\\n' >&2; printf 'd\\nlast'"), options).ok());
  EXPECT_EQ(out, (std::vector<std::string>{"a", "", "bd", "last"}));
  EXPECT_EQ(err, (std::vector<std::string>{"c"}));
}

TEST(Run, TimeoutEndsTheWholeGroup) {
  RunOptions options;
  options.timeout = 1500ms;
  std::string pid;
  options.on_out_line = [&](std::string_view line) { pid = line; };
  const auto output = run(shell("sleep 1000 & echo $!; echo working >&2; wait"), options);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kTimeout);
  EXPECT_NE(output.error().message.find("1500 ms"), std::string::npos) << output.error().message;
  EXPECT_NE(output.error().message.find("working"), std::string::npos) << output.error().message;
  EXPECT_TRUE(gone(std::stoi(pid))) << "the descendant";
}

TEST(Run, WhatIgnoresSigtermIsKilled) {
  RunOptions options;
  std::stop_source stop;
  options.stop = stop.get_token();
  options.on_out_line = [&](std::string_view) { stop.request_stop(); };
  const auto begin = std::chrono::steady_clock::now();
  const auto output = run(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"), options);
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kCancelled);
  EXPECT_NE(output.error().message.find("killed"), std::string::npos) << output.error().message;
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 2s);
}

TEST(Run, ADescendantThatHoldsThePipesIsNotWaitedFor) {
  const auto output = run(shell("sleep 1000 & echo $!"));
  ASSERT_TRUE(output.ok());
  EXPECT_TRUE(gone(std::stoi(output->out))) << "and is ended with the group";
}

TEST(RunChecked, AnExitCodeIsAnErrorThatQuotesWhatItSaid) {
  const auto output = run_checked(shell("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; done; exit 4"));
  ASSERT_FALSE(output.ok());
  EXPECT_EQ(output.error().code, ErrorCode::kInternal);
  EXPECT_NE(output.error().message.find("exit code 4"), std::string::npos);
  EXPECT_NE(output.error().message.find("line 12"), std::string::npos);
  EXPECT_EQ(output.error().message.find("line 2\n"), std::string::npos) << "only the last ten lines";
  EXPECT_TRUE(run_checked(command({"true"})).ok());
}

TEST(Spawn, NoSuchProgram) {
  for (const char* name : {"no-such-program-here", "/no/such/program"}) {
    const auto process = Process::spawn(command({name}));
    ASSERT_FALSE(process.ok());
    EXPECT_EQ(process.error().code, ErrorCode::kNotFound);
    EXPECT_NE(process.error().message.find(name), std::string::npos);
  }
  EXPECT_EQ(Process::spawn(command({})).error().code, ErrorCode::kInvalidArgument);
}

TEST(Spawn, WhatCannotBeExecuted) {
  const TemporaryDirectory folder;
  ASSERT_TRUE(write_file_atomic(folder.path() / "plain", "text", 0644).ok());
  ASSERT_TRUE(write_file_atomic(folder.path() / "script", "#!/no/such/interpreter\n", 0755).ok());
  EXPECT_EQ(Process::spawn(command({folder.path() / "plain"})).error().code, ErrorCode::kPermission);
  EXPECT_EQ(Process::spawn(command({folder.path() / "script"})).error().code, ErrorCode::kNotFound);
}

TEST(Spawn, WorkingDirectory) {
  const TemporaryDirectory folder;
  ProcessSpec spec = command({"pwd"});
  spec.cwd = folder.path();
  EXPECT_EQ(run(spec)->out, std::filesystem::canonical(folder.path()).string() + "\n");
  spec.cwd = folder.path() / "none";
  const auto missing = run(spec);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(missing.error().message.find(spec.cwd), std::string::npos);
}

TEST(Spawn, EnvironmentIsInheritedOrExactlyTheGiven) {
  ::setenv("CAUSEWAY_TEST_VARIABLE", "inherited", 1);
  EXPECT_EQ(run(shell("echo $CAUSEWAY_TEST_VARIABLE"))->out, "inherited\n");
  ProcessSpec spec = command({"env"});
  spec.env = std::map<std::string, std::string>{{"A", "1"}, {"B", "two words"}};
  EXPECT_EQ(run(spec)->out, "A=1\nB=two words\n");
}

TEST(Spawn, OutputAppendsToFiles) {
  const TemporaryDirectory folder;
  ProcessSpec spec = shell("echo line; echo other >&2");
  spec.out = spec.err = Stream::kFile;
  spec.out_file = folder.path() / "out";
  spec.err_file = folder.path() / "err";
  for (int i = 0; i < 2; ++i) EXPECT_TRUE((*Process::spawn(spec)).wait()->success());
  EXPECT_EQ(*read_file(folder.path() / "out"), "line\nline\n");
  EXPECT_EQ(*read_file(folder.path() / "err"), "other\nother\n");
  spec.out_file = folder.path() / "none" / "out";
  EXPECT_EQ(Process::spawn(spec).error().code, ErrorCode::kNotFound);
}

TEST(Spawn, TheChildHasNoDescriptorsButTheStandardOnes) {
  const int leak = ::open("/dev/null", O_RDONLY);  // without close-on-exec, as a careless library opens
  ASSERT_GE(leak, 0);
  const auto output = run(command({"ls", "/proc/self/fd"}));
  ::close(leak);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->out, "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST(Spawn, TheChildStartsWithNoSignalBlockedOrIgnored) {
  sigset_t block, before;
  sigemptyset(&block);
  sigaddset(&block, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &block, &before);
  auto* const previous = ::signal(SIGUSR1, SIG_IGN);
  const auto output = run(command({"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}));
  ::signal(SIGUSR1, previous);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(output.ok());
  EXPECT_EQ(output->out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Spawn, ParentDeathSignal) {
  ProcessSpec spec = command({"sleep", "1000"});
  spec.parent_death_signal = SIGKILL;
  std::optional<Process> process;
  std::thread([&] { process = std::move(*Process::spawn(spec)); }).join();  // the thread is the parent
  const auto status = process->wait(10s);
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(status->signal, SIGKILL);
}

TEST(Spawn, MemoryBeyondTheLimitIsNotToBeHad) {
  auto spec = shell("dd if=/dev/zero of=/dev/null bs=\"$0\" count=1 2>&1");
  spec.max_data_bytes = 64u << 20;
  spec.argv.emplace_back("16M");
  const auto fits = run(spec);
  EXPECT_TRUE(fits.ok() && fits->status.success()) << fits->out;
  spec.argv.back() = "128M";
  EXPECT_FALSE(run(spec)->status.success()) << "a child of the child has the limit too";
  spec.max_data_bytes = 0;
  EXPECT_TRUE(run(spec)->status.success());
}

TEST(Spawn, TimeIsLimitedToo) {
  auto spec = shell("ulimit -S -t; ulimit -H -t");
  spec.max_cpu_seconds = 100;
  EXPECT_EQ(run(spec)->out, "100\n105\n") << "SIGXCPU lets a program tidy up before it is killed";
}

TEST(Process, TalksThroughPipes) {
  ProcessSpec spec = command({"cat"});
  spec.in = spec.out = Stream::kPipe;
  auto process = Process::spawn(spec);
  ASSERT_TRUE(process.ok());
  ASSERT_EQ(::write(process->in(), "hello\n", 6), 6);
  EXPECT_EQ(read_line(process->out()), "hello");
  EXPECT_EQ(process->err(), -1);
  process->close_in();
  EXPECT_EQ(process->in(), -1);
  EXPECT_TRUE(process->wait()->success());
  EXPECT_TRUE(process->wait()->success()) << "again";
}

TEST(Process, WaitEndsAtTheDeadlineAndTheChildRunsOn) {
  auto process = Process::spawn(command({"sleep", "1000"}));
  const auto waited = process->wait(10ms);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code, ErrorCode::kTimeout);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(process->wait({}, stop.get_token()).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(::kill(process->pid(), 0), 0);
  EXPECT_TRUE(process->signal(SIGTERM));
  EXPECT_EQ(process->wait()->signal, SIGTERM);
}

TEST(Process, WaitIsStoppedFromAnotherThread) {
  auto process = Process::spawn(command({"sleep", "1000"}));
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  EXPECT_EQ(process->wait({}, stop.get_token()).error().code, ErrorCode::kCancelled);
}

TEST(Process, TheEndOfTheObjectIsTheEndOfTheGroup) {
  pid_t child, grandchild;
  {
    ProcessSpec spec = shell("trap '' TERM; sleep 1000 & echo $!; wait");
    spec.out = Stream::kPipe;
    auto process = Process::spawn(spec);
    child = process->pid();
    grandchild = std::stoi(read_line(process->out()));
  }
  EXPECT_TRUE(gone(child));
  EXPECT_TRUE(gone(grandchild));
}

TEST(Process, AssignmentEndsTheChildHeldUntilThen) {
  auto first = Process::spawn(command({"sleep", "1000"}));
  auto second = Process::spawn(command({"sleep", "1000"}));
  const pid_t old = first->pid(), kept = second->pid();
  *first = std::move(*second);
  EXPECT_TRUE(gone(old));
  EXPECT_EQ(first->pid(), kept);
  EXPECT_EQ(::kill(kept, 0), 0);
}

TEST(Process, ReleasedChildrenLiveOn) {
  pid_t pid;
  {
    auto process = Process::spawn(command({"sleep", "1000"}));
    pid = process->release();
    EXPECT_FALSE(process->wait().ok());
  }
  EXPECT_EQ(::kill(pid, 0), 0);
  ::kill(pid, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
}

TEST(Process, SignalsReachTheGroup) {
  ProcessSpec spec = shell("sleep 1000 & echo $!; wait");
  spec.out = Stream::kPipe;
  auto process = Process::spawn(spec);
  const pid_t grandchild = std::stoi(read_line(process->out()));
  EXPECT_TRUE(process->signal_group(SIGKILL));
  EXPECT_EQ(process->wait()->signal, SIGKILL);
  EXPECT_TRUE(gone(grandchild));
}

TEST(Process, ThePidStaysReservedUntilTheObjectEnds) {
  auto process = Process::spawn(command({"true"}));
  ASSERT_TRUE(process->wait().ok());
  EXPECT_EQ(::kill(process->pid(), 0), 0) << "a zombie: nobody else can get this pid";
  const pid_t pid = process->pid();
  process = Error{ErrorCode::kInternal, "drop it"};
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(FindProgram, LooksOnThePath) {
  const auto found = find_program("sh");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->starts_with('/'));
  EXPECT_TRUE(find_program("/bin/sh"));
  EXPECT_FALSE(find_program("no-such-program-here"));
  EXPECT_FALSE(find_program("/bin"));
  EXPECT_FALSE(find_program(""));
}

}  // namespace
}  // namespace causeway::base
