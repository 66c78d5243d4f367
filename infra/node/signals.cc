#include "infra/node/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

#include "infra/base/log.h"
#include "infra/base/thread_name.h"

namespace contacts {
namespace {

sigset_t HeardSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

void Signals::HoldHangups() {
  sigset_t hangup;
  sigemptyset(&hangup);
  sigaddset(&hangup, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &hangup, nullptr);
}

Signals::Signals() {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = HeardSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Run(); });
}

Signals::~Signals() {
  stopping_ = true;
  pthread_kill(thread_.native_handle(), SIGHUP);
  thread_.join();
}

void Signals::RemoveAtTheEnd(std::string path) {
  const std::lock_guard lock(mutex_);
  path_ = std::move(path);
}

void Signals::Serving() {
  const std::lock_guard lock(mutex_);
  if (phase_ == Phase::kStarting) phase_ = Phase::kServing;  // it may be going down already
}

void Signals::GoingDown() {
  const std::lock_guard lock(mutex_);
  phase_ = Phase::kGoingDown;
}

int Signals::WaitFor(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return came_ != 0; });
  return came_;
}

void Signals::Run() {
  NameThread("signals");
  const sigset_t signals = HeardSignals();
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (stopping_) return;
    if (signal == SIGHUP) {
      NoteHangup();
      continue;
    }
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::kServing) End(signal, phase_);
    phase_ = Phase::kGoingDown;
    came_ = signal;
    changed_.notify_all();
  }
}

void Signals::NoteHangup() {
  const std::lock_guard lock(mutex_);
  if (phase_ == Phase::kGoingDown) {
    return log::Info("SIGHUP came while going down: nothing is read again");
  }
  if (phase_ == Phase::kStarting) {
    log::Info("SIGHUP came while starting: the settings are read again once all parts are there");
  }
  hung_up_ = true;
}

void Signals::End(int signal, Phase phase) {
  unlink(path_.c_str());
  // No log line: the reader of the log may be what blocks the process.
  if (phase == Phase::kGoingDown) _exit(1);
  // The log may block here, too: then the next signal ends the process without this thread.
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGINT, SIG_DFL);
  sigset_t signals = HeardSignals();
  sigdelset(&signals, SIGHUP);  // it ends nothing, and a start that failed sends one to this thread
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  log::Info("going down before the start was complete", {{"signal", std::to_string(signal)}});
  log::Stop();
  _exit(0);
}

}  // namespace contacts
