#include "events/json/merge_patch.h"

#include <map>
#include <string_view>

namespace contacts::json {
namespace {

class Merger {
 public:
  Merger(const Document& target, const Document& patch) : target_(target), patch_(patch) {}

  std::string Merge() {
    Write(&target_.root(), patch_.root());
    return std::move(out_);
  }

 private:
  // The patches of an object's members, by decoded name.
  using Patches = std::map<std::string, const Node*, std::less<>>;

  // `target`: nullptr: there is nothing at this place.
  void Write(const Node* target, const Node& patch) {
    if (patch.kind != Kind::kObject) {
      out_ += Minify(patch_.Raw(patch));
      return;
    }
    Patches left;
    for (uint32_t i = patch.first; i != 0; i = patch_.at(i).next) {
      left.emplace(patch_.Name(patch_.at(i)), &patch_.at(i));
    }
    out_ += '{';
    bool first = true;
    if (target != nullptr && target->kind == Kind::kObject) KeepMembers(*target, &left, &first);
    for (uint32_t i = patch.first; i != 0; i = patch_.at(i).next) {
      const Node& member = patch_.at(i);
      if (member.kind == Kind::kNull || !left.contains(patch_.Name(member))) continue;
      Begin(patch_.RawName(member), &first);
      Write(nullptr, member);
    }
    out_ += '}';
  }

  // Writes the target's members, each with its patch, and takes their patches from `left`.
  void KeepMembers(const Node& target, Patches* left, bool* first) {
    for (uint32_t i = target.first; i != 0; i = target_.at(i).next) {
      const Node& member = target_.at(i);
      const auto patch = left->find(target_.Name(member));
      if (patch == left->end()) {
        Begin(target_.RawName(member), first);
        out_ += Minify(target_.Raw(member));
        continue;
      }
      if (patch->second->kind != Kind::kNull) {
        Begin(target_.RawName(member), first);
        Write(&member, *patch->second);
      }
      left->erase(patch);
    }
  }

  void Begin(std::string_view raw_name, bool* first) {
    if (!*first) out_ += ',';
    *first = false;
    out_ += '"';
    out_ += raw_name;
    out_ += "\":";
  }

  const Document& target_;
  const Document& patch_;
  std::string out_;
};

}  // namespace

std::string MergePatch(const Document& target, const Document& patch) {
  return Merger(target, patch).Merge();
}

}  // namespace contacts::json
