#include "base/shutdown.hpp"

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "base/file_descriptor.hpp"
#include "base/log.hpp"

namespace causeway::base {
namespace {

sigset_t shutdown_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

struct ShutdownSignal::Impl {
  std::stop_source source;
  sigset_t previous_mask{};
  struct sigaction previous_pipe {};
  FileDescriptor signals;
  std::stop_source ending;  // of the thread below
  std::thread thread;

  void watch() {
    const StopDescriptor end(ending.get_token());
    pollfd polled[2] = {{signals.get(), POLLIN, 0}, {end.fd(), POLLIN, 0}};
    for (;;) {
      if (::poll(polled, 2, -1) < 0 && errno != EINTR) return;
      if (polled[1].revents != 0) return;
      if ((polled[0].revents & POLLIN) == 0) continue;
      signalfd_siginfo info{};
      if (::read(signals.get(), &info, sizeof info) != sizeof info) continue;
      log::info("stopping on a signal", {{"signal", info.ssi_signo == SIGTERM ? "SIGTERM" : "SIGINT"}});
      source.request_stop();
    }
  }
};

ShutdownSignal::ShutdownSignal() : impl_(std::make_unique<Impl>()) {
  const sigset_t set = shutdown_signals();
  if (const int error = ::pthread_sigmask(SIG_BLOCK, &set, &impl_->previous_mask); error != 0) {
    throw std::system_error(error, std::generic_category(), "pthread_sigmask");
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &impl_->previous_pipe);
  impl_->signals.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!impl_->signals) throw std::system_error(errno, std::generic_category(), "signalfd");
  impl_->thread = std::thread([impl = impl_.get()] { impl->watch(); });
  ::pthread_setname_np(impl_->thread.native_handle(), "signals");
}

ShutdownSignal::~ShutdownSignal() {
  impl_->ending.request_stop();
  impl_->thread.join();
  ::sigaction(SIGPIPE, &impl_->previous_pipe, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &impl_->previous_mask, nullptr);
}

std::stop_token ShutdownSignal::token() const {
  return impl_->source.get_token();
}

void ShutdownSignal::trigger() {
  impl_->source.request_stop();
}

void ShutdownSignal::wait() {
  const StopDescriptor stop(impl_->source.get_token());
  pollfd polled{stop.fd(), POLLIN, 0};
  while (::poll(&polled, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace causeway::base
