import { messageOf } from '../../base/errors.ts';
import { loadNativeSchnorr, type NativeSchnorr } from '../../nostr/schnorr-native.ts';
import { type CommandLine, findPackageManager } from '../../stack/install.ts';
import {
  carryOut,
  type Installation,
  type InstallRequest,
  planInstallation,
} from '../../stack/install-packages.ts';

const NOTHING: Installation = { packages: [], commands: [], npmDirectory: null };

type LoadNative = () => NativeSchnorr;

/** How the library gets here that checks signatures several times as fast: where it is missing and a package manager has it. */
export function planFaster(
  request: Omit<InstallRequest, 'packages' | 'postgres'>,
  load: LoadNative = loadNativeSchnorr,
): Installation {
  const native = load();
  const isOffered =
    !native.ok && native.missing === 'libsecp256k1' && findPackageManager(request.path) !== null;
  return isOffered ? planInstallation({ ...request, packages: ['libsecp256k1'] }) : NOTHING;
}

/** A stack works without it: what goes wrong is told and no more. @returns what did; null where nothing did */
export async function tryFaster(
  faster: Installation,
  onCommand: (command: CommandLine) => void,
  load: LoadNative = loadNativeSchnorr,
): Promise<string | null> {
  if (faster.commands.length === 0) return null;
  try {
    await carryOut(faster, onCommand);
  } catch (error) {
    return messageOf(error);
  }
  const native = load();
  return native.ok ? null : native.problem;
}
