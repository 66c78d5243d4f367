// A redis-server for one test, on a free port; it ends with the test.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace contacts::testing {

enum class Security { kPlain, kTls };

class RedisServer {
 public:
  // The server answers when this returns. kTls: ca_file() signed its certificate, which is for
  // 127.0.0.1 only.
  explicit RedisServer(Security security = Security::kPlain);
  ~RedisServer() { Kill(); }

  // Starts it again on its port, with `settings` added ("--requirepass", "x"). Its data is empty,
  // because it stores nothing.
  void Start(const std::vector<std::string>& settings = {});
  void Kill();
  // The server keeps its connections and answers nothing until Continue.
  void Pause() const;
  void Continue() const;

  uint16_t port() const { return port_; }
  std::string ca_file() const { return dir_.path() + "/ca.crt"; }
  // Another authority, which signed no certificate here.
  std::string other_ca_file() const { return dir_.path() + "/other.crt"; }

 private:
  void MakeCertificates() const;

  const TempDir dir_;
  const Security security_;
  const uint16_t port_;
  pid_t pid_ = 0;
};

}  // namespace contacts::testing
