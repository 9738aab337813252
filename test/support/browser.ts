import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { isExecutable } from '../../src/stack/executable.ts';

/** Names under which a system has Chromium; `test/setup` installs the first of them as a package. */
export const BROWSER_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
] as const;

/** The system's Chromium without a window; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  // As root, as in most containers, Chromium starts only without its sandbox. It loads nothing but our own files.
  return chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
}

/** @throws Error naming the package where there is none */
function browserPath(): string {
  const directories = (process.env['PATH'] ?? '').split(delimiter);
  const paths = BROWSER_NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  const found = paths.find(isExecutable);
  if (found === undefined) throw new Error('no Chromium on this machine: install the package "chromium"');
  return found;
}
