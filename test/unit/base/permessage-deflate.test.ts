import { describe, expect, it } from 'vitest';
import { acceptDeflate, DEFLATE_OFFER, deflateTerms } from '../../../src/base/permessage-deflate.ts';

const ACCEPTED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

describe('a server', () => {
  it.each([
    ['what the generator offers', DEFLATE_OFFER],
    ['what browsers offer', 'permessage-deflate; client_max_window_bits'],
    ['a bare offer', 'permessage-deflate'],
    ['a name in capitals', 'Permessage-Deflate'],
    ['an offer behind another extension', 'x-webkit-deflate-frame, permessage-deflate'],
    [
      'an offer behind one that it can not keep',
      'permessage-deflate; server_max_window_bits=9, permessage-deflate',
    ],
    ['a window of the client', 'permessage-deflate; client_max_window_bits=10'],
  ])('accepts %s, and nobody takes anything over', (_, offer) => {
    expect(acceptDeflate(offer)).toBe(ACCEPTED);
  });

  it.each(['13', '15', '"14"'])('keeps to a window of %s bits that is asked of it', (bits) => {
    expect(acceptDeflate(`permessage-deflate; server_max_window_bits=${bits}`)).toBe(
      `${ACCEPTED}; server_max_window_bits=13`,
    );
  });

  it.each([
    ['nothing', undefined],
    ['an empty field', ''],
    ['another extension', 'bbf-usp-protocol'],
    ['a window that is too small for it', 'permessage-deflate; server_max_window_bits=12'],
    ['bits that there are not', 'permessage-deflate; server_max_window_bits=16'],
    ['bits with a zero in front', 'permessage-deflate; client_max_window_bits=09'],
    ['a window of the server without bits', 'permessage-deflate; server_max_window_bits'],
    ['a switch with a value', 'permessage-deflate; client_no_context_takeover=1'],
    ['a parameter twice', 'permessage-deflate; client_max_window_bits; client_max_window_bits'],
    ['a parameter that there is not', 'permessage-deflate; mode=turbo'],
    ['what is no token', 'permessage-deflate; client_max_window_bits="1'],
  ])('declines %s', (_, offer) => {
    expect(acceptDeflate(offer)).toBeNull();
  });
});

describe('a client', () => {
  it('takes the largest windows, taken over, where the answer says nothing', () => {
    expect(deflateTerms('permessage-deflate')).toEqual({
      serverTakesOver: true,
      serverWindowBits: 15,
      clientWindowBits: 15,
    });
  });

  it('takes what the answer says', () => {
    const answer =
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=8';
    expect(deflateTerms(answer)).toEqual({
      serverTakesOver: false,
      serverWindowBits: 10,
      clientWindowBits: 8,
    });
  });

  it('understands what the server of the same tool answers', () => {
    expect(deflateTerms(acceptDeflate(DEFLATE_OFFER) ?? '')?.serverTakesOver).toBe(false);
  });

  it.each([
    ['an extension that was not offered', 'x-other'],
    ['two extensions', 'permessage-deflate, x-other'],
    ['the same twice', 'permessage-deflate, permessage-deflate'],
    ['a window of the client without bits', 'permessage-deflate; client_max_window_bits'],
    ['a parameter that there is not', 'permessage-deflate; mode=turbo'],
    ['nothing', ''],
  ])('does not believe %s', (_, answer) => {
    expect(deflateTerms(answer)).toBeNull();
  });
});
