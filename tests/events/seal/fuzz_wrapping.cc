// Reads any bytes as a value of the secret store: nothing crashes, and only what Wrap makes comes
// back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "events/seal/wrapping.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace contacts::seal;
  static const MasterKeys& keys = *new MasterKeys({Seed()});
  const std::string_view value(reinterpret_cast<const char*>(bytes), size);
  if (const auto secret = keys.Unwrap("id", value)) {
    const std::string_view nonce = value.substr(1 + MasterKeys::kIdSize, 12);
    if (keys.Wrap("id", *secret, nonce) != value) std::abort();
  }
  if (FormOf(value) == ValueForm::kWrapped && KeyIdIn(value).size() != MasterKeys::kIdSize) {
    std::abort();
  }
  const std::string wrapped = keys.Wrap(value, value.empty() ? "1" : value, "twelve bytes");
  if (FormOf(wrapped) != ValueForm::kWrapped) std::abort();
  if (keys.Unwrap(value, wrapped) != std::string(value.empty() ? "1" : value)) std::abort();
  return 0;
}
