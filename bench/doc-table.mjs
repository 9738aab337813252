// Tables that a script writes into the documentation, each between two comments with its name.

import { readFileSync, writeFileSync } from 'node:fs';
import { rootPath } from './support.mjs';

/**
 * Puts a text into its place of a page, in the stead of what stood there.
 * @param {string} page from the root of the repository
 * @param {string} name as in `<!-- NAME:begin -->`
 * @param {string} text Markdown
 * @throws Error where the page has no such place
 */
export function writeBetween(page, name, text) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const path = rootPath(page);
  const doc = readFileSync(path, 'utf8');
  const [from, to] = [doc.indexOf(begin), doc.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the table: ${begin} … ${end}`);
  writeFileSync(path, `${doc.slice(0, from)}${begin}\n\n${text}\n\n${doc.slice(to)}`);
}
