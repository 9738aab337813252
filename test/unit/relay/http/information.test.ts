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

  it('of an edge names its origin, and not what only that can do', () => {
    const edge = parseRelayOptions(['--role', 'edge', '--origin', 'ws://a.example:7']);
    const { description, supported_nips: nips, store } = relayInformation(edge, '1.2.3', null);
    expect(description).toContain('its origin at a.example:7');
    expect(nips).toEqual(expect.arrayContaining([1, 9, 42, 45, 50]));
    for (const nip of [17, 59, 70, 77]) expect(nips).not.toContain(nip);
    expect(store).toMatchObject({ type: 'edge' });
  });
});
