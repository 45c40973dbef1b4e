import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { builtInProfiles, loadProfile } from './built-in-profiles.ts';

const names = await builtInProfiles();

describe('the profiles that come with the agent', () => {
  it.each(names)('%s is good and named as its file', async (name) => {
    expect((await loadProfile(name)).profile).toBe(name);
  });

  it('are what lies in the folder', async () => {
    const files = await readdir(new URL('./profiles/', import.meta.url));
    expect(files.sort()).toEqual(names.map((name) => `${name}.yaml`).sort());
    // The devices that buildings have, by what tells them apart.
    expect(names).toEqual(
      expect.arrayContaining(['waveshare-relay-8', 'eletechsup-r4d-8', 'wago-750', 'generic-mailbox']),
    );
  });

  it.each(['../../package', 'nothing', ''])('are loaded by name only, not %j', async (name) => {
    await expect(loadProfile(name)).rejects.toMatchObject({ code: 'profile-invalid' });
  });
});
