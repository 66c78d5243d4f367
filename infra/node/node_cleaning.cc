// What a node does so that the bytes of erased people leave it.
#include <filesystem>

#include "infra/node/node.h"

namespace contacts {
namespace {

// What a restore put aside; its keys open what the erasures of today have closed.
std::vector<std::string> KeptByRestores(const std::string& directory) {
  std::vector<std::string> kept;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(directory, fault)) {
    const std::string path = entry.path().string();
    if (path.find(".before-epoch-", directory.size()) != std::string::npos) kept.push_back(path);
  }
  return kept;
}

}  // namespace

Cleaning::Parts Node::CleaningParts() {
  Cleaning::Parts parts;
  parts.erasures = [this] { return ErasuresIn(views); };
  parts.cleaned = [this] { return backends.local->Cleaned(); };
  parts.note_cleaned = [this](const std::string& of) { return backends.local->NoteCleaned(of); };
  parts.steps.push_back([this](std::atomic<bool>&) { return key_keeper.FinishErasing(); });
  parts.steps.push_back([this](std::atomic<bool>& stop) -> Result<bool> {
    passwords.replaced().EraseAll();
    passwords.replaced().Finish();
    return !stop;
  });
  parts.steps.push_back(
      [this](std::atomic<bool>& stop) { return backends.local->RewriteFiles(stop); });
  if (backends.rewrite_views) parts.steps.push_back(backends.rewrite_views);
  parts.left_in_topic = backends.erased_in_topic;
  parts.kept = [this] { return KeptByRestores(directory->path()); };
  return parts;
}

void Node::StartCleaning() {
  metrics.AddGauge("contacts_erasure_cleaning_due",
                   "1 while bytes of erased people are left in the files or the topic of secrets",
                   [this] { return cleaning.state().due_since ? 1.0 : 0.0; });
  metrics.AddCounter("contacts_erasure_cleanings_total",
                     "Times that the files were rewritten after erasures",
                     [this] { return static_cast<double>(cleaning.state().done); });
  backends.checks.push_back(
      {"cleaning", HealthCheck::Weight::kWarning, [this] { return cleaning.Warning(); }});
  cleaning.Start();
}

// The store of an embedded log has no other instance, which would destroy the keys of an erasure
// that this one applies again after a crash.
void Node::Erased(const Erasure& erasure, bool ours) {
  const bool is_alone = !backends.erased_in_topic;
  key_keeper.Erased(erasure, ours || is_alone);
  if (backends.erasures) backends.erasures->Note(views, erasure);
  cleaning.Erased(erasure.tenant);
}

}  // namespace contacts
