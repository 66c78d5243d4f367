#include "events/history.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "events/json/json_archive.h"
#include "events/opening.h"

namespace contacts {
namespace {

// ---- golden/history.ndjson: one entry a line; history_golden.py reads the same file ----

struct GoldenEntry {
  std::string note, key, value, verdict;
  int partition = 0;
};

std::string TextOf(const json::Document& document, const json::Node& node) {
  std::string text;
  EXPECT_TRUE(document.Text(node, &text));
  return text;
}

std::string FromHexText(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// Parts of a value: text, {"hex":…} for other bytes, {"repeat":…,"times":…} for long text.
std::string ValueOf(const json::Document& document, const json::Node& parts) {
  std::string value;
  for (uint32_t i = parts.first; i != 0; i = document.at(i).next) {
    const json::Node& part = document.at(i);
    if (part.kind == json::Kind::kString) {
      value += TextOf(document, part);
    } else if (const json::Node* hex = document.Find(part, "hex")) {
      value += FromHexText(TextOf(document, *hex));
    } else {
      const std::string text = TextOf(document, *document.Find(part, "repeat"));
      const int times = std::stoi(std::string(document.Raw(*document.Find(part, "times"))));
      for (int n = 0; n < times; ++n) value += text;
    }
  }
  return value;
}

GoldenEntry ReadEntry(const std::string& line) {
  const auto document = json::Document::Parse(line);
  EXPECT_TRUE(document) << line;
  const auto member = [&](const char* name) -> const json::Node& {
    return *document->Find(document->root(), name);
  };
  return {TextOf(*document, member("note")), TextOf(*document, member("key")),
          ValueOf(*document, member("value")), TextOf(*document, member("verdict")),
          std::stoi(std::string(document->Raw(member("partition"))))};
}

// A reader of the log, which applies the rule to each entry, in order.
class Reader {
 public:
  explicit Reader(int partitions) : partitions_(partitions) {}

  std::string Judge(const GoldenEntry& entry) {
    const auto opening = DecodeOpening(entry.key, entry.value);
    if (opening && opening->partition == entry.partition && !open_.contains(entry.partition)) {
      open_.insert(entry.partition);
      return "opening";
    }
    const auto slot = ReadSlot(entry.key, entry.value, entry.partition, partitions_);
    if (!slot) return "foreign";
    Head& head = heads_[slot->tenant.value];
    if (!open_.contains(entry.partition) || !IsHistory(head, *slot)) return "superseded";
    head = Head{slot->sequence, Sha256(entry.value)};
    return "history";
  }

 private:
  const int partitions_;
  std::set<int> open_;
  std::map<std::string, Head> heads_;
};

TEST(HistoryGolden, EachEntryGetsItsVerdict) {
  std::ifstream in(GOLDEN_DIR "/history.ndjson");
  Reader reader(4);
  std::map<std::string, int> seen;
  for (std::string line; std::getline(in, line);) {
    const GoldenEntry entry = ReadEntry(line);
    EXPECT_EQ(reader.Judge(entry), entry.verdict) << entry.note;
    ++seen[entry.verdict];
  }
  EXPECT_GE(seen["opening"], 4);
  EXPECT_GE(seen["history"], 20);
  EXPECT_GE(seen["superseded"], 8);
  EXPECT_GE(seen["foreign"], 40);
}

// ---- the pieces ----

std::string Entry(const std::string& tenant, const std::string& sequence) {
  return R"({"tenant":")" + tenant + R"(","sequence":)" + sequence + R"(,"previous":")" +
         std::string(64, '0') + "\"}";
}

std::string Refusal(const std::string& key, const std::string& value, int partition = 0,
                    int partitions = 1) {
  const auto slot = ReadSlot(key, value, partition, partitions);
  return slot ? "" : slot.error().message;
}

TEST(ReadSlot, SaysWhyAnEntryCannotBeHistory) {
  EXPECT_EQ(Refusal("acme", Entry("acme", "1")), "");
  EXPECT_EQ(Refusal("acme", " " + Entry("acme", "1")),
            "not one JSON object with nothing around it");
  EXPECT_EQ(Refusal("acme", "{}"), "no valid tenant");
  EXPECT_EQ(Refusal("other", Entry("acme", "1")), "the tenant is not the entry's key");
  EXPECT_EQ(Refusal("acme", Entry("acme", "0")), "no valid sequence");
  EXPECT_EQ(Refusal("acme", R"({"tenant":"acme","sequence":1})"), "no valid previous");
  const int home = PartitionOf(TenantId{"acme"}, 7);
  EXPECT_EQ(Refusal("acme", Entry("acme", "1"), home, 7), "");
  EXPECT_EQ(Refusal("acme", Entry("acme", "1"), (home + 1) % 7, 7),
            "in another partition than its tenant's");
}

TEST(ReadSlot, ReadsSequencesOfUpTo15Digits) {
  const auto slot = ReadSlot("acme", Entry("acme", "999999999999999"), 0, 1);
  ASSERT_TRUE(slot);
  EXPECT_EQ(slot->sequence, Sequence{999'999'999'999'999});
}

TEST(IsHistory, WantsTheNextSequenceAndTheHashOfTheHead) {
  const Head head{Sequence{5}, Sha256("five")};
  const auto slot = [](int64_t sequence, Hash previous) {
    return Slot{TenantId{"acme"}, Sequence{sequence}, previous};
  };
  EXPECT_TRUE(IsHistory(head, slot(6, Sha256("five"))));
  EXPECT_FALSE(IsHistory(head, slot(6, Sha256("another five"))));
  EXPECT_FALSE(IsHistory(head, slot(6, Hash{})));
  EXPECT_FALSE(IsHistory(head, slot(5, Sha256("five"))));
  EXPECT_FALSE(IsHistory(head, slot(7, Sha256("five"))));
  EXPECT_TRUE(IsHistory(Head{}, slot(1, Hash{})));
  EXPECT_FALSE(IsHistory(Head{}, slot(1, Sha256(""))));
  EXPECT_FALSE(IsHistory(Head{}, slot(2, Hash{})));
}

// The vectors of org.apache.kafka.common.utils.UtilsTest.testMurmur2. PartitionOf does not return
// the hash, but the partitions for the largest count and for primes determine it.
TEST(PartitionOf, IsThatOfKafkasJavaClient) {
  const struct {
    const char* key;
    int32_t murmur2;
  } table[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [key, murmur2] : table) {
    const int positive = murmur2 & 0x7fffffff;
    for (const int partitions : {1, 2, 12, 97, 10'007, 1'000'003, 2'147'483'647}) {
      EXPECT_EQ(PartitionOf(TenantId{key}, partitions), positive % partitions)
          << key << " of " << partitions;
    }
  }
}

}  // namespace
}  // namespace contacts
