// Any bytes as an entry of the secret store: what is read of it is written as the same bytes.
#include <cstdlib>
#include <string_view>

#include "events/seal/store_keys.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace contacts::seal;
  // The first byte says how long the id is; 255: the entry was deleted.
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const bool deleted = bytes[0] == 255;
  const std::string_view id = deleted ? rest : rest.substr(0, bytes[0]);
  const std::optional<std::string_view> secret =
      deleted ? std::nullopt : std::optional(rest.substr(id.size()));
  const auto read = ReadStored(id, secret);
  if (!read) return 0;
  if (StoreKeyOf(read->tenant, read->tree, read->change) != id) std::abort();
  if (!read->change.node.IsValid() || read->unmarks != (deleted && id.starts_with(kMarkers))) {
    std::abort();
  }
  // A tree takes whatever was read.
  KeyTree tree;
  tree.Apply(read->change);
  tree.Find(read->change.leaf);
  return 0;
}
