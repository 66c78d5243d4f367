// Two instances on one log, each with read models of its own, all on disks in memory whose power
// can be cut. One thread uses them.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/infra/api/one_instance.h"
#include "tests/support/fault_env.h"

namespace contacts::api {

class TwoInstances {
 public:
  TwoInstances() {
    for (size_t i = 0; i < sides_.size(); ++i) Start(i);
  }

  OneInstance& at(size_t i) { return *sides_[i].instance; }
  Received Send(size_t i, const std::string& method, const std::string& target,
                std::vector<http::Header> headers, const std::string& body) {
    Side& side = sides_[i];
    if (!side.client) side.client = std::make_unique<Client>(side.instance->port());
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    Received received = side.client->Send(method, target, headers, body);
    if (received.Header("connection") == "close") side.client.reset();
    return received;
  }
  // Sends the request on a connection of its own. Nobody reads the answer.
  void Begin(size_t i, const std::string& method, const std::string& target,
             std::vector<http::Header> headers, const std::string& body) {
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    unread_.push_back(std::make_unique<Client>(at(i).port()));
    unread_.back()->Begin(method, target, headers, body);
  }

  // The instance ends where it stands, and what its read models had not synced is lost.
  void Crash(size_t i) {
    sides_[i].disk.CutPower();
    End(i);
    sides_[i].disk.RestorePower();
    Start(i);
  }
  // The power of the machine fails: both instances end, and nothing that was not synced is there
  // any more, neither of their read models nor of the log.
  void CutPower() {
    log_disk_.CutPower();
    for (Side& side : sides_) side.disk.CutPower();
    for (size_t i = 0; i < sides_.size(); ++i) End(i);
    shared_.CloseLog();
    log_disk_.RestorePower();
    for (Side& side : sides_) side.disk.RestorePower();
    shared_.OpenLog();
    for (size_t i = 0; i < sides_.size(); ++i) Start(i);
  }
  // The instance ends, and makes its read models anew from the log.
  void Rebuild(size_t i) {
    End(i);
    Remove(sides_[i].disk.env(), kViews);
    Start(i);
  }

 private:
  static constexpr const char* kViews = "/views";

  struct Side {
    testing::FaultEnv disk;
    std::unique_ptr<OneInstance> instance;
    std::unique_ptr<Client> client;
  };

  void Start(size_t i) {
    OneInstanceOptions options{.views = {.directory = kViews, .env = sides_[i].disk.env()}};
    options.password_bytes = 64 << 10;
    options.asks_end = true;
    sides_[i].instance = std::make_unique<OneInstance>(shared_, options);
  }
  void End(size_t i) {
    sides_[i].instance.reset();
    sides_[i].client.reset();
    unread_.clear();
  }
  static void Remove(rocksdb::Env* env, const std::string& directory) {
    std::vector<std::string> names;
    (void)env->GetChildren(directory, &names);
    for (const std::string& name : names) (void)env->DeleteFile(directory + "/" + name);
  }

  testing::FaultEnv log_disk_;
  seal::Keyring keys_;
  SharedLog shared_{log_disk_.env(), keys_};
  std::array<Side, 2> sides_;
  std::vector<std::unique_ptr<Client>> unread_;
};

}  // namespace contacts::api
