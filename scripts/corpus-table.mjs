// Writes the tables of docs/corpus.md: what a generated corpus is like beside what is known of the network.
//   node scripts/corpus-table.mjs
import { readFile, writeFile } from 'node:fs/promises';
import { register } from 'node:module';

register('../test/support/ts-hooks.mjs', import.meta.url);
const { corpusOf, figureTables } = await import('../test/support/corpus-figures.ts');

const path = new URL('../docs/corpus.md', import.meta.url);
const BEGIN = '<!-- tables -->';
const END = '<!-- /tables -->';

const text = await readFile(path, 'utf8');
const before = text.slice(0, text.indexOf(BEGIN));
const after = text.slice(text.indexOf(END));
const tables = figureTables(corpusOf('social'));
await writeFile(path, `${before}${BEGIN}\n\n${tables}\n\n${after}`);
