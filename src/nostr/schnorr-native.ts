import { createRequire } from 'node:module';
import { messageOf } from '../base/errors.ts';
import type { VerifySchnorr } from './schnorr.ts';

/**
 * Names of the library whose functions are as they are called here, newest first: it has no other sign of its version.
 * Those before `.so.1` have another `secp256k1_schnorrsig_verify`, and would read whatever lies at address 32.
 */
const LIBRARIES = [
  ...[6, 5, 2, 1].map((version) => `libsecp256k1.so.${version}`),
  // Where Homebrew puts it.
  ...['/opt/homebrew', '/usr/local'].map((prefix) => `${prefix}/lib/libsecp256k1.6.dylib`),
];

/** `SECP256K1_CONTEXT_NONE`: a context that verifies. */
const CONTEXT_NONE = 1;

type ForeignFunction = (...args: readonly unknown[]) => unknown;

/** What is used of koffi. */
export interface ForeignInterface {
  /** @throws Error where there is no such library */
  load(library: string): { func(definition: string): ForeignFunction };
}

/** What came of looking for the library. */
export type NativeSchnorr =
  | { readonly ok: true; readonly library: string; readonly verifies: VerifySchnorr }
  | {
      readonly ok: false;
      /** What has to be installed. */
      readonly missing: 'koffi' | 'libsecp256k1';
      readonly problem: string;
    };

/** How it is found; tests replace it. */
export interface NativeSources {
  /** @throws Error where koffi, which npm may leave out, is not installed or does not work on this machine */
  readonly koffi: () => ForeignInterface;
  readonly libraries: readonly string[];
}

const SYSTEM: NativeSources = {
  koffi: () => createRequire(import.meta.url)('koffi') as ForeignInterface,
  libraries: LIBRARIES,
};

/**
 * Loads libsecp256k1 into this thread and tries it. Never throws.
 * @returns its BIP-340 verification, which is right or wrong for whatever bytes, or why there is none
 */
export function loadNativeSchnorr({ koffi, libraries }: NativeSources = SYSTEM): NativeSchnorr {
  let ffi: ForeignInterface;
  try {
    ffi = koffi();
  } catch (error) {
    const [why] = messageOf(error).split('\n');
    return { ok: false, missing: 'koffi', problem: `koffi can't be loaded (${why})` };
  }
  let problem = 'libsecp256k1 is not installed, or too old';
  for (const library of libraries) {
    const found = openLibrary(ffi, library);
    if (found === null) continue;
    if (typeof found !== 'string') return { ok: true, library, verifies: found };
    problem = `${library} ${found}`;
  }
  return { ok: false, missing: 'libsecp256k1', problem };
}

/** Its verification; a text says why it is of no use, null that it is not there. */
function openLibrary(ffi: ForeignInterface, name: string): VerifySchnorr | string | null {
  let library: ReturnType<ForeignInterface['load']>;
  try {
    library = ffi.load(name);
  } catch {
    return null;
  }
  try {
    const verifies = verificationOf(library);
    return KNOWN.every(({ signature, isRight }) => verifies(HASH, KEY, signature) === isRight)
      ? verifies
      : 'gives wrong answers';
  } catch {
    return 'was built without the module schnorrsig';
  }
}

/** Bytes of `secp256k1_xonly_pubkey`. */
const POINT_BYTES = 64;
/** Keys that are kept as points, forgotten together when they are so many: finding the point takes a tenth of the time. */
const POINTS_MAX = 5_000;

/** @throws Error where a function is missing */
function verificationOf(library: ReturnType<ForeignInterface['load']>): VerifySchnorr {
  const create = library.func('void *secp256k1_context_create(unsigned int flags)');
  const parse = library.func(
    'int secp256k1_xonly_pubkey_parse(const void *ctx, void *pubkey, const void *input32)',
  );
  const verify = library.func(
    'int secp256k1_schnorrsig_verify(const void *ctx, const void *sig64, const void *msg, size_t msglen, const void *pubkey)',
  );
  const context = create(CONTEXT_NONE);
  const points = new Map<string, Uint8Array>();
  const pointOf = (pubkey: Uint8Array): Uint8Array | null => {
    const key = Buffer.from(pubkey.buffer, pubkey.byteOffset, pubkey.byteLength).toString('latin1');
    const known = points.get(key);
    if (known !== undefined) return known;
    const point = new Uint8Array(POINT_BYTES);
    if (parse(context, point, pubkey) !== 1) return null;
    if (points.size >= POINTS_MAX) points.clear();
    points.set(key, point);
    return point;
  };
  return (hash, pubkey, signature) => {
    // The library reads so many bytes whatever it is given.
    if (hash.length !== 32 || pubkey.length !== 32 || signature.length !== 64) return false;
    const point = pointOf(pubkey);
    return point !== null && verify(context, signature, hash, 32, point) === 1;
  };
}

/** Vector 1 of BIP-340, and the same signature with one bit changed. */
const KEY = Buffer.from('dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659', 'hex');
const HASH = Buffer.from('243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89', 'hex');
const SIGNATURE =
  '6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341' +
  '8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a';
const KNOWN = [
  { signature: Buffer.from(SIGNATURE, 'hex'), isRight: true },
  { signature: Buffer.from(SIGNATURE.replace(/a$/, 'b'), 'hex'), isRight: false },
];
