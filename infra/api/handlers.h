// The handlers of route_table.cc, by subject. The exchange that each gets has a session when its
// row asks for one.
#pragma once

#include "infra/api/exchange.h"

namespace contacts::api {

// exchange.cc: the handler of a row of the table, after the checks of Exchange::Pass.
http::Handler HandlerFor(const std::shared_ptr<Api::State>& state, const ApiRoute& route);

// contact_handlers.cc
void ListContacts(const ExchangePtr& exchange);
void ListMentions(const ExchangePtr& exchange);
void CreateContactOf(const ExchangePtr& exchange);

// page_handlers.cc; of GET /contacts with query parameters
void ListPage(const ExchangePtr& exchange);

// contact_item_handlers.cc
void ShowContact(const ExchangePtr& exchange);
void ShowHistory(const ExchangePtr& exchange);
void ChangeContactOf(const ExchangePtr& exchange);

// change_handlers.cc
void ListChanges(const ExchangePtr& exchange);

// session_handlers.cc
void LogIn(const ExchangePtr& exchange);
void LogOut(const ExchangePtr& exchange);
void ShowUser(const ExchangePtr& exchange);

// account_handlers.cc
void InviteAccount(const ExchangePtr& exchange);
void Activate(const ExchangePtr& exchange);

// erasure_handlers.cc
void EraseContact(const ExchangePtr& exchange);
void ErasePastOf(const ExchangePtr& exchange);
void HoldContact(const ExchangePtr& exchange);
void ReleaseContact(const ExchangePtr& exchange);
void ListHolds(const ExchangePtr& exchange);

// openapi.cc
void ShowOpenApi(const ExchangePtr& exchange);

}  // namespace contacts::api
