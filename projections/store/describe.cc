#include "projections/store/describe.h"

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

// What was stepped over and how far, not what is history.
bool IsOfTheLog(View view) {
  return view == View::kCheckpoints || view == View::kSuperseded || view == View::kForeign;
}

template <class Row>
std::string Fields(std::string_view value) {
  Row row;
  return FromRow(value, &row) ? ToJson(row) : "unreadable " + Printable(value);
}

std::string DescribeValue(View view, std::string_view value) {
  switch (view) {
    case View::kCheckpoints:
      return Fields<CheckpointRow>(value);
    case View::kTenants:
      return Fields<TenantRow>(value);
    case View::kContacts:
      return Fields<ContactRow>(value);
    case View::kMentions:
      return Fields<MentionRow>(value);
    case View::kUsers:
      return Fields<UserRow>(value);
    case View::kSuperseded:
      return Fields<SupersededRow>(value);
    case View::kForeign:
      return Fields<ForeignRow>(value);
    case View::kTokens:
      return Fields<TokenRow>(value);
    case View::kEmails:
    case View::kKeys:
      return std::to_string(keys::NumberFrom(value));
    case View::kUserNames:
    case View::kRecords:
    case View::kAccounts:
    case View::kTokenNames:
      return Printable(value);
  }
  return {};
}

// The tenant, and what the key says behind it.
std::string DescribeKey(View view, std::string_view key) {
  if (view == View::kCheckpoints || view == View::kForeign) return Printable(key);
  const TenantId tenant = keys::TenantOf(key);
  const std::string_view rest = key.substr(std::min(key.size(), tenant.value.size() + 1));
  const bool numbered = view == View::kContacts || view == View::kMentions ||
                        view == View::kRecords || view == View::kAccounts;
  std::string line = Printable(tenant.value);
  if (rest.empty()) return line;
  return line + ' ' + (numbered ? std::to_string(keys::NumberOf(key)) : Printable(rest));
}

void AppendSized(std::string_view text, std::string* out) {
  const size_t length = text.size();
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(length >> shift));
  out->append(text);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7f && c != '\\') {
      out += c;
    } else {
      out += "\\x" + ToHex(std::string_view(&c, 1));
    }
  }
  return out;
}

std::string Describe(const ViewReader& views) {
  std::string text;
  for (int v = 0; v < kViews; ++v) {
    const View view{v};
    views.Scan(view, "", "", [&](std::string_view key, std::string_view value) {
      text += std::string(NameOf(view)) + ' ' + DescribeKey(view, key) + " → " +
              DescribeValue(view, value) + '\n';
      return true;
    });
  }
  return text;
}

Hash Digest(const ViewReader& views) {
  Hash digest;
  std::string row;
  for (int v = 0; v < kViews; ++v) {
    const View view{v};
    if (IsOfTheLog(view)) continue;
    views.Scan(view, "", "", [&](std::string_view key, std::string_view value) {
      row.assign(reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size());
      row += static_cast<char>(v);
      AppendSized(key, &row);
      AppendSized(value, &row);
      digest = Sha256(row);
      return true;
    });
  }
  return digest;
}

}  // namespace contacts
