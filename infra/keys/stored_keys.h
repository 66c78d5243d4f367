// Keeps the key trees in memory (events/seal/keyring.h) equal to those in the secret store, makes
// trees, erases leaves, and keeps the one rule: no stored node covers an erased leaf. Whoever sees
// one splits it, so a crash, a node that comes back and two instances that erase at once are
// mended alike.
//
// A leaf is erased when its marker is stored, or history says so. A node that is absent erases
// nothing: its leaves are lost, which is a fault.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/seal/keyring.h"
#include "events/seal/store_keys.h"
#include "events/secret_store.h"
#include "events/values/result.h"
#include "infra/base/growing_pause.h"
#include "infra/keys/tree_repairs.h"
#include "infra/keys/tree_writer.h"

namespace contacts {

// Any thread.
class StoredKeys {
 public:
  using Time = std::chrono::milliseconds;
  struct Options {
    // How long a node that covers a leaf which another instance erased is left to that instance,
    // and the longest pause, at random, that is added. Zero where there is no other instance.
    Time others_after = std::chrono::minutes(1);
    Time at_random = std::chrono::minutes(1);
    Time first_retry{200};
    Time longest_retry{30'000};
    bool writes = true;  // false: the rule is left to those who may write
  };

  // Loads all trees into the keyring. Both must outlive this object, which alone uses the store's
  // OnChange and the keyring's OnAsk. A store with a fault is opened, too: Fault says so, and no
  // question of the keyring is answered until the store was read. The error: the store does not
  // answer.
  static Result<std::unique_ptr<StoredKeys>> Open(SecretStore& store, seal::Keyring& keyring,
                                                  Options options);
  ~StoredKeys();

  // The tree of a tenant without keys in its history: the smallest that is there, or a new one.
  // Durable when it returns, and split for all leaves that are erased. Blocks; tries again until
  // the store has acknowledged. The error: Stop was called, or nothing may be written.
  Result<seal::TreeId> EnsureTree(const TenantId& tenant);

  // Erases the leaf in every tree of the tenant. Blocks, tries again and fails like EnsureTree.
  Result<bool> Erase(const TenantId& tenant, seal::Leaf leaf);

  // History erased the leaf. The keyring answers so at once, even if the marker was lost; the store
  // is mended as after an erasure by another instance. Never waits.
  void NoteErased(const TenantId& tenant, seal::Leaf leaf);

  // Looks for nodes that cover erased leaves, of all tenants, as soon as possible. Never waits.
  void Repair();

  // Ends all waiting for the store, for the end of the process.
  void Stop();

  // For the operator: why keys cannot be read; why trees and erasures wait. Empty: no fault.
  std::string Fault() const;
  std::string Warning() const;

 private:
  using Clock = std::chrono::steady_clock;

  StoredKeys(SecretStore& store, seal::Keyring& keyring, Options options);
  template <class Step>
  auto UntilDone(const Step& step) -> decltype(step());
  bool Pause(Time time);

  Result<bool> Load();
  void Note(std::string_view id, const std::optional<std::string_view>& secret);
  void Take(std::string_view id, const std::optional<std::string_view>& secret);

  void Run();
  Clock::time_point NextWork() const;
  void Answer();
  void FindWork();
  void DoOne();
  void NoteRead(const Result<bool>& read);

  SecretStore& store_;
  seal::Keyring& keyring_;
  const Options options_;

  std::mutex writing_;  // held by the one thread that writes to the store; before mutex_
  TreeWriter writer_;

  mutable std::mutex mutex_;  // guards what follows; held while no call of the store is made
  std::condition_variable changed_;
  bool stopping_ = false;
  bool loaded_ = false;
  // Changes that came while the trees were loaded.
  std::vector<std::pair<std::string, std::optional<std::string>>> early_;
  std::string not_read_;        // why the store was not read at the newest try; empty: it was
  std::string not_written_;     // the same for writing
  std::set<TenantId> altered_;  // a node of theirs has two seeds
  TreeRepairs repairs_;
  Clock::time_point read_at_{};   // the thread leaves the store alone until then,
  Clock::time_point write_at_{};  // and writes nothing until then
  GrowingPause read_retry_;
  GrowingPause write_retry_;
  int callers_ = 0;
  std::thread thread_;
};

}  // namespace contacts
