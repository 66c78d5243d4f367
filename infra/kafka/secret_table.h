// What a compacted topic of secrets says: the newest value of each key.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/event_log.h"
#include "events/secret_store.h"

namespace contacts::kafka {

// Any thread may read; one thread takes what the topic holds (infra/kafka/topic_thread.h). What
// goes is overwritten in memory. An entry whose plain value does not fit its id is skipped; wrapped
// ones (events/seal/wrapping.h) are left to their reader.
class SecretTable {
 public:
  ~SecretTable();

  // nullopt: unknown or erased.
  std::optional<std::string> Find(std::string_view id) const;
  // As SecretStore::Scan.
  void Scan(std::string_view prefix, const SecretStore::Visit& visit) const;
  // Called with each change from now on; as SecretStore::OnChange.
  void OnChange(SecretStore::Changed changed);

  void Take(const std::vector<LogEntry>& entries);
  // What is taken from now on is put aside, until TakeWhole.
  void TakeAgain();
  // The topic holds what was put aside, and nothing else: all that differs is a change. Those that
  // put come first, because an erasure puts the nodes that stay before it erases the one above.
  void TakeWhole();

 private:
  struct Aside {
    Offset offset{0};
    std::string secret;
  };

  void Note(const std::string& id, const std::string& secret);
  void PutAside(const LogEntry& entry);
  void DropAside();

  mutable std::mutex mutex_;  // guards secrets_
  std::map<std::string, std::string, std::less<>> secrets_;
  std::mutex changed_mutex_;  // held while changed_ is called
  SecretStore::Changed changed_;
  // Of the thread that takes.
  std::optional<std::map<std::string, Aside>> aside_;
};

}  // namespace contacts::kafka
