#include "infra/node/signals.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace contacts {
namespace {

// A signal that came while the service was announced: the next one no longer ended the process.
TEST(SignalsDeathTest, ASignalBeforeTheServiceIsAnnouncedIsNotForgotten) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  const auto signalled_twice = [] {
    Signals signals;
    signals.Serving();
    kill(getpid(), SIGTERM);
    if (signals.WaitFor(std::chrono::seconds(30)) != SIGTERM) std::_Exit(2);
    signals.Serving();
    kill(getpid(), SIGTERM);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    std::_Exit(3);  // only a broken build gets here
  };
  EXPECT_EXIT(signalled_twice(), ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace contacts
