// Fixture: jane, a user of tenant acme, and the rows that make her one.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "events/model/user_model.h"
#include "events/record.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {

class JaneTest : public ::testing::Test {
 protected:
  void PutUser(const UserRow& user, const std::string& tenant = "acme") {
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(TenantId{tenant}, user.user_id), ToRow(user));
    views_.Write(batch);
  }
  void PutApplied(int64_t position) {
    TenantRow row;
    row.head = row.applied = Sequence{position};
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(row));
    views_.Write(batch);
  }
  // Applies a record about jane.
  void Happens(const Event& event, int64_t position) {
    Record record;
    record.envelope.sequence = Sequence{position};
    record.event = event;
    jane_ = UserRow{*Evolve(jane_, record)};
    PutUser(jane_);
    PutApplied(position);
  }

  MemoryViewStore views_;
  UserRow jane_;
};

}  // namespace contacts::testing
