#include "projections/store/describe.h"

#include "events/values/big_endian.h"
#include "projections/store/keys.h"

namespace contacts {
namespace {

// The tenant, and the part of the key after it.
std::string DescribeKey(const ViewInfo& view, std::string_view key) {
  if (view.key == ViewInfo::Key::kPartition) return Printable(key);
  const TenantId tenant = keys::TenantOf(key);
  const std::string_view rest = key.substr(std::min(key.size(), tenant.value.size() + 1));
  const bool numbered = view.key == ViewInfo::Key::kNumber;
  std::string line = Printable(tenant.value);
  if (rest.empty()) return line;
  return line + ' ' + (numbered ? std::to_string(keys::NumberOf(key)) : Printable(rest));
}

void AppendSized(std::string_view text, std::string* out) {
  AppendBigEndian(text.size(), 4, out);
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
    const ViewInfo& view = InfoOf(View{v});
    views.Scan(view.view, "", "", [&](std::string_view key, std::string_view value) {
      text += std::string(view.name) + ' ' + DescribeKey(view, key) + " → " + view.describe(value) +
              '\n';
      return true;
    });
  }
  return text;
}

Hash Digest(const ViewReader& views) {
  Hash digest;
  std::string row;
  for (int v = 0; v < kViews; ++v) {
    if (InfoOf(View{v}).of_the_log) continue;
    views.Scan(View{v}, "", "", [&](std::string_view key, std::string_view value) {
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
