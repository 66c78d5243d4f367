#include "events/seal/store_keys.h"

#include <algorithm>
#include <cstdint>

namespace contacts::seal {
namespace {

constexpr size_t kTreeBytes = 16;
constexpr size_t kNumberBytes = 8;
constexpr size_t kOfNode = kTreeBytes + 1 + kNumberBytes;
constexpr size_t kOfMarker = kTreeBytes + kNumberBytes;

void AppendNumber(uint64_t number, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(number >> shift));
}

uint64_t NumberIn(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}

std::string Beginning(std::string_view letter, const TenantId& tenant, const TreeId& tree) {
  std::string id(letter);
  id += tenant.value;
  id.push_back('\0');
  id.append(reinterpret_cast<const char*>(tree.bytes.data()), tree.bytes.size());
  return id;
}

bool ReadNode(std::string_view rest, const std::optional<std::string_view>& secret,
              TreeChange* change) {
  change->node = {static_cast<uint8_t>(rest.front()), NumberIn(rest.substr(1))};
  change->kind = secret ? TreeChange::Kind::kPut : TreeChange::Kind::kDelete;
  if (!change->node.IsValid()) return false;
  if (!secret) return true;
  if (secret->size() != change->seed.bytes.size()) return false;
  std::copy(secret->begin(), secret->end(), change->seed.bytes.begin());
  return true;
}

}  // namespace

bool IsOfAKeyTree(std::string_view id) {
  return id.starts_with(kNodes) || id.starts_with(kMarkers);
}

std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, const Node& node) {
  std::string id = Beginning(kNodes, tenant, tree);
  id.push_back(static_cast<char>(node.depth));
  AppendNumber(node.prefix, &id);
  return id;
}

std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, Leaf leaf) {
  std::string id = Beginning(kMarkers, tenant, tree);
  AppendNumber(leaf.value, &id);
  return id;
}

std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, const TreeChange& change) {
  return change.kind == TreeChange::Kind::kMark ? StoreKeyOf(tenant, tree, change.leaf)
                                                : StoreKeyOf(tenant, tree, change.node);
}

std::optional<StoredChange> ReadStored(std::string_view id,
                                       const std::optional<std::string_view>& secret) {
  if (!IsOfAKeyTree(id)) return std::nullopt;
  const bool is_node = id.starts_with(kNodes);
  const size_t end = id.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tenant = id.substr(1, end - 1);
  const std::string_view rest = id.substr(end + 1);
  if (!IsTenantId(tenant) || rest.size() != (is_node ? kOfNode : kOfMarker)) return std::nullopt;
  StoredChange read{TenantId{std::string(tenant)}, {}, {}};
  std::copy_n(rest.begin(), kTreeBytes, read.tree.bytes.begin());
  if (is_node) {
    if (!ReadNode(rest.substr(kTreeBytes), secret, &read.change)) return std::nullopt;
    return read;
  }
  if (secret && *secret != kMarker) return std::nullopt;
  read.change.kind = TreeChange::Kind::kMark;
  read.change.leaf = Leaf{NumberIn(rest.substr(kTreeBytes))};
  read.unmarks = !secret;
  return read;
}

}  // namespace contacts::seal
