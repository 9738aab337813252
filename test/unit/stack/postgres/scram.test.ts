import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { scramVerifier } from '../../../../src/stack/postgres/scram.ts';

/** The conversation of RFC 7677, section 3: user `user`, password `pencil`. */
const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const AUTH_MESSAGE = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${NONCE},s=${SALT},i=4096,c=biws,r=${NONCE}`;
const PROOF = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SERVER_SIGNATURE = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

test('what Postgres keeps of a password lets in who knows it, by the example of RFC 7677', () => {
  const verifier = scramVerifier('pencil', Buffer.from(SALT, 'base64'));
  const [, salt, storedKey = '', serverKey = ''] =
    /^SCRAM-SHA-256\$4096:(.+)\$(.+):(.+)$/.exec(verifier) ?? [];
  expect(salt).toBe(SALT);
  const sign = (key: Buffer): Buffer => createHmac('sha256', key).update(AUTH_MESSAGE).digest();
  expect(sign(Buffer.from(serverKey, 'base64')).toString('base64')).toBe(SERVER_SIGNATURE);
  // The client proves that it knows the key whose hash is stored.
  const signature = sign(Buffer.from(storedKey, 'base64'));
  const clientKey = Buffer.from(PROOF, 'base64').map((byte, index) => byte ^ (signature[index] ?? 0));
  expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
});
