import { renameSync, rmSync } from "node:fs";

/** Replace a folder by the one that `make` fills. If that fails, the folder stays as it was. */
export async function replaceFolder(folder, make) {
  const fresh = `${folder}.new`;
  const remove = (path) => rmSync(path, { recursive: true, force: true });
  remove(fresh); // of a build that was killed
  try {
    await make(fresh);
    remove(folder);
    renameSync(fresh, folder);
  } finally {
    remove(fresh);
  }
}
