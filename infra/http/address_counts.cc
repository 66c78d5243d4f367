#include "infra/http/address_counts.h"

#include <algorithm>

namespace contacts::http {
namespace {

std::array<uint8_t, 16> Key(const IpAddress& address) {
  std::array<uint8_t, 16> key = address.bytes;
  if (!address.is_v4()) std::fill(key.begin() + 8, key.end(), uint8_t{0});
  return key;
}

}  // namespace

size_t AddressCounts::Add(const IpAddress& address) {
  const std::lock_guard lock(mutex_);
  return ++counts_[Key(address)];
}

void AddressCounts::Remove(const IpAddress& address) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(Key(address));
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

size_t AddressCounts::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace contacts::http
