import { describe, expect, test } from 'vitest';
import { examineVerifier } from '../../../../src/cli/doctor/examine-verifier.ts';

const NO_MANAGER = '/nowhere';

describe('what doctor says of the verification of signatures', () => {
  test('is fine with the library, which is named', () => {
    const found = { ok: true, library: 'libsecp256k1.so.1', verifies: () => true } as const;
    expect(examineVerifier(found, NO_MANAGER)).toMatchObject({ verdict: 'ok', value: 'libsecp256k1.so.1' });
  });

  test.each([
    ['libsecp256k1', 'install libsecp256k1'],
    ['koffi', 'install relay-bench with its optional dependencies'],
  ] as const)('is a warning without %s, with what to install', (missing, advice) => {
    const check = examineVerifier({ ok: false, missing, problem: `no ${missing}` }, NO_MANAGER);
    expect(check).toMatchObject({ verdict: 'warning', value: 'WebAssembly' });
    expect(check.allows).toContain(`no ${missing}`);
    expect(check.advice).toContain(advice);
  });
});
