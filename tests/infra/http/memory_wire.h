// A connection without a socket: the test hands bytes in, and its output is collected.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "infra/http/connection.h"

namespace contacts::http {

struct MemoryState {
  std::string written;
  size_t room = SIZE_MAX;  // bytes that the wire still takes
  bool gone = false;       // writing fails from now on
  bool ended = false;      // EndWriting was called
  bool shut = false;
  bool aborted = false;
  bool resets = false;  // ResetOnClose was called
  size_t untaken = 0;   // written bytes that the client has not acknowledged
  int waits_to_write = 0;
  int reads_again = 0;
};

class MemoryWire : public Wire {
 public:
  explicit MemoryWire(std::shared_ptr<MemoryState> state) : state_(std::move(state)) {}
  ssize_t Write(const iovec* parts, int count) override {
    if (state_->gone) return -1;
    size_t taken = 0;
    for (int i = 0; i < count; ++i) {
      const size_t size = std::min(parts[i].iov_len, state_->room);
      state_->written.append(static_cast<const char*>(parts[i].iov_base), size);
      state_->room -= size;
      taken += size;
    }
    return static_cast<ssize_t>(taken);
  }
  void EndWriting() override { state_->ended = true; }
  void Shut() override { state_->shut = true; }
  void Abort() override { state_->aborted = true; }
  void ResetOnClose() override { state_->resets = true; }
  void KeepUnsent(size_t) override {}
  int descriptor() const override { return -1; }
  size_t Untaken() const override { return state_->untaken; }

 private:
  std::shared_ptr<MemoryState> state_;
};

class MemoryConnectionCallbacks : public ConnectionCallbacks {
 public:
  explicit MemoryConnectionCallbacks(std::shared_ptr<MemoryState> state)
      : state_(std::move(state)) {}
  void WhenWritable(const std::shared_ptr<Connection>&) override { ++state_->waits_to_write; }
  void ReadAgain(const std::shared_ptr<Connection>&) override { ++state_->reads_again; }

 private:
  std::shared_ptr<MemoryState> state_;
};

// Uses a connection as the worker does: asks before it reads, and closes at the end.
class MemoryClient {
 public:
  explicit MemoryClient(std::shared_ptr<ServerShared> shared,
                        std::string_view address = "192.0.2.7")
      : state_(std::make_shared<MemoryState>()),
        connection_(std::make_shared<Connection>(
            std::move(shared), std::make_shared<MemoryConnectionCallbacks>(state_),
            std::make_unique<MemoryWire>(state_), ReadAddress(address).value())) {}
  ~MemoryClient() { connection_->Closed(); }

  // False: the connection did not want to read it.
  bool Send(std::string_view bytes) {
    if (!connection_->WantsInput()) return false;
    connection_->Input(bytes);
    connection_->WantsInput();  // lets it handle its leftover
    return true;
  }
  const std::string& written() const { return state_->written; }
  MemoryState& state() { return *state_; }
  Connection& connection() { return *connection_; }
  bool closing() const { return state_->ended || state_->shut || state_->aborted; }

 private:
  std::shared_ptr<MemoryState> state_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace contacts::http
