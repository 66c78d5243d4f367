// The handlers of route_table.cc, by subject. The exchange that each gets has a session when its
// row asks for one.
#pragma once

#include "infra/api/exchange.h"

namespace contacts::api {

// contact_handlers.cc
void ListContacts(const ExchangePtr& x);
void ListMentions(const ExchangePtr& x);
void CreateContactOf(const ExchangePtr& x);

// session_handlers.cc
void LogIn(const ExchangePtr& x);
void LogOut(const ExchangePtr& x);
void ShowUser(const ExchangePtr& x);

// account_handlers.cc
void InviteAccount(const ExchangePtr& x);
void Activate(const ExchangePtr& x);

// openapi.cc
void ShowOpenApi(const ExchangePtr& x);

}  // namespace contacts::api
