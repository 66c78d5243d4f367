// Keys for tests: a tree with a root made from its name for each tenant that is asked for, so that
// records of tests have the same bytes each time.
#pragma once

#include <string>
#include <string_view>

#include "events/record.h"
#include "events/seal/keyring.h"
#include "events/sealed_record.h"

namespace contacts {

// The keyring of the process. Any thread.
seal::Keyring& TestKeys();
// The tree of the tenant in that keyring, or in another; it is put there if it is missing.
seal::TreeId TestTree(const TenantId& tenant, seal::Keyring& keyring = TestKeys());

// The bytes of a record with the test's keys, whichever tree it names. Throws if that is not
// possible, as DecodeOpened does.
std::string EncodeRecord(Record record);
// Opens both blocks; false: one of them does not open.
bool OpenAll(Record* record, seal::Keyring& keyring = TestKeys());
Record DecodeOpened(std::string_view bytes);
// DecodeRecord, then opened as far as the test's keys do.
Result<Record> ReadRecord(std::string_view bytes);

}  // namespace contacts
