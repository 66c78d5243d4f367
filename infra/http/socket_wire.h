#pragma once

#include "infra/http/wire.h"

namespace contacts::http {

// Does not own the descriptor: Pistache closes it.
class SocketWire : public Wire {
 public:
  explicit SocketWire(int fd) : fd_(fd) {}
  ssize_t Write(const iovec* parts, int count) override;
  void EndWriting() override;
  void Shut() override;
  void Abort() override;
  void ResetOnClose() override;
  void KeepUnsent(size_t bytes) override;
  size_t Untaken() const override;
  int descriptor() const override { return fd_; }

 private:
  const int fd_;
};

}  // namespace contacts::http
