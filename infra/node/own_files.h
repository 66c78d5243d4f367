// The files of a data directory: they belong to the owner of the directory, and no other user can
// open them. Only the names that this program makes are touched; other files in the directory stay
// as they are.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// For root on another user's directory: gives that user the files that root left in it, and makes
// the process work as that user for good. A missing directory will be root's own. To be called
// before the directory is opened. The error says what is in the way.
Result<bool> WorkAsOwnerOf(const std::string& directory);

// Takes all rights of other users away. `folder` is the open directory `path`. The error names a
// file that belongs to another user, or a link that another user than root made.
Result<bool> CloseToOthers(int folder, const std::string& path);

// The parent of `directory` when every user can write in it, and so put another directory, or a
// link, in the place of this one. Empty: no other user can, or it cannot be looked at.
std::string ParentOpenToAll(const std::string& directory);

// The files that CloseToOthers would find; nothing is changed.
struct OwnFiles {
  std::vector<std::string> foreign;  // "PATH belongs to USER"; a few
  bool open = false;                 // users other than the owner can open one of them
};
// For a process of `user`. When root looks, root's own files count as that user's: a start gives
// them away.
OwnFiles LookAtOwnFiles(const std::string& path, uid_t user);

}  // namespace contacts
