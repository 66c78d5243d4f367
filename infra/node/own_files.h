// The files of a data directory: they belong to the user that the directory belongs to, and nobody
// else can open them. Only the names that this program makes are touched, so that a directory which
// holds other things, too, keeps them as they are.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// Of a process of root's on a directory of another user's: gives what root left in it to that user,
// and works as that user from here on, for good. A directory that is missing is root's own. Before
// the directory is opened. The error says what is in the way.
Result<bool> WorkAsOwnerOf(const std::string& directory);

// Takes all rights of others away. `folder` is the opened directory `path`. The error names a file
// that belongs to another user, or a link that another user than root made.
Result<bool> CloseToOthers(int folder, const std::string& path);

// The parent of `directory` when every user can write in it, and so put another directory, or a
// link, in the place of this one. Empty: nobody but its owner can, or it cannot be looked at.
std::string ParentOpenToAll(const std::string& directory);

// What CloseToOthers would find; nothing is changed.
struct OwnFiles {
  std::vector<std::string> foreign;  // "PATH belongs to USER"; a few
  bool open = false;                 // others than the owner can open one of them
};
// For a process of `user`, to which root, where it looks, would give its own files.
OwnFiles LookAtOwnFiles(const std::string& path, uid_t user);

}  // namespace contacts
