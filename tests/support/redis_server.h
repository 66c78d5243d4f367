// A redis-server of its own for a test, on a free port, gone with the test.
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
  // Answers when it is made. kTls: its certificate, for 127.0.0.1 alone, is vouched for by
  // ca_file().
  explicit RedisServer(Security security = Security::kPlain);
  ~RedisServer() { Kill(); }

  // Again on the same port, with what `settings` add ("--requirepass", "x"); empty, as nothing is
  // kept.
  void Start(const std::vector<std::string>& settings = {});
  void Kill();
  // It keeps its connections and answers nothing, until it goes on.
  void Pause() const;
  void Continue() const;

  uint16_t port() const { return port_; }
  std::string ca_file() const { return dir_.path() + "/ca.crt"; }
  // Another authority, which vouched for nothing here.
  std::string other_ca_file() const { return dir_.path() + "/other.crt"; }

 private:
  void MakeCertificates() const;

  const TempDir dir_;
  const Security security_;
  const uint16_t port_;
  pid_t pid_ = 0;
};

}  // namespace contacts::testing
