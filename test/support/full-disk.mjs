// Loaded before the command line where no small disk can be mounted: every file system has one megabyte left.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

fs.promises.statfs = async () => ({ bsize: 4_096, bavail: 256 });
syncBuiltinESMExports();
