import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { verifiesSchnorr } from '../../src/nostr/schnorr.ts';
import { loadNativeSchnorr } from '../../src/nostr/schnorr-native.ts';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';
import { bip340Vectors, forged, type SignatureCase, signed, spoiled } from '../support/bip340.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { type CliResult, runCli, startCli } from '../support/run-cli.ts';
import { changed, smallCorpusLines } from '../support/small-corpus.ts';
import { tempDir } from '../support/temp-dir.ts';

// The set-up of these tests installs libsecp256k1: here it must be there.

const KINDS = ['native', 'wasm'] as const;
const WITHOUT_KOFFI = {
  NODE_OPTIONS: `--import=${new URL('../support/without-koffi.mjs', import.meta.url).href}`,
};

/** A secret key below the order of the curve. */
function secretKey(): Buffer {
  return Buffer.concat([Buffer.from([1]), randomBytes(31)]);
}

/** For each right one a bad one of another sort. */
function manySignatures(count: number): SignatureCase[] {
  return Array.from({ length: count }, (_, n) => {
    const right = signed(secretKey(), randomBytes(32));
    const bad = n % 4 === 0 ? forged() : spoiled(right, randomBytes(2).readUInt16BE() % 1_024);
    return [right, bad];
  }).flat();
}

test('libsecp256k1 and WebAssembly say the same, the right thing, of the vectors of BIP-340 and of thousands of signatures', () => {
  const native = loadNativeSchnorr();
  expect(native).toMatchObject({ ok: true });
  const cases = [...bip340Vectors(), ...manySignatures(2_000)];
  const wrong = cases.filter(({ hash, pubkey, signature, isRight }) => {
    const answers = [
      native.ok && native.verifies(hash, pubkey, signature),
      verifiesSchnorr(hash, pubkey, signature),
    ];
    return answers.some((answer) => answer !== isRight);
  });
  expect(wrong).toEqual([]);
});

test('libsecp256k1 forgets keys, and is right about those that come again', () => {
  const native = loadNativeSchnorr();
  const right = signed(secretKey(), randomBytes(32));
  const isRight = (): boolean => native.ok && native.verifies(right.hash, right.pubkey, right.signature);
  expect(isRight()).toBe(true);
  // Half of all numbers are keys.
  for (let n = 0; n < 11_000; n++) native.ok && native.verifies(right.hash, randomBytes(32), right.signature);
  expect(isRight()).toBe(true);
});

describe.each(KINDS)('a relay that verifies by %s', (kind) => {
  test('says so, takes what is signed and refuses what is not, in each of its threads', async () => {
    const relay = await startBuiltRelay(['--verifier', kind, '--verify-workers', '3']);
    onTestFinished(() => relay.stop());
    expect(relay.ready).toMatchObject({ verifier: { kind, reason: null } });
    const metrics = await (await fetch(relay.metricsUrl)).text();
    expect(metrics).toMatch(
      new RegExp(`^nostr_verifier_info\\{kind="${kind}",library="(libsecp256k1[^"]+)?"\\} 1$`, 'm'),
    );
    const client = new Client(relay.url);
    onTestFinished(() => client.terminate());
    await client.open();
    const author = new Author();
    const events = Array.from({ length: 30 }, (_, n) => author.sign({ content: `${n}` }));
    const sent = events.map((event, n) => (n % 10 === 9 ? { ...event, sig: events[0]?.sig ?? '' } : event));
    for (const event of sent) client.send(['EVENT', event]);
    const answers = await Promise.all(sent.map(({ id }) => client.ok(id)));
    expect(answers.map(({ accepted }) => accepted)).toEqual(sent.map((_, n) => n % 10 !== 9));
  });
});

describe('without koffi', () => {
  test('a relay verifies by WebAssembly, and says why', async () => {
    const relay = startCli(['relay', '--port', '0'], { env: WITHOUT_KOFFI });
    onTestFinished(() => relay.stop());
    await relay.until(/relay listens on/);
    expect(relay.stderr()).toBe(
      "signatures are checked by WebAssembly: koffi can't be loaded (Cannot find module 'koffi')\n",
    );
  });

  test('what asks for libsecp256k1 is refused', async () => {
    const { exitCode, stderr } = await runCli(['relay', '--port', '0', '--verifier', 'native'], {
      env: WITHOUT_KOFFI,
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("signatures can't be checked natively: koffi can't be loaded");
  });
});

test('an import drops the same lines whatever verifies', async () => {
  const parent = await tempDir();
  const [first = '', ...lines] = smallCorpusLines(600);
  const { sig } = JSON.parse(first) as { readonly sig: string };
  const file = join(parent, 'dump.jsonl');
  await writeFile(file, lines.map((line, n) => (n % 50 === 0 ? changed(line, { sig }) : line)).join('\n'));
  const imported = async (kind: string): Promise<readonly [CliResult, string, unknown]> => {
    const dir = join(parent, kind);
    const args = ['corpus', 'import', file, '--out', dir, '--workers', '2', '--verifier', kind];
    const result = await runCli(args);
    const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as { source: unknown };
    return [result, await readFile(join(dir, 'events.jsonl'), 'utf8'), manifest.source];
  };
  const [native, wasm] = [await imported('native'), await imported('wasm')];
  expect(native[0]).toMatchObject({ exitCode: 0 });
  expect(native[2]).toMatchObject({ dropped: { 'wrong-signature': 12 } });
  expect(native.slice(1)).toEqual(wasm.slice(1));
});

test('the record of a run says what verified, in the generator, in the embedded relay and in the audit', async () => {
  const out = await tempDir();
  const load = ['--connections', '10', '--duration', '2s', '--warmup', '0s', '--no-default-gates'];
  const verifying = ['--verifier', 'native', '--audit', '--progress', 'none', '--format', 'json'];
  const { stdout } = await runCli(['run', 'fanout', ...load, ...verifying, '--out', out]);
  const record = JSON.parse(stdout);
  expect(record.generator.verifier).toMatchObject({ kind: 'native', reason: null });
  expect(record.counters.events_verified).toBeGreaterThan(0);
  expect(record.counters.events_invalid).toBe(0);
  expect(record.target.nip11.description).toMatch(/checked by libsecp256k1\S* \(native\)/);
  expect(record.audit.proofs).toMatchObject({ wrong: 0, verifier: { kind: 'native' } });
  expect(record.audit.proofs.checked).toBeGreaterThan(0);
});
