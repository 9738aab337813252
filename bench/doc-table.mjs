// Tables that a script writes into the documentation, each between two comments with its name.

import { readFileSync, writeFileSync } from 'node:fs';
import { rootPath } from './support.mjs';

/** Where the text of a name begins and ends in a page. @throws Error where the page has no such place */
function placeOf(page, name) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const path = rootPath(page);
  const doc = readFileSync(path, 'utf8');
  const [from, to] = [doc.indexOf(begin), doc.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the table: ${begin} … ${end}`);
  return {
    path,
    before: doc.slice(0, from + begin.length),
    text: doc.slice(from + begin.length, to),
    after: doc.slice(to),
  };
}

/**
 * What stands in a place of a page.
 * @param {string} page from the root of the repository
 * @param {string} name as in `<!-- NAME:begin -->`
 * @throws Error where the page has no such place
 */
export function readBetween(page, name) {
  return placeOf(page, name).text.trim();
}

/**
 * Puts a text into its place of a page, in the stead of what stood there.
 * @param {string} page from the root of the repository
 * @param {string} name as in `<!-- NAME:begin -->`
 * @param {string} text Markdown
 * @throws Error where the page has no such place
 */
export function writeBetween(page, name, text) {
  const { path, before, after } = placeOf(page, name);
  writeFileSync(path, `${before}\n\n${text}\n\n${after}`);
}
