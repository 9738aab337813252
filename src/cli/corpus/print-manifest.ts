import type { CorpusManifest } from '../../corpus/files/manifest.ts';
import { wantsColour } from '../colour.ts';
import type { CommandHost } from '../host.ts';
import { renderManifest } from './render-manifest.ts';

/** Prints a manifest on stdout, for a person. */
export function printManifest(manifest: CorpusManifest, dir: string, { io, colourFlag }: CommandHost): void {
  io.stdout.write(renderManifest(manifest, dir, wantsColour(colourFlag(), io.env, io.stdout)));
}
