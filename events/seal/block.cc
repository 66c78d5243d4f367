#include "events/seal/block.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <memory>

#include "events/values/base64.h"

namespace contacts::seal {
namespace {

constexpr size_t kPadTo = 64;
constexpr int kTagSize = 16;

std::string_view ViewOf(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* BytesOf(std::string* text) { return reinterpret_cast<unsigned char*>(text->data()); }

size_t PaddedSize(size_t size) { return (size + kPadTo - 1) / kPadTo * kPadTo; }

std::string NameOf(const BlockPlace& place) {
  std::string name(place.record);
  name += '\0';
  name += place.part;
  return name;
}

std::string AadOf(const BlockPlace& place) {
  std::string aad(place.tenant);
  for (const std::string_view text : {place.record, place.part, place.type, place.subject}) {
    aad += '\n';
    aad += text;
  }
  return aad;
}

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

// AES-256-GCM (NIST SP 800-38D) of one block. The thread keeps the context, because making one
// costs more than a block; the expanded key leaves it with this object.
class Cipher {
 public:
  enum class Direction { kOpen = 0, kSeal = 1 };

  Cipher(Direction direction, const Seed& key, const BlockPlace& place, const Hash& commitment)
      : context_(ContextOfThread()) {
    const std::string aad = AadOf(place);
    const Seed cipher_key = Derive(SeedUse::kCipherKey, key);
    const Hash nonce = DerivePublic(SeedUse::kNonce, key, NameOf(place).append(ViewOf(commitment)));
    ForgetDerived();
    static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    Check(EVP_CipherInit_ex2(context_, algorithm, cipher_key.bytes.data(), nonce.bytes.data(),
                             static_cast<int>(direction), nullptr));
    int size = 0;
    Check(EVP_CipherUpdate(context_, nullptr, &size, BytesOf(aad), static_cast<int>(aad.size())));
  }
  ~Cipher() { EVP_CIPHER_CTX_reset(context_); }
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  std::string Update(std::string_view text) {
    std::string out(text.size(), '\0');
    int size = 0;
    Check(EVP_CipherUpdate(context_, BytesOf(&out), &size, BytesOf(text),
                           static_cast<int>(text.size())));
    return out;
  }

  std::string Tag() {
    std::string tag(kTagSize, '\0');
    int size = 0;
    Check(EVP_CipherFinal_ex(context_, BytesOf(&tag), &size));
    Check(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()));
    return tag;
  }

  bool HasTag(std::string tag) {
    Check(EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
    int size = 0;
    unsigned char rest[kTagSize];
    return EVP_CipherFinal_ex(context_, rest, &size) == 1;
  }

 private:
  static EVP_CIPHER_CTX* ContextOfThread() {
    thread_local const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(
        EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    return context.get();
  }
  // A crypto library that cannot do this cannot keep a secret, and its state is unknown.
  static void Check(int done) {
    if (done != 1) std::abort();
  }

  EVP_CIPHER_CTX* const context_;
};

Hash CommitmentOf(const Hash& opening, std::string_view padded) {
  std::string both(ViewOf(opening));
  both += padded;
  const Hash commitment = Sha256(both);
  OPENSSL_cleanse(both.data(), both.size());
  return commitment;
}

}  // namespace

Seed ActorKey(const Seed& actor, const Seed& month) {
  Seed key = Derive(SeedUse::kActorKey, actor, month.view());
  ForgetDerived();
  return key;
}

std::string Padded(std::string_view plain) {
  std::string padded(plain);
  padded.resize(PaddedSize(plain.size()), ' ');
  return padded;
}

Hash OpeningOf(const Seed& key, const BlockPlace& place) {
  return DerivePublic(SeedUse::kOpening, key, NameOf(place));
}

bool IsCommittedTo(std::string_view padded, const Hash& opening, const Hash& commitment) {
  return CommitmentOf(opening, padded) == commitment;
}

SealedBlock Seal(const Seed& key, const BlockPlace& place, std::string_view plain) {
  std::string padded = Padded(plain);
  const Wiping wiping(&padded);
  const Hash commitment = CommitmentOf(OpeningOf(key, place), padded);
  Cipher cipher(Cipher::Direction::kSeal, key, place, commitment);
  std::string sealed = cipher.Update(padded);
  sealed += cipher.Tag();
  return {ToBase64(sealed), commitment};
}

std::optional<std::string> Unseal(const Seed& key, const BlockPlace& place,
                                  const SealedBlock& block) {
  const std::optional<std::string> bytes = FromBase64(block.sealed);
  if (!bytes || bytes->size() < kPadTo + kTagSize) return std::nullopt;
  const size_t size = bytes->size() - kTagSize;
  Cipher cipher(Cipher::Direction::kOpen, key, place, block.commitment);
  std::string padded = cipher.Update(std::string_view(*bytes).substr(0, size));
  const Wiping wiping(&padded);
  if (!cipher.HasTag(bytes->substr(size))) return std::nullopt;
  if (!IsCommittedTo(padded, OpeningOf(key, place), block.commitment)) return std::nullopt;
  const size_t length = padded.find_last_not_of(' ') + 1;
  if (PaddedSize(length) != size) return std::nullopt;
  return padded.substr(0, length);
}

}  // namespace contacts::seal
