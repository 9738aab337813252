// Loaded before the command line where no small disk can be mounted: every file system has one megabyte left.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { statfs } = fs.promises;
// What is asked of it here is the room that is left; all else is what the disk says.
fs.promises.statfs = Object.assign(async (path) => ({ ...(await statfs(path)), bsize: 4_096, bavail: 256 }));
syncBuiltinESMExports();
