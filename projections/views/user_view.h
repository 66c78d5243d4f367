// The read models of users: each user, the names, and the user that came with a contact.
#pragma once

#include "events/model/user_model.h"
#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

void ApplyToUsers(const Record& record, Round* round);

// Changes the rows of a user from those of `before` to those of `after`; nullopt: the user did not
// exist before, or does not exist after. The credential of a user that is gone is one to erase.
void ShowUser(const TenantId& tenant, const std::optional<UserModel>& before,
              std::optional<UserModel> after, Round* round);

}  // namespace contacts
