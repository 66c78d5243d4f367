// Bodies of POST /contacts of the largest allowed size, each with another shape that makes an
// answer, or the work for it, large. All of them are refused with 400.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace contacts {

inline constexpr size_t kBodyLimit = 256 * 1024;
inline constexpr size_t kMetadataLimit = 16 * 1024;

struct HostileBody {
  std::string name;
  std::string body;
};

namespace hostile {

inline std::string Times(size_t count, const std::string& text) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

// `piece(0)`, `piece(1)`, …, with commas, as many as fit into `size` bytes.
inline std::string Fill(size_t size, const std::function<std::string(size_t)>& piece) {
  std::string all;
  for (size_t i = 0;; ++i) {
    const std::string next = piece(i);
    if (all.size() + next.size() + 1 > size) return all;
    all += (all.empty() ? "" : ",") + next;
  }
}
inline std::string Fill(size_t size, const std::string& piece) {
  return Fill(size, [&](size_t) { return piece; });
}

// Members named `before` and a number, with `value`.
inline std::string JsonMembers(size_t size, const std::string& before, const std::string& value) {
  return Fill(size, [&](size_t i) { return "\"" + before + std::to_string(i) + "\":" + value; });
}

// Nested objects, each with a name of this many bytes; the innermost is an array of `element`.
inline std::string Deep(size_t size, size_t levels, const std::string& letter, size_t name_bytes,
                        const std::string& element) {
  const std::string name = Times(name_bytes / letter.size(), letter);
  const size_t around = (levels - 1) * (name.size() + 5) + 2;
  return Times(levels - 1, "{\"" + name + "\":") + "[" + Fill(size - around, element) + "]" +
         std::string(levels - 1, '}');
}

// Values of `metadata` of at most `size` bytes, without white space.
inline std::vector<HostileBody> MetadataOf(size_t size) {
  const std::string control = "\\u0001", surrogate = "\\ud800";
  const auto long_name = [&](const std::string& letter, const std::string& element) {
    const std::string name = Times(size / 2 / letter.size(), letter);
    return "{\"" + name + "\":[" + Fill(size - name.size() - 15, element) + ",9e999]}";
  };
  return {
      {"a long name over bad numbers", long_name("k", "9e999")},
      {"a long name over zeros", long_name("k", "0")},
      {"a long name over bad strings", long_name("k", "\"\\udc00\"")},
      {"a long name of escapes over bad numbers", long_name(control, "9e999")},
      {"a long name with a surrogate", long_name(surrogate, "9e999")},
      {"long names in one another over bad numbers", Deep(size, 16, "k", size / 32, "9e999")},
      {"escaped names in one another over bad numbers",
       Deep(size, 16, control, size / 32, "9e999")},
      {"32 levels whose names fill it", Deep(size, 31, "k", size / 31 - 10, "0")},
      {"bad numbers", "{\"a\":[" + Fill(size - 8, "9e999") + "]}"},
      {"numbers too small", "{\"a\":[" + Fill(size - 8, "1e-999") + "],\"b\":9e999}"},
      {"one number of many digits", "{\"a\":" + std::string(size - 8, '9') + "}"},
      {"bad strings", "{\"a\":[" + Fill(size - 8, "\"\\ud800\"") + "]}"},
      {"names with surrogates", "{" + JsonMembers(size - 2, surrogate, "0") + "}"},
      {"names of controls over bad numbers",
       "{" + JsonMembers(size - 2, Times(64, control), "9e999") + "}"},
      {"names that a pointer escapes", "{" + JsonMembers(size - 2, Times(64, "~"), "9e999") + "}"},
      {"objects too deep",
       "{\"a\":[" + Fill(size - 8, Times(14, "[") + "[[1]]" + Times(14, "]")) + "]}"},
  };
}

}  // namespace hostile

inline std::vector<HostileBody> HostileBodies(size_t limit = kBodyLimit) {
  using namespace hostile;  // NOLINT: of this header alone
  const std::string good = R"({"fullName":"a","email":"a@b.c","type":"client",)";
  const size_t room = limit - 200;
  const std::string long_name = std::string(room / 2, 'k');
  std::vector<HostileBody> all = {
      {"unknown members", good + JsonMembers(room, "", "0") + "}"},
      {"unknown members with long names",
       good + JsonMembers(room, std::string(4000, 'x'), "0") + "}"},
      {"unknown members with escaped names", good + JsonMembers(room, "\\u0061", "0") + "}"},
      {"unknown members that begin as a field does",
       "{" + JsonMembers(room, "e\\u006dai", "0") + "}"},
      {"unknown members of quotes", good + JsonMembers(room, Times(60, "\\\""), "0") + "}"},
      {"unknown members with surrogates", good + JsonMembers(room, "\\ud800", "0") + "}"},
      {"unknown members, none of ours", "{" + JsonMembers(room, "", "0") + "}"},
      {"an unknown member with a long name over an array",
       good + "\"" + long_name + "\":[" + Fill(room / 2, "9e999") + "]}"},
      {"a member twice", "{" + JsonMembers(room, "", "0") + ",\"0\":0}"},
      {"a long member twice", "{\"" + long_name + "\":0,\"" + long_name + "\":0}"},
      {"an escaped member twice", "{" + JsonMembers(room, "\\u0061", "0") + ",\"a0\":0}"},
      {"small objects", good + "\"a\":[" + Fill(room, R"({"a":0,"b":0})") + "]}"},
      {"each field of another type",
       R"({"fullName":[],"email":1,"type":{},"isActive":"","canLogin":0,"mentionName":[],"phone":[],)"
       R"("company":1,"title":true,"department":{},"metadata":[)" +
           Fill(room, "0") + "]}"},
      {"each text too long",
       "{" +
           Fill(room,
                [&](size_t i) {
                  static const char* const kTexts[] = {"fullName", "email", "mentionName", "phone",
                                                       "company",  "title", "department",  "type"};
                  const std::string text = Times(room / 8 / 7, "\\u0001");
                  return i < 8 ? "\"" + std::string(kTexts[i]) + "\":\"" + text + "\""
                               : std::string(room, ' ');
                }) +
           "}"},
      {"a type of many bytes",
       R"({"fullName":"a","email":"a@b.c","type":")" + Times(room, "x") + "\"}"},
      {"an array for an object", "[" + Fill(room, "0") + "]"},
      {"an array of objects for an object", "[" + Fill(room, "{}") + "]"},
      {"a string for an object", "\"" + std::string(room, 'x') + "\""},
      {"a number for an object", std::string(room, '9')},
      {"33 levels", Deep(room, 33, "k", room / 64, "0")},
      {"JSON that ends too early", "[" + Fill(room, "0")},
      {"no UTF-8", "\"" + std::string(room, 'x') + "\xff\""},
  };
  for (const size_t size : {kMetadataLimit - 200, kMetadataLimit + 100, limit - 100}) {
    for (const HostileBody& metadata : MetadataOf(size)) {
      all.push_back({"metadata of " + std::to_string(size) + " bytes: " + metadata.name,
                     good + "\"metadata\":" + metadata.body + "}"});
    }
  }
  return all;
}

}  // namespace contacts
