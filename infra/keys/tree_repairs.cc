#include "infra/keys/tree_repairs.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "infra/base/random.h"

namespace contacts {
namespace {

using seal::Leaf;
using seal::TreeChange;
using seal::TreeId;

TreeRepairs::Time AtMost(TreeRepairs::Time longest) {
  uint64_t random = 0;
  FillRandom(reinterpret_cast<uint8_t*>(&random), sizeof random);
  return TreeRepairs::Time(random % static_cast<uint64_t>(longest.count() + 1));
}

bool CoversAny(const seal::Node& node, const std::set<Leaf>& leaves) {
  const Leaf first{node.depth == 0 ? 0 : node.prefix << (seal::kDepth - node.depth)};
  const auto found = leaves.lower_bound(first);
  return found != leaves.end() && node.Covers(*found);
}

}  // namespace

TreeRepairs::Timing TreeRepairs::Timing::Real() { return {&Clock::now, &AtMost}; }

void TreeRepairs::NoteChange(const TenantId& tenant, const TreeChange& change) {
  if (change.kind == TreeChange::Kind::kDelete) return;
  const auto own = own_.find(tenant);
  if (change.kind == TreeChange::Kind::kPut && own != own_.end() &&
      CoversAny(change.node, own->second)) {
    own_due_.insert(tenant);
  }
  LookLater(tenant);
}

void TreeRepairs::NoteUnmarked(const TenantId& tenant, const TreeId& tree, Leaf leaf) {
  unmarked_.insert({tenant, tree, leaf, true});
  LookLater(tenant);
}

void TreeRepairs::LookLater(const TenantId& tenant) {
  if (!look_at_.contains(tenant)) {
    LookAt(tenant, timing_.now() + others_after_ + timing_.up_to(at_random_));
  }
}

void TreeRepairs::LookNow(const TenantId& tenant) { LookAt(tenant, timing_.now()); }

void TreeRepairs::LookAt(const TenantId& tenant, Clock::time_point at) {
  const auto [known, is_new] = look_at_.emplace(tenant, at);
  if (!is_new) known->second = std::min(known->second, at);
}

TreeRepairs::Clock::time_point TreeRepairs::next() const {
  if (!work_.empty() || !own_due_.empty()) return Clock::time_point::min();
  auto next = Clock::time_point::max();
  for (const auto& [tenant, at] : look_at_) next = std::min(next, at);
  return next;
}

void TreeRepairs::Find(Clock::time_point now) {
  std::vector<TenantId> due;
  for (const auto& [tenant, at] : look_at_) {
    if (at <= now) due.push_back(tenant);
  }
  for (const TenantId& tenant : due) {
    FindIn(tenant, nullptr);
    std::erase_if(unmarked_, [&](const Work& one) {
      if (one.tenant != tenant) return false;
      work_.push_back(one);
      return true;
    });
    look_at_.erase(tenant);
    own_due_.erase(tenant);
  }
  for (const TenantId& tenant : std::exchange(own_due_, {})) FindIn(tenant, &own_[tenant]);
}

void TreeRepairs::FindIn(const TenantId& tenant, const std::set<Leaf>* only) {
  for (const TreeId& tree : keyring_.TreesOf(tenant)) {
    for (const Leaf leaf : keyring_.NotFullyErased(tenant, tree)) {
      if (only == nullptr || only->contains(leaf)) work_.push_back({tenant, tree, leaf});
    }
  }
}

}  // namespace contacts
