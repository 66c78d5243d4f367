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

std::string NameOf(const BlockPlace& place) {
  std::string name(place.record);
  name += '\0';
  name += place.part;
  return name;
}

std::string AadOf(const BlockPlace& place) {
  std::string aad;
  for (const std::string_view text :
       {place.tenant, place.record, place.part, place.type, place.subject}) {
    if (!aad.empty()) aad += '\n';
    aad += text;
  }
  return aad;
}

// AES-256-GCM (NIST SP 800-38D) with a context that is kept: making one costs more than a block.
class Cipher {
 public:
  enum class Direction { kOpen = 0, kSeal = 1 };

  void Begin(Direction direction, const Seed& key, const BlockPlace& place,
             const Hash& commitment) {
    const Seed cipher_key(Derive(SeedUse::kCipherKey, key).bytes);
    const Hash nonce = Derive(SeedUse::kNonce, key, NameOf(place).append(ViewOf(commitment)));
    static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    Check(EVP_CipherInit_ex2(context_.get(), algorithm, cipher_key.bytes.data(), nonce.bytes.data(),
                             static_cast<int>(direction), nullptr));
    const std::string aad = AadOf(place);
    int size = 0;
    Check(EVP_CipherUpdate(context_.get(), nullptr, &size, BytesOf(aad),
                           static_cast<int>(aad.size())));
  }

  std::string Update(std::string_view text) {
    std::string out(text.size(), '\0');
    int size = 0;
    Check(EVP_CipherUpdate(context_.get(), BytesOf(&out), &size, BytesOf(text),
                           static_cast<int>(text.size())));
    return out;
  }

  std::string Tag() {
    std::string tag(kTagSize, '\0');
    int size = 0;
    Check(EVP_CipherFinal_ex(context_.get(), BytesOf(&tag), &size));
    Check(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag.data()));
    Forget();
    return tag;
  }

  bool HasTag(std::string tag) {
    Check(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()));
    int size = 0;
    unsigned char rest[kTagSize];
    const bool is_true = EVP_CipherFinal_ex(context_.get(), rest, &size) == 1;
    Forget();
    return is_true;
  }

 private:
  // A crypto library that cannot do this cannot keep a secret, and its state is unknown.
  static void Check(int done) {
    if (done != 1) std::abort();
  }
  // The expanded key must not stay in memory until the next block.
  void Forget() { Check(EVP_CIPHER_CTX_reset(context_.get())); }

  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_{
      EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
};

Cipher& CipherOfThread() {
  thread_local Cipher cipher;
  return cipher;
}

Hash CommitmentOf(const Hash& opening, std::string_view padded) {
  std::string both(ViewOf(opening));
  both += padded;
  const Hash commitment = Sha256(both);
  OPENSSL_cleanse(both.data(), both.size());
  return commitment;
}

}  // namespace

Seed ActorKey(const Seed& actor, const Seed& month) {
  return Seed(Derive(SeedUse::kActorKey, actor, month.view()).bytes);
}

std::string Padded(std::string_view plain) {
  std::string padded(plain);
  padded.resize((plain.size() + kPadTo - 1) / kPadTo * kPadTo, ' ');
  return padded;
}

Hash OpeningOf(const Seed& key, const BlockPlace& place) {
  return Derive(SeedUse::kOpening, key, NameOf(place));
}

bool IsCommittedTo(std::string_view padded, const Hash& opening, const Hash& commitment) {
  return CommitmentOf(opening, padded) == commitment;
}

SealedBlock Seal(const Seed& key, const BlockPlace& place, std::string_view plain) {
  const std::string padded = Padded(plain);
  const Hash commitment = CommitmentOf(OpeningOf(key, place), padded);
  Cipher& cipher = CipherOfThread();
  cipher.Begin(Cipher::Direction::kSeal, key, place, commitment);
  std::string sealed = cipher.Update(padded);
  sealed += cipher.Tag();
  return {ToBase64(sealed), commitment};
}

std::optional<std::string> Unseal(const Seed& key, const BlockPlace& place,
                                  const SealedBlock& block) {
  const std::optional<std::string> bytes = FromBase64(block.sealed);
  if (!bytes || bytes->size() < kPadTo + kTagSize) return std::nullopt;
  const size_t size = bytes->size() - kTagSize;
  Cipher& cipher = CipherOfThread();
  cipher.Begin(Cipher::Direction::kOpen, key, place, block.commitment);
  std::string plain = cipher.Update(std::string_view(*bytes).substr(0, size));
  if (!cipher.HasTag(bytes->substr(size))) return std::nullopt;
  if (!IsCommittedTo(plain, OpeningOf(key, place), block.commitment)) return std::nullopt;
  plain.resize(plain.find_last_not_of(' ') + 1);
  if (Padded(plain).size() != size) return std::nullopt;
  return plain;
}

}  // namespace contacts::seal
