#include "events/seal/cipher.h"

#include <cstdlib>
#include <memory>

namespace contacts::seal {
namespace {

constexpr int kTag = static_cast<int>(Cipher::kTagSize);

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* BytesOf(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

// The thread keeps the context, because making one costs more than a block.
EVP_CIPHER_CTX* ContextOfThread() {
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  return context.get();
}

// A crypto library that cannot do this cannot keep a secret, and its state is unknown.
void Check(bool done) {
  if (!done) std::abort();
}

}  // namespace

Cipher::Cipher(Direction direction, const Seed& key, std::string_view nonce, std::string_view aad)
    : context_(ContextOfThread()) {
  Check(nonce.size() == kNonceSize);
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  Check(EVP_CipherInit_ex2(context_, algorithm, key.bytes.data(), BytesOf(nonce),
                           static_cast<int>(direction), nullptr) == 1);
  int size = 0;
  Check(EVP_CipherUpdate(context_, nullptr, &size, BytesOf(aad), static_cast<int>(aad.size())) ==
        1);
}

std::string Cipher::Update(std::string_view text) {
  std::string out(text.size(), '\0');
  int size = 0;
  Check(EVP_CipherUpdate(context_, BytesOf(&out), &size, BytesOf(text),
                         static_cast<int>(text.size())) == 1);
  return out;
}

std::string Cipher::Tag() {
  std::string tag(kTagSize, '\0');
  int size = 0;
  Check(EVP_CipherFinal_ex(context_, BytesOf(&tag), &size) == 1);
  Check(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, kTag, tag.data()) == 1);
  return tag;
}

bool Cipher::HasTag(std::string_view tag) {
  std::string wanted(tag);
  Check(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, kTag, wanted.data()) == 1);
  int size = 0;
  unsigned char rest[kTagSize];
  return EVP_CipherFinal_ex(context_, rest, &size) == 1;
}

}  // namespace contacts::seal
