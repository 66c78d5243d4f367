// Fixture: passwords of users in tenant acme, with hashes that cost little.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <utility>

#include "events/rows/row_archive.h"
#include "infra/identity/argon2_passwords.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/infra/identity/memory_secret_store.h"
#include "tests/support/failing_store.h"

namespace contacts {

inline const Argon2Options kCheap{1, 64 * 1024, 2, 64, {.failures = 1000}};

class Argon2PasswordsTest : public ::testing::Test {
 protected:
  Result<std::string> Make(const std::string& password) {
    std::promise<Result<std::string>> made;
    passwords_.Make(password, [&](Result<std::string> id) { made.set_value(std::move(id)); });
    return made.get_future().get();
  }
  Result<Session> Check(const std::string& username, const std::string& password,
                        const std::string& tenant = "acme") {
    std::promise<Result<Session>> checked;
    passwords_.Check({TenantId{tenant}, username, password, "192.0.2.1"},
                     [&](Result<Session> s) { checked.set_value(std::move(s)); });
    return checked.get_future().get();
  }
  void PutUser(const std::string& name, const std::string& credential, bool disabled = false) {
    const UserRow user{UserId{"7"}, name, {"member", disabled}, ContactId{3}, credential};
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(TenantId{"acme"}, user.user_id), ToRow(user));
    batch.Put(View::kContacts, keys::Contact(TenantId{"acme"}, ContactId{3}), ToRow(contact_));
    batch.Put(View::kUserNames, keys::UserName(TenantId{"acme"}, name), user.user_id.value);
    views_.Write(batch);
  }
  void ExpectWrong(const Result<Session>& checked) {
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error(),
              (Error{ErrorCode::kUnauthenticated, "The user name or the password is wrong."}));
  }

  MemorySecretStore secrets_;
  FailingStore views_;
  ContactRow contact_;  // for each user that is put
  Argon2Passwords passwords_{secrets_, views_, kCheap};
};

}  // namespace contacts
