import { describe, expect, it } from 'vitest';
import { relayInformation } from '../../../../src/relay/http/information.ts';
import { parseRelayOptions } from '../../../../src/relay/options.ts';

const options = parseRelayOptions([]);

describe('the information document', () => {
  it.each([
    [
      { kind: 'native', library: 'libsecp256k1.so.1', reason: null },
      'checked by libsecp256k1.so.1 (native).',
    ],
    [{ kind: 'wasm', library: null, reason: 'libsecp256k1 is not installed' }, 'checked by WebAssembly.'],
    [null, 'accepts ANY signature (benchmark mode).'],
  ] as const)('says what checks signatures: %j', (verifier, text) => {
    expect(relayInformation(options, '1.2.3', verifier).description).toContain(text);
  });
});
