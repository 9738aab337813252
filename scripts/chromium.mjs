import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

/** Names under which a system has Chromium; `test/setup` installs the first of them as a package. */
export const BROWSER_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** How `playwright-core` starts the system's Chromium. */
export function chromiumOptions() {
  // As root, as in most containers, Chromium starts only without its sandbox. It loads nothing but our own pages.
  return { executablePath: chromiumPath(), args: ['--no-sandbox'] };
}

function chromiumPath() {
  const directories = (env['PATH'] ?? '').split(delimiter);
  const paths = BROWSER_NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = paths.find(isExecutable);
  if (found === undefined) throw new Error('no Chromium on this machine: install the package "chromium"');
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
