import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** As few as RFC 7677 allows: they make guessing dear, and nobody guesses 256 random bits. */
const ITERATIONS = 4_096;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/**
 * What Postgres keeps of a password for SCRAM-SHA-256 (RFC 5802, 7677). It is sent instead of the password, which a
 * statement would leave in logs and statistics.
 * @param password ASCII, so that nothing has to be normalised (SASLprep)
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, HASH_BYTES, 'sha256');
  const keyFor = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyFor('Client Key')).digest('base64');
  const serverKey = keyFor('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
