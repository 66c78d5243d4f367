// Reads a Cookie header in hex from each line of stdin and prints, in hex, the session id that our
// verifier finds in it, or "-". The arguments are the name of the cookie and the secrets.
#include <iostream>
#include <string>
#include <vector>

#include "events/values/hash.h"
#include "infra/identity/cookie.h"

namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string name = arguments[1];
  const std::vector<std::string> secrets(arguments + 2, arguments + count);
  for (std::string line; std::getline(std::cin, line);) {
    const std::string header = FromHex(line);
    const auto value = contacts::FindCookie({header}, name);
    const auto sid = value ? contacts::VerifySession(*value, secrets) : std::nullopt;
    std::cout << (sid ? contacts::ToHex(*sid) : "-") << '\n';
  }
}
