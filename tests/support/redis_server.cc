#include "tests/support/redis_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace contacts::testing {
namespace {

uint16_t FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool taken = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  if (!taken) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

// Reads the server's output until it says that it serves.
void AwaitReady(int out) {
  std::string printed;
  char bytes[4096];
  while (printed.find("Ready to accept connections") == std::string::npos) {
    const ssize_t got = read(out, bytes, sizeof bytes);
    if (got <= 0) throw std::runtime_error("redis-server does not start: " + printed);
    printed.append(bytes, static_cast<size_t>(got));
  }
}

}  // namespace

RedisServer::RedisServer(Security security) : security_(security), port_(FreePort()) {
  signal(SIGPIPE, SIG_IGN);  // as the program does
  if (security_ == Security::kTls) MakeCertificates();
  Start();
}

void RedisServer::Start(const std::vector<std::string>& settings) {
  const std::string port = std::to_string(port_);
  const bool tls = security_ == Security::kTls;
  std::vector<std::string> words = {"redis-server",   "--bind", "127.0.0.1", "--port",
                                    tls ? "0" : port, "--save", "",          "--dir",
                                    dir_.path()};
  if (tls) {
    for (const std::string& word :
         {std::string("--tls-port"), port, std::string("--tls-auth-clients"), std::string("no"),
          std::string("--tls-ca-cert-file"), ca_file(), std::string("--tls-cert-file"),
          dir_.path() + "/redis.crt", std::string("--tls-key-file"), dir_.path() + "/redis.key"}) {
      words.push_back(word);
    }
  }
  words.insert(words.end(), settings.begin(), settings.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int out[2];
  if (pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out[1], STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(out[1]);
  AwaitReady(out[0]);
  close(out[0]);  // it ignores SIGPIPE
}

void RedisServer::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void RedisServer::Pause() const { kill(pid_, SIGSTOP); }
void RedisServer::Continue() const { kill(pid_, SIGCONT); }

void RedisServer::MakeCertificates() const {
  const std::string script =
      "cd '" + dir_.path() +
      "' && for ca in ca other; do openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "
      "$ca.key"
      " -out $ca.crt -subj /CN=$ca; done &&"
      " openssl req -newkey rsa:2048 -nodes -keyout redis.key -out redis.csr -subj /CN=redis &&"
      " printf 'subjectAltName=IP:127.0.0.1' >san && openssl x509 -req -in redis.csr -CA ca.crt"
      " -CAkey ca.key -CAcreateserial -days 2 -extfile san -out redis.crt";
  const std::string quietly = "( " + script + " ) >'" + dir_.path() + "/openssl.out' 2>&1";
  FILE* const made = popen(quietly.c_str(), "r");
  if (made == nullptr || pclose(made) != 0) throw std::runtime_error("no certificates");
}

}  // namespace contacts::testing
