// Secrets that several instances share, as in a topic: one order of changes, which each instance
// reads when it likes. Every fault is put between the product and its store.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/secret_store.h"

namespace contacts::testing {

// Outlives its instances, like a disk. Any thread.
class SharedSecrets {
 public:
  using Change = std::pair<std::string, std::optional<std::string>>;

  void Append(std::string_view id, const std::optional<std::string_view>& secret) {
    const std::lock_guard lock(mutex_);
    changes_.emplace_back(id, secret ? std::optional(std::string(*secret)) : std::nullopt);
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return changes_.size();
  }
  std::vector<Change> From(size_t begin) const {
    const std::lock_guard lock(mutex_);
    return {changes_.begin() + static_cast<std::ptrdiff_t>(begin), changes_.end()};
  }
  // What is left when all changes but the newest of each id are compacted away.
  std::map<std::string, std::string> Now() const {
    std::map<std::string, std::string> now;
    for (const auto& [id, secret] : From(0)) {
      now.erase(id);
      if (secret) now.emplace(id, *secret);
    }
    return now;
  }
  void Compact() {
    const auto now = Now();
    const std::lock_guard lock(mutex_);
    changes_.assign(now.begin(), now.end());
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
};

// One instance's store. Any thread.
class SharedSecretStore : public SecretStore {
 public:
  explicit SharedSecretStore(SharedSecrets& shared) : shared_(shared) {}

  enum class Fate { kDone, kLost, kUnacknowledged };
  // Decides on each change; kLost: it is not made; kUnacknowledged: it is, but the caller gets an
  // error. Set it before other threads use the store.
  std::function<Fate()> fate = [] { return Fate::kDone; };
  void SetFault(std::string fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
  }

  Result<bool> Put(std::string_view id, std::string_view secret) override {
    return Write(id, secret);
  }
  Result<bool> Erase(std::string_view id) override { return Write(id, std::nullopt); }
  Result<std::optional<std::string>> Get(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    ReadOn();
    const auto found = table_.find(std::string(id));
    return found == table_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override {
    const std::lock_guard lock(mutex_);
    if (!fault_.empty()) return Broken();
    for (const auto& [id, secret] : table_) {
      if (id.starts_with(prefix)) visit(id, secret);
    }
    return true;
  }
  void OnChange(Changed changed) override {
    const std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
  }
  Result<bool> CatchUp() override {
    const std::lock_guard lock(mutex_);
    if (!fault_.empty()) return Broken();
    ReadOn();
    return true;
  }
  std::string Fault() const override {
    const std::lock_guard lock(mutex_);
    return fault_;
  }

 private:
  Error Broken() const { return Error{ErrorCode::kUnavailable, fault_}; }
  Result<bool> Write(std::string_view id, const std::optional<std::string_view>& secret) {
    const std::lock_guard lock(mutex_);
    if (!fault_.empty()) return Broken();
    const Fate met = fate();
    if (met != Fate::kLost) shared_.Append(id, secret);
    if (met != Fate::kDone) return Error{ErrorCode::kUnavailable, "no answer in time"};
    ReadOn();
    return true;
  }
  void ReadOn() {
    for (const auto& [id, secret] : shared_.From(read_)) {
      ++read_;
      table_.erase(id);
      if (secret) table_.emplace(id, *secret);
      if (changed_) {
        changed_(id, secret ? std::optional(std::string_view(*secret)) : std::nullopt);
      }
    }
  }

  SharedSecrets& shared_;
  mutable std::mutex mutex_;
  std::string fault_;
  size_t read_ = 0;
  std::map<std::string, std::string> table_;
  Changed changed_;
};

}  // namespace contacts::testing
