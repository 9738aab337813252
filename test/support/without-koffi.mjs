// Loaded before a program: as if npm had left koffi out.
import Module from 'node:module';

/** @typedef {{ _resolveFilename(request: string, ...rest: readonly unknown[]): string }} Loader */
const loader = /** @type {Loader} */ (/** @type {unknown} */ (Module));
const resolve = loader._resolveFilename;
loader._resolveFilename = (request, ...rest) => {
  if (request === 'koffi') throw new Error("Cannot find module 'koffi'");
  return resolve(request, ...rest);
};
