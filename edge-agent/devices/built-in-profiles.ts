/** The profiles that come with the agent: what lies in `profiles/`, one file a device. */
import { readdir, readFile } from 'node:fs/promises';
import { AgentError } from '../error.ts';
import { type Profile, parseProfile } from './profile.ts';

const FOLDER = new URL('./profiles/', import.meta.url);
const EXTENSION = '.yaml';

/** The names of all profiles that come with the agent, in order. */
export async function builtInProfiles(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();
}

/**
 * Loads a profile that comes with the agent by its name.
 *
 * @throws AgentError `profile-invalid`
 */
export async function loadProfile(name: string): Promise<Profile> {
  const names = await builtInProfiles();
  if (!names.includes(name)) {
    throw new AgentError(
      'profile-invalid',
      `there is no profile "${name}"; use one of: ${names.join(', ')}, or write a whole profile in its place`,
    );
  }
  const profile = parseProfile(
    await readFile(new URL(`${name}${EXTENSION}`, FOLDER), 'utf8'),
    `profile ${name}`,
  );
  if (profile.profile === name) return profile;
  throw new AgentError(
    'profile-invalid',
    `the profile in ${name}${EXTENSION} calls itself "${profile.profile}"; give it its file's name`,
  );
}
