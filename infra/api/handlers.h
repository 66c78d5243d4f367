// The handlers of route_table.cc, by subject. The exchange that each gets has a session when its
// row asks for one.
#pragma once

#include "infra/api/exchange.h"

namespace contacts::api {

// contact_handlers.cc
void ListContacts(const ExchangePtr& exchange);
void ListMentions(const ExchangePtr& exchange);
void CreateContactOf(const ExchangePtr& exchange);

// session_handlers.cc
void LogIn(const ExchangePtr& exchange);
void LogOut(const ExchangePtr& exchange);
void ShowUser(const ExchangePtr& exchange);

// account_handlers.cc
void InviteAccount(const ExchangePtr& exchange);
void Activate(const ExchangePtr& exchange);

// openapi.cc
void ShowOpenApi(const ExchangePtr& exchange);

}  // namespace contacts::api
