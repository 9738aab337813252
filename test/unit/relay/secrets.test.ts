import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRelayOptions } from '../../../src/relay/options.ts';
import { readSecrets, withPassword } from '../../../src/relay/secrets.ts';
import { tempDir } from '../../support/temp-dir.ts';

const KEY = 'k'.repeat(32);
const ALL = { postgres: { password: 'p' }, redis: { username: 'relay', password: 'r' }, busKey: KEY };

async function fileOf(text: string, mode = 0o600): Promise<string> {
  const path = join(await tempDir(), 'secrets.json');
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

describe('the secrets of a relay', () => {
  const wanted = { postgresPassword: 'p', redis: { username: 'relay', password: 'r' }, busKey: KEY };

  it('are read from a file that --secrets names', async () => {
    const path = await fileOf(JSON.stringify(ALL));
    expect(parseRelayOptions(['--secrets', path]).secrets).toEqual(wanted);
  });

  it('are read from the environment where no file is named', () => {
    expect(parseRelayOptions([], { RELAY_BENCH_SECRETS: JSON.stringify(ALL) }).secrets).toEqual(wanted);
    expect(parseRelayOptions([]).secrets).toEqual({});
  });

  it.each([
    ['others may read it', 0o644],
    ['others may write it', 0o622],
  ])('are refused where %s', async (problem, mode) => {
    const path = await fileOf(JSON.stringify(ALL), mode);
    expect(() => readSecrets(path, {})).toThrow(
      expect.objectContaining({ code: 'RELAY_OPTION_INVALID', message: expect.stringContaining(problem) }),
    );
  });

  it('are refused behind a link, and where nothing is', async () => {
    const path = await fileOf(JSON.stringify(ALL));
    await symlink(path, `${path}.link`);
    expect(() => readSecrets(`${path}.link`, {})).toThrow('it is a symbolic link');
    expect(() => readSecrets(`${path}.missing`, {})).toThrow('there is no such file');
  });

  it.each([
    'hunter2',
    '[]x',
    'null',
    '{"password":"hunter2"}',
    '{"redis":{"password":""}}',
    '{"busKey":"hunter2"}',
    '{"postgres":"hunter2"}',
  ])('are refused where they are none, and are not repeated: %s', async (text) => {
    const path = await fileOf(text);
    expect(() => readSecrets(path, {})).toThrow(
      expect.objectContaining({ message: `--secrets ${path} holds no secrets of a relay` }),
    );
  });
});

describe('the connection string of Postgres', () => {
  it('gets the password unless it has one', () => {
    const secrets = { postgresPassword: 'p w' };
    expect(withPassword('postgres://relay@h:1/d', secrets)).toBe('postgres://relay:p%20w@h:1/d');
    expect(withPassword('postgres://relay:own@h:1/d', secrets)).toBe('postgres://relay:own@h:1/d');
    expect(withPassword('postgres://relay@h:1/d', {})).toBe('postgres://relay@h:1/d');
  });
});
