#include "projections/view_store.h"

namespace contacts {

const char* NameOf(View view) {
  switch (view) {
    case View::kCheckpoints:
      return "checkpoints";
    case View::kTenants:
      return "tenants";
    case View::kContacts:
      return "contacts";
    case View::kMentions:
      return "mentions";
    case View::kEmails:
      return "emails";
    case View::kUsers:
      return "users";
    case View::kUserNames:
      return "user_names";
    case View::kKeys:
      return "keys";
    case View::kRecords:
      return "records";
    case View::kSuperseded:
      return "superseded";
    case View::kForeign:
      return "foreign";
    case View::kAccounts:
      return "accounts";
    case View::kTokens:
      return "tokens";
    case View::kTokenNames:
      return "token_names";
  }
  return "";
}

}  // namespace contacts
