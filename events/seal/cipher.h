// AES-256-GCM (NIST SP 800-38D), and plain texts that are overwritten. Any thread: each keeps a
// context of OpenSSL's, so a thread has at most one Cipher at a time.
#pragma once

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <string>
#include <string_view>

#include "events/seal/seed.h"

namespace contacts::seal {

// Encrypts or decrypts one text. The expanded key leaves the context with this object.
class Cipher {
 public:
  static constexpr size_t kNonceSize = 12;
  static constexpr size_t kTagSize = 16;
  enum class Direction { kOpen = 0, kSeal = 1 };

  // `nonce`: kNonceSize bytes, never twice with one key for two texts.
  Cipher(Direction direction, const Seed& key, std::string_view nonce, std::string_view aad);
  ~Cipher() { EVP_CIPHER_CTX_reset(context_); }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  // Once: all of the text.
  std::string Update(std::string_view text);
  // After sealing.
  std::string Tag();
  // After opening: without it, nothing of the text may be used.
  bool HasTag(std::string_view tag);

 private:
  EVP_CIPHER_CTX* const context_;
};

// Overwrites a plain text when it goes out of scope.
class Wiping {
 public:
  explicit Wiping(std::string* text) : text_(text) {}
  ~Wiping() { OPENSSL_cleanse(text_->data(), text_->size()); }
  Wiping(const Wiping&) = delete;
  Wiping& operator=(const Wiping&) = delete;

 private:
  std::string* const text_;
};

}  // namespace contacts::seal
