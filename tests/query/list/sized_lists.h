// Given lists of any size: writes rows and records as changes would, and counts the bytes that are
// read of them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "events/record.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/list/list_cache.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {

inline const TenantId kLarge{"large"};
inline const TenantId kLarger{"larger"};
inline const TenantId kSmall{"small"};
inline constexpr size_t kLimit = 100'000;
inline constexpr size_t kShare = kLimit / 4;

inline Asker Admin(const TenantId& tenant) { return {tenant, "admin", std::nullopt}; }

inline std::string Text(const std::vector<Chunk>& chunks) {
  std::string out;
  for (const Chunk& chunk : chunks) out += *chunk;
  return out;
}

// Counts the bytes that are read of it: rows of contacts and records.
class CountingStore : public MemoryViewStore {
 public:
  std::unique_ptr<ViewReader> Snapshot() const override {
    return std::make_unique<Counting>(MemoryViewStore::Snapshot(), &bytes_read);
  }
  mutable std::atomic<size_t> bytes_read{0};

 private:
  class Counting : public ViewReader {
   public:
    Counting(std::unique_ptr<ViewReader> reader, std::atomic<size_t>* bytes)
        : reader_(std::move(reader)), bytes_(bytes) {}
    std::optional<std::string> Get(View view, std::string_view key) const override {
      auto value = reader_->Get(view, key);
      if (view == View::kRecords && value) *bytes_ += value->size();
      return value;
    }
    void Scan(View view, std::string_view from, std::string_view to,
              const Visit& visit) const override {
      reader_->Scan(view, from, to, [&](std::string_view key, std::string_view value) {
        *bytes_ += value.size();
        return visit(key, value);
      });
    }

   private:
    const std::unique_ptr<ViewReader> reader_;
    std::atomic<size_t>* const bytes_;
  };
};

class SizedLists : public ::testing::Test {
 protected:
  // Makes or changes the contact `id` of the tenant, with `bytes` of text in its JSON.
  void Put(const TenantId& tenant, int64_t id, size_t bytes, ContactType type = {}) {
    TenantRow& row = tenants_[tenant];
    const Sequence at = Next(row.applied);
    ContactCreated event;
    event.id = ContactId{id};
    if (bytes > 1000) event.fields.full_name = std::string(bytes, 'n');
    const Record record = testing::RecordAfter({row.applied, {}}, tenant, std::move(event));
    std::string json = "{\"id\":" + std::to_string(id) + ",\"at\":" + std::to_string(at.value);
    json += ",\"text\":\"" + TextOf(bytes, at) + "\"}";
    row.head = row.applied = row.contacts_changed = at;
    row.contacts = std::max(row.contacts, id);
    row.last_contact_id = ContactId{row.contacts};
    ViewBatch batch;
    batch.Put(View::kRecords, keys::Record(tenant, at), EncodeRecord(record));
    batch.Put(View::kContacts, keys::Contact(tenant, ContactId{id}),
              ToRow(ContactRow{{type, true, std::nullopt, at, std::move(json)}}));
    batch.Put(View::kTenants, keys::Tenant(tenant), ToRow(row));
    views_.Write(batch);
  }
  void PutMany(const TenantId& tenant, int64_t count, size_t bytes) {
    for (int64_t id = 1; id <= count; ++id) Put(tenant, id, bytes);
  }
  std::shared_ptr<const List> Read(const Asker& asker) {
    return cache_.Read(ListKind::kContacts, asker)->list;
  }
  std::shared_ptr<const List> Read(const TenantId& tenant) { return Read(Admin(tenant)); }

  // A text of this length that compresses to about a tenth, as contacts do.
  static std::string TextOf(size_t bytes, Sequence at) {
    std::string text(bytes, 'x');
    std::minstd_rand random(static_cast<unsigned>(at.value));
    for (size_t i = 0; i < bytes / 8; ++i) text[i] = static_cast<char>('a' + random() % 26);
    return text;
  }

  CountingStore views_;
  ListCache cache_{views_, kLimit};

 private:
  std::map<TenantId, TenantRow> tenants_;
};

}  // namespace contacts::query
