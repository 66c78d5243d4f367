// A process without descriptors for further clients.
#include "infra/http/acceptor.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <vector>

#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

void Rest(milliseconds time) { ::poll(nullptr, 0, static_cast<int>(time.count())); }

bool Becomes(const std::function<bool()>& so) {
  for (int i = 0; i < 1000; ++i) {
    if (so()) return true;
    Rest(milliseconds(10));
  }
  return false;
}

double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

bool IsAnswered(Client* client) {
  client->Send(Get("/echo"));
  const auto answer = client->Answer();
  return answer && answer->status == 200;
}

class Descriptors : public ::testing::Test {
 protected:
  Descriptors() { getrlimit(RLIMIT_NOFILE, &before_); }
  ~Descriptors() override { setrlimit(RLIMIT_NOFILE, &before_); }

  static rlim_t FirstFree() {
    const int fd = ::dup(0);
    ::close(fd);
    return static_cast<rlim_t>(fd);
  }
  // Only now, because a server that starts raises the limit.
  void Limit(rlim_t most) {
    rlimit limit = before_;
    limit.rlim_cur = most;
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }

  rlimit before_{};
};

// Pistache's accepting loop took a third of a processor, and logged nothing.
TEST_F(Descriptors, WithoutAnyAcceptingPausesAndGoesOn) {
  Server server(SmallLimits(), EchoRouter());
  Client established(server.port());
  ASSERT_TRUE(IsAnswered(&established));
  EXPECT_EQ(server.Trouble(), "");
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(server.port());
  ASSERT_TRUE(Becomes([&] { return server.counts().connections == 21; }));
  // The next client's own descriptor is the last one.
  Limit(FirstFree() + 1);
  Client waits(server.port());
  ASSERT_TRUE(Becomes([&] { return !server.Trouble().empty(); }));
  EXPECT_NE(server.Trouble().find("LimitNOFILE"), std::string::npos) << server.Trouble();
  EXPECT_EQ(server.counts().accept_pauses, 1u);

  const double used = ProcessorSeconds();
  Rest(milliseconds(1000));
  EXPECT_LT(ProcessorSeconds() - used, 0.2);
  EXPECT_EQ(server.counts().accept_pauses, 1u) << "one pause, however long";
  EXPECT_TRUE(IsAnswered(&established));

  setrlimit(RLIMIT_NOFILE, &before_);
  EXPECT_TRUE(IsAnswered(&waits)) << "it was kept in the kernel's queue";
  EXPECT_TRUE(Becomes([&] { return server.Trouble().empty(); }));
}

// Storage that cannot open its files stops for good.
TEST_F(Descriptors, ConnectionsLeaveSomeToTheRestOfTheProcess) {
  Server server(SmallLimits(), EchoRouter());
  Client established(server.port());
  ASSERT_TRUE(IsAnswered(&established));
  const rlim_t limit = 2 * (FirstFree() + 20);
  Limit(limit);
  std::vector<Client> clients;
  for (int i = 0; i < 60 && server.Trouble().empty(); ++i) {
    clients.emplace_back(server.port());
    Rest(milliseconds(1));
  }
  ASSERT_TRUE(Becomes([&] { return !server.Trouble().empty(); }));
  EXPECT_LT(server.counts().connections, 21u);
  EXPECT_GE(server.counts().connections, 5u);
  EXPECT_LE(FirstFree(), limit / 2 + clients.size());
  EXPECT_TRUE(IsAnswered(&established));

  clients.clear();
  ASSERT_TRUE(Becomes([&] { return server.counts().connections == 1; }));
  EXPECT_TRUE(Becomes([&] { return server.Trouble().empty(); }));
  Client again(server.port());
  EXPECT_TRUE(IsAnswered(&again));
}

TEST_F(Descriptors, AStopWhileAcceptingPausesEndsImmediately) {
  Server server(SmallLimits(), EchoRouter());
  Limit(FirstFree() + 1);
  Client waits(server.port());
  ASSERT_TRUE(Becomes([&] { return !server.Trouble().empty(); }));
  EXPECT_TRUE(server.Drain(milliseconds(1000)));
  EXPECT_TRUE(waits.WaitForEnd());
}

// A browser that takes ::1 for `localhost` found no server there.
TEST(Acceptor, ServesLocalhostOnBothOfItsAddresses) {
  std::atomic<int> taken{0};
  Acceptor acceptor("http", "localhost:0", 0);
  acceptor.Start([&](int fd) {
    ::close(fd);
    ++taken;
  });
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(acceptor.port());
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(acceptor.port());
  v6.sin6_addr = in6addr_loopback;
  const auto connects = [](const auto& to) {
    const int fd = ::socket(reinterpret_cast<const sockaddr&>(to).sa_family, SOCK_STREAM, 0);
    const int failed = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    const int cause = failed == 0 ? 0 : errno;
    ::close(fd);
    return cause;
  };
  EXPECT_EQ(connects(v4), 0);
  const int of_v6 = connects(v6);
  // A machine without IPv6 does not have ::1.
  const bool has_v6 = of_v6 != EADDRNOTAVAIL && of_v6 != ENETUNREACH && of_v6 != EBADF;
  EXPECT_EQ(has_v6 ? of_v6 : 0, 0);
  EXPECT_TRUE(Becomes([&] { return taken == (has_v6 ? 2 : 1); }));
}

TEST(Acceptor, SaysWhichNameItDoesNotFind) {
  try {
    const Acceptor acceptor("http", "no.such.name.invalid:0", 0);
    FAIL() << "it listens on a name that nobody has";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no.such.name.invalid:0: "), std::string::npos);
  }
}

}  // namespace
}  // namespace contacts::http
