// A bounded LRU map: the entry that was touched longest ago makes room.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace contacts {

// One thread at a time.
template <class Value>
class Lru {
 public:
  // `most`: how many keys are kept; at least one is.
  explicit Lru(size_t most) : most_(most) {}

  // nullptr: the key is not kept.
  Value* Find(const std::string& key) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second->second;
  }
  // Adds the key when it is new, and makes it the newest. The reference is valid until the next
  // Touch or Erase.
  Value& Touch(const std::string& key) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
    } else {
      if (!entries_.empty() && entries_.size() >= most_) DropOldest();
      entries_.emplace_front(key, Value{});
      by_key_[key] = entries_.begin();
    }
    return entries_.front().second;
  }
  // True: the key was kept.
  bool Erase(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return false;
    entries_.erase(found->second);
    by_key_.erase(found);
    return true;
  }
  // The map must not be empty.
  void DropOldest() {
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }

  size_t size() const { return entries_.size(); }
  // The newest first; the value is the second of each pair.
  const std::list<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  const size_t most_;
  std::list<std::pair<std::string, Value>> entries_;
  std::unordered_map<std::string, typename std::list<std::pair<std::string, Value>>::iterator>
      by_key_;
};

}  // namespace contacts
