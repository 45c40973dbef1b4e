/** A profile of an installer's own, in a file. */
import { readFile, stat } from 'node:fs/promises';
import { AgentError } from '../error.ts';
import { YAML_BYTES_MAX } from './checked-yaml.ts';
import { type Profile, parseProfile } from './profile.ts';

/**
 * Reads a profile from a file.
 *
 * @throws AgentError `profile-invalid`: it cannot be read, or a mistake in it by line and key
 */
export async function readProfile(path: string): Promise<Profile> {
  return parseProfile(await textOf(path), path);
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    // Whatever somebody names here (a disk, a film) must not fill the memory.
    if (size > YAML_BYTES_MAX) {
      throw new AgentError('profile-invalid', `${path} is longer than ${YAML_BYTES_MAX} bytes; shorten it`);
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('profile-invalid', `the profile ${path} cannot be read: ${why}`, { cause });
  }
}
