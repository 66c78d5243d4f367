#include "tests/infra/http/cross_answers.h"

#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "tests/infra/http/client.h"

namespace contacts::http {
namespace {

constexpr int kClients = 32;
constexpr int kRequestsAConnection = 4;

struct Shared {
  uint16_t port;
  std::atomic<long> left;
  bool until_wrong;
  std::mutex mutex;
  CrossAnswers tally;
};

// One connection; false: a wrong answer came.
bool Visit(Shared* shared, std::mt19937* random, int client, long* number, CrossAnswers* mine) {
  Client connection(shared->port);
  const bool leaves_early = (*random)() % 2 == 0;
  const long requests = leaves_early ? 1 : kRequestsAConnection;
  for (long i = 0; i < requests; ++i) {
    const std::string token = std::to_string(client) + "-" + std::to_string((*number)++);
    const char* way = (*random)() % 2 == 0 ? "/items/" : "/later/";
    if (!connection.Send(Get(way + token))) return true;
    if (leaves_early) {
      if ((*random)() % 2 == 0) connection.ResetOnClose();
      return true;
    }
    const auto answer = connection.Answer();
    if (!answer) return true;
    ++mine->answers;
    if (!answer->body.ends_with("/" + token)) {
      ++mine->wrong;
      mine->first_wrong = "asked for " + token + ", got " + answer->body;
      return false;
    }
  }
  return true;
}

void Run(Shared* shared, int client) {
  std::mt19937 random(static_cast<unsigned>(client) + 1);
  long number = 0;
  CrossAnswers mine;
  while (shared->left.fetch_sub(1) > 0) {
    const long before = number;
    const bool right = Visit(shared, &random, client, &number, &mine);
    shared->left -= number - before - 1;
    if (!right && shared->until_wrong) shared->left = 0;
  }
  const std::lock_guard lock(shared->mutex);
  shared->tally.answers += mine.answers;
  shared->tally.wrong += mine.wrong;
  if (mine.wrong > 0) shared->tally.first_wrong = mine.first_wrong;
}

}  // namespace

CrossAnswers AskAcross(uint16_t port, size_t requests, bool until_wrong) {
  Shared shared{port, static_cast<long>(requests), until_wrong, {}, {}};
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) clients.emplace_back(Run, &shared, i);
  for (std::thread& client : clients) client.join();
  return shared.tally;
}

}  // namespace contacts::http
