// The read models of users: who they are, and under what name.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

// The account that a contact came with, if it did.
void ApplyToUsers(const Record& record, const ContactCreated& event, TenantRow* tenant,
                  Round* round);
void ApplyToUsers(const Record& record, const UserAdded& event, TenantRow* tenant, Round* round);
void ApplyToUsers(const Record& record, const UserChanged& event, TenantRow* tenant, Round* round);
void ApplyToUsers(const Record& record, const PasswordSet& event, TenantRow* tenant, Round* round);
void ApplyToUsers(const Record& record, const SessionsEnded& event, TenantRow* tenant,
                  Round* round);
void ApplyToUsers(const Record& record, const InvitationIssued& event, TenantRow* tenant,
                  Round* round);

}  // namespace contacts
