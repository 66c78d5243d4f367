#include "infra/kafka/secret_table.h"

#include <algorithm>
#include <utility>

#include "events/seal/wrapping.h"
#include "infra/base/log.h"
#include "infra/base/wipe.h"

namespace contacts::kafka {
namespace {

// A wrapped value is judged by whoever has the master key (infra/keys/wrapped_secrets.h).
bool IsOurs(const LogEntry& entry) {
  const bool is_plain = seal::FormOf(entry.value) == seal::ValueForm::kPlain;
  return !is_plain || entry.value.empty() || IsSecretOf(entry.key, entry.value);
}

}  // namespace

SecretTable::~SecretTable() {
  DropAside();
  for (auto& [id, secret] : secrets_) Wipe(&secret);
}

std::optional<std::string> SecretTable::Find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = secrets_.find(id);
  return found == secrets_.end() ? std::nullopt : std::optional(found->second);
}

void SecretTable::Scan(std::string_view prefix, const SecretStore::Visit& visit) const {
  const std::lock_guard lock(mutex_);
  for (auto it = secrets_.lower_bound(prefix);
       it != secrets_.end() && it->first.starts_with(prefix); ++it) {
    visit(it->first, it->second);
  }
}

void SecretTable::OnChange(SecretStore::Changed changed) {
  const std::lock_guard lock(changed_mutex_);
  changed_ = std::move(changed);
}

void SecretTable::Take(const std::vector<LogEntry>& entries) {
  for (const LogEntry& entry : entries) {
    if (!IsOurs(entry)) {
      log::Warn("kafka: an entry of the topic of password hashes was not written by Contacts",
                {{"offset", std::to_string(entry.offset.value)}, {"credential", entry.key}});
    } else if (aside_) {
      PutAside(entry);
    } else {
      Note(entry.key, entry.value);
    }
  }
}

void SecretTable::TakeAgain() {
  DropAside();
  aside_.emplace();
}

void SecretTable::TakeWhole() {
  if (!aside_) return;
  std::vector<std::pair<Offset, std::string>> put;
  std::vector<std::string> gone;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, now] : *aside_) {
      const auto before = secrets_.find(id);
      if (before == secrets_.end() || before->second != now.secret) {
        put.emplace_back(now.offset, id);
      }
    }
    for (const auto& [id, secret] : secrets_) {
      if (!aside_->contains(id)) gone.push_back(id);
    }
  }
  std::ranges::sort(put);
  for (const auto& [offset, id] : put) Note(id, aside_->at(id).secret);
  for (const std::string& id : gone) Note(id, "");
  DropAside();
}

// `secret`: empty erases.
void SecretTable::Note(const std::string& id, const std::string& secret) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = secrets_.find(id);
    if (found != secrets_.end()) {
      Wipe(&found->second);
      if (secret.empty()) secrets_.erase(found);
    }
    if (!secret.empty()) secrets_.insert_or_assign(id, secret);
  }
  const std::lock_guard lock(changed_mutex_);
  if (!changed_) return;
  changed_(id, secret.empty() ? std::nullopt : std::optional(std::string_view(secret)));
}

void SecretTable::PutAside(const LogEntry& entry) {
  const auto found = aside_->find(entry.key);
  if (found != aside_->end()) {
    Wipe(&found->second.secret);
    aside_->erase(found);
  }
  if (!entry.value.empty()) aside_->emplace(entry.key, Aside{entry.offset, entry.value});
}

void SecretTable::DropAside() {
  if (!aside_) return;
  for (auto& [id, one] : *aside_) Wipe(&one.secret);
  aside_.reset();
}

}  // namespace contacts::kafka
