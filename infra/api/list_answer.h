// Answers with a list: whole from the cache, or one that was made for this answer alone.
#pragma once

#include <string>
#include <vector>

#include "infra/api/exchange.h"
#include "query/list/list_cache.h"

namespace contacts::api {

// The whole list as it is now.
void AnswerList(const ExchangePtr& exchange, query::ListKind kind);

// The list, as gzip if the client takes it, or 304 if the client has it. `more`: further headers of
// a 200.
void AnswerWith(const ExchangePtr& exchange, const query::ListReading& reading,
                std::vector<http::Header> more = {});
// True: AnswerWith would compress so much that the threads for long work must do it.
bool TakesLongToZip(const ExchangePtr& exchange, const query::List& list);

// Answers 304, at that position, if the client has the list of this tag; else false. A list that
// is too short to be compressed has another ETag if the client takes gzip, and is not found here.
bool AnswerKnown(const ExchangePtr& exchange, const std::string& tag, const TenantPosition& at);

}  // namespace contacts::api
