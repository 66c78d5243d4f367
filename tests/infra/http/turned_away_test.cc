// Too many connections, in total or from one address.
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"

namespace contacts::http {
namespace {

ServerOptions Options() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.access_log = false;
  return options;
}

bool IsServed(Client* client) {
  client->Send(Get("/echo"));
  const auto answer = client->Answer();
  return answer && answer->body == "/echo||";
}

TEST(TurnedAway, OneTooManyGets503) {
  ServerOptions options = Options();
  options.max_connections = 3;
  options.max_connections_per_address = 0;
  Server server(options, EchoRouter());
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    ASSERT_TRUE(IsServed(&clients.back()));
  }
  Client refused(server.port());
  const auto answer = refused.Answer();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(refused.WaitForEnd());
  EXPECT_TRUE(IsServed(&clients[0]));
}

// Each client that is turned away costs a descriptor until it has taken its 503: a flood of them
// would leave none for the rest of the program.
TEST(TurnedAway, AFloodBeyondTheLimitIsCutOff) {
  ServerOptions options = Options();
  options.max_connections = 3;
  options.max_connections_per_address = 0;
  Server server(options, EchoRouter());
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    ASSERT_TRUE(IsServed(&clients.back()));
  }
  std::vector<Client> flood;
  for (int i = 0; i < 300; ++i) flood.emplace_back(server.port());
  size_t refused = 0;
  for (Client& client : flood) {
    const auto answer = client.Answer();
    if (answer) {
      EXPECT_EQ(answer->status, 503);
      ++refused;
    }
    EXPECT_TRUE(client.WaitForEnd());
  }
  EXPECT_GT(refused, 0u);
  EXPECT_LT(refused, 300u);
  EXPECT_TRUE(IsServed(&clients[0]));
}

// The clients of this address are turned away, and others are served.
TEST(TurnedAway, OneAddressDoesNotGetAllConnections) {
  ServerOptions options = Options();
  options.max_connections = 100;
  options.max_connections_per_address = 5;
  options.trusted_proxies = {"127.0.0.3"};
  Server server(options, EchoRouter());
  std::vector<Client> clients;
  for (int i = 0; i < 5; ++i) {
    clients.emplace_back(server.port(), 0, "127.0.0.1");
    ASSERT_TRUE(IsServed(&clients.back()));
  }
  for (size_t i = 1; i <= 3; ++i) {
    Client refused(server.port(), 0, "127.0.0.1");
    const auto answer = refused.Answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_NE(answer->body.find("from this address"), std::string::npos);
    EXPECT_TRUE(refused.WaitForEnd());
    EXPECT_EQ(server.counts().turned_away, i);
  }
  Client other(server.port(), 0, "127.0.0.2");
  EXPECT_TRUE(IsServed(&other));
  std::vector<Client> proxy;
  for (int i = 0; i < 10; ++i) {
    proxy.emplace_back(server.port(), 0, "127.0.0.3");
    EXPECT_TRUE(IsServed(&proxy.back()));
  }
  clients.pop_back();
  while (server.counts().connections > 4 + 1 + 10) std::this_thread::yield();
  Client again(server.port(), 0, "127.0.0.1");
  EXPECT_TRUE(IsServed(&again));
}

TEST(TurnedAway, AnAddressGetsAQuarterByDefault) {
  ServerOptions options = Options();
  options.max_connections = 8;
  Server server(options, EchoRouter());
  Client first(server.port());
  Client second(server.port());
  EXPECT_TRUE(IsServed(&first));
  EXPECT_TRUE(IsServed(&second));
  Client third(server.port());
  EXPECT_EQ(third.Answer().value_or(ReadAnswer{}).status, 503);
}

TEST(TurnedAway, AFloodOfOneAddressIsCutOff) {
  ServerOptions options = Options();
  options.max_connections = 1000;
  options.max_connections_per_address = 3;
  Server server(options, EchoRouter());
  std::vector<Client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(server.port());
    ASSERT_TRUE(IsServed(&clients.back()));
  }
  std::vector<Client> flood;
  for (int i = 0; i < 200; ++i) flood.emplace_back(server.port());
  size_t refused = 0;
  for (Client& client : flood) {
    if (client.Answer()) ++refused;
    EXPECT_TRUE(client.WaitForEnd());
  }
  EXPECT_GT(refused, 0u);
  EXPECT_LT(refused, 200u);
  EXPECT_EQ(server.counts().turned_away, 200u);
  EXPECT_TRUE(IsServed(&clients[0]));
}

// The address was counted when its connection came, and became a trusted proxy before it went: it
// was never subtracted.
TEST(TurnedAway, AnAddressIsCountedRightWhenItsTrustChanges) {
  ServerOptions options = Options();
  options.max_connections_per_address = 1;
  Server server(options, EchoRouter());
  {
    Client counted(server.port());
    ASSERT_TRUE(IsServed(&counted));
    options.trusted_proxies = {"127.0.0.1"};
    server.Tune(options);
    Client trusted(server.port());
    ASSERT_TRUE(IsServed(&trusted));
  }
  while (server.counts().connections > 0) std::this_thread::yield();
  options.trusted_proxies = {};
  server.Tune(options);
  Client alone(server.port());
  EXPECT_TRUE(IsServed(&alone));
  Client second(server.port());
  const auto refused = second.Answer();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
}

TEST(TurnedAway, AWrongProxyChangesNothing) {
  ServerOptions options = Options();
  Server server(options, EchoRouter());
  options.trusted_proxies = {"nonsense"};
  EXPECT_THROW(server.Tune(options), std::runtime_error);
  Client client(server.port());
  EXPECT_TRUE(IsServed(&client));
}

}  // namespace
}  // namespace contacts::http
