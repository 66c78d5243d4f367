#include "tests/simulation/sim_keys.h"

#include <algorithm>

#include "infra/keys/tree_steps.h"
#include "projections/erased_leaves.h"

namespace contacts::sim {
namespace {

constexpr TreeRepairs::Time kOthersAfter = std::chrono::minutes(1);
constexpr TreeRepairs::Time kAtRandom = std::chrono::minutes(1);

void Fill(Random& random, uint8_t* to, size_t size) {
  for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(random());
}

}  // namespace

SimKeys::SimKeys(SimSecrets& secrets, Instant now)
    : secrets_(secrets),
      now_(now),
      store_(secrets,
             [this](auto id, const auto& secret) { TakeChange(id, secret, keyring_, &repairs_); }),
      writer_(store_, keyring_),
      repairs_(keyring_, kOthersAfter, kAtRandom,
               {[this] { return now_; },
                [this](TreeRepairs::Time longest) {
                  const auto most = static_cast<uint64_t>(longest.count() + 1);
                  return TreeRepairs::Time(secrets_.random()() % most);
                }}),
      write_retry_(std::chrono::milliseconds(200), std::chrono::seconds(30)) {
  keyring_.OnAsk([] {});
  store_.ReadSome(secrets.changes().size());
}

void SimKeys::NoteErased(const TenantId& tenant, seal::Leaf leaf) {
  if (keyring_.NoteErased(tenant, leaf)) repairs_.LookLater(tenant);
}

void SimKeys::Erased(const Erasure& erasure, bool ours, const ViewReader& views) {
  for (const seal::Leaf leaf : LeavesOf(erasure, views)) {
    NoteErased(erasure.tenant, leaf);
    if (ours) own_.emplace_back(erasure.tenant, leaf);
  }
}

void SimKeys::NoteErasedBefore(const ViewReader& views) {
  for (const auto& [tenant, leaf] : LeavesErasedBefore(views)) NoteErased(tenant, leaf);
}

bool SimKeys::MakeTree(const TenantId& tenant) {
  auto made = new_trees_.find(tenant);
  if (made == new_trees_.end()) {
    TreeWriter::NewTree tree;
    Fill(secrets_.random(), tree.id.bytes.data(), tree.id.bytes.size());
    Fill(secrets_.random(), tree.root.bytes.data(), tree.root.bytes.size());
    made = new_trees_.emplace(tenant, tree).first;
  }
  return writer_.Make(tenant, made->second).ok();
}

void SimKeys::Step(Instant now) {
  now_ = now;
  Answer();
  if (now_ < write_at_) return;
  EraseOwn();
  Repair();
}

void SimKeys::Answer() {
  const uint64_t asked = keyring_.newest_ask();
  if (!keyring_.HasAll(asked) && store_.CatchUp().ok()) keyring_.Answer(asked);
}

void SimKeys::EraseOwn() {
  if (own_.empty()) return;
  const auto [tenant, leaf] = own_.front();
  repairs_.NoteOwn(tenant, leaf);
  if (writer_.EraseInAll(tenant, leaf).ok()) {
    own_.pop_front();
    write_retry_.Reset();
  } else {
    write_at_ = now_ + write_retry_.Next();
  }
}

void SimKeys::Repair() {
  if (repairs_.next() > now_ || now_ < write_at_) return;
  if (repairs_.work().empty() && store_.CatchUp().ok()) repairs_.Find(now_);
  if (repairs_.work().empty()) return;
  if (DoRepair(repairs_.work().front(), store_, writer_).ok()) {
    repairs_.work().pop_front();
    write_retry_.Reset();
  } else {
    write_at_ = now_ + write_retry_.Next();
  }
}

bool SimKeys::IsIdle() const {
  return !store_.behind() && own_.empty() &&
         repairs_.next() == TreeRepairs::Clock::time_point::max() &&
         keyring_.HasAll(keyring_.newest_ask());
}

size_t SimKeys::MostWrites() const {
  constexpr size_t kOfOneLeaf = 2 * seal::kDepth + 1;  // siblings, marker, nodes above
  size_t most = 0;
  for (const TenantId& tenant : keyring_.tenants()) {
    most += keyring_.TreesOf(tenant).size() * keyring_.Erased(tenant).size() * kOfOneLeaf;
  }
  return most;
}

Instant SimKeys::next() const {
  if (store_.behind() || !keyring_.HasAll(keyring_.newest_ask())) return now_;
  return std::max(write_at_, own_.empty() ? repairs_.next() : now_);
}

}  // namespace contacts::sim
