#include "tests/support/keys.h"

#include <algorithm>
#include <stdexcept>

#include "events/values/hash.h"

namespace contacts {

seal::Keyring& TestKeys() {
  static seal::Keyring keyring;
  return keyring;
}

seal::TreeId TestTree(const TenantId& tenant, seal::Keyring& keyring) {
  seal::TreeId tree;
  const Hash name = Sha256("tree of " + tenant.value);
  std::copy_n(name.bytes.begin(), tree.bytes.size(), tree.bytes.begin());
  if (!keyring.Has(tenant, tree)) {
    keyring.Apply(tenant, tree,
                  {seal::TreeChange::Kind::kPut, {}, {}, seal::Seed(Sha256("root").bytes)});
  }
  return tree;
}

std::string EncodeRecord(Record record) {
  record.envelope.keys.emplace(ToHex(TestTree(record.envelope.tenant)));
  auto bytes = EncodeRecord(record, TestKeys());
  if (!bytes) throw std::logic_error("a record cannot be sealed: " + bytes.error().message);
  return *std::move(bytes);
}

bool OpenAll(Record* record, seal::Keyring& keyring) {
  const Opened data = OpenData(record, keyring);
  return OpenActor(record, keyring) == Opened::kOpen && data == Opened::kOpen;
}

Record DecodeOpened(std::string_view bytes) {
  Result<Record> record = ReadRecord(bytes);
  if (!record) throw std::logic_error(record.error().message);
  if (record->sealed_data || record->sealed_actor) throw std::logic_error("a block does not open");
  return *std::move(record);
}

Result<Record> ReadRecord(std::string_view bytes) {
  Result<Record> record = DecodeRecord(bytes);
  if (record) (void)OpenAll(&*record);
  return record;
}

}  // namespace contacts
