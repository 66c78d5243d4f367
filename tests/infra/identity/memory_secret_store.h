// A store of secrets in memory, for tests.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "events/secret_store.h"

namespace contacts {

// Any thread; fails when told to.
class MemorySecretStore : public SecretStore {
 public:
  Result<bool> Put(std::string_view id, std::string_view secret) override {
    std::lock_guard lock(mutex_);
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    secrets[std::string(id)] = secret;
    if (changed_) changed_(id, secret);
    return true;
  }
  Result<std::optional<std::string>> Get(std::string_view id) override {
    std::lock_guard lock(mutex_);
    ++gets;
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    const auto found = secrets.find(std::string(id));
    if (found == secrets.end()) return std::optional<std::string>();
    return std::optional<std::string>(found->second);
  }
  Result<bool> Erase(std::string_view id) override {
    std::lock_guard lock(mutex_);
    secrets.erase(std::string(id));
    if (changed_) changed_(id, std::nullopt);
    return true;
  }
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override {
    std::lock_guard lock(mutex_);
    if (failing) return Error{ErrorCode::kUnavailable, "disk"};
    for (auto it = secrets.lower_bound(std::string(prefix));
         it != secrets.end() && it->first.starts_with(prefix); ++it) {
      visit(it->first, it->second);
    }
    return true;
  }
  void OnChange(Changed changed) override {
    std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
  }
  std::map<std::string, std::string> secrets;
  bool failing = false;
  int gets = 0;

 private:
  std::mutex mutex_;
  Changed changed_;
};

}  // namespace contacts
