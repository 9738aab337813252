// Starts strfry with its stock configuration: node scripts/relays/strfry.mjs PORT DIR, with STRFRY=/path/to/strfry.
// The two lines that differ from stock: the port, and no change of the limit of open files, which root alone may raise.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { holdUntilStopped, requireProgram } from './lib.mjs';

const [port, dir] = argv.slice(2);
const program = requireProgram('STRFRY', 'the strfry binary');
const database = join(dir, 'db');
await mkdir(database, { recursive: true });
const configuration = join(dir, 'strfry.conf');
await writeFile(configuration, `db = "${database}/"\nrelay {\n  port = ${port}\n  nofiles = 0\n}\n`);
await holdUntilStopped(
  [{ name: 'strfry', command: program, args: ['--config', configuration, 'relay'] }],
  dir,
);
