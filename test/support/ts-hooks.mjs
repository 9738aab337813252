// Module hooks that let a test program run TypeScript files as they stand: types are erased, nothing else. The compiler
// takes longer to load than such a program runs, so what it makes of a file is kept in node_modules/.cache.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const CACHE = new URL('../../node_modules/.cache/relay-bench-tests/', import.meta.url);

async function erase(source, fileName) {
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(source, { compilerOptions, fileName }).outputText;
}

async function erased(source, fileName) {
  const kept = new URL(`${createHash('sha256').update(source).digest('hex')}.js`, CACHE);
  try {
    return await readFile(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const text = await erase(source, fileName);
  await mkdir(CACHE, { recursive: true });
  // Another program may read it at this moment: it is whole or not there.
  const unfinished = new URL(`${kept.href}.${process.pid}`);
  await writeFile(unfinished, text);
  await rename(unfinished, kept);
  return text;
}

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(url), 'utf8');
  return { format: 'module', source: await erased(source, url), shortCircuit: true };
}
