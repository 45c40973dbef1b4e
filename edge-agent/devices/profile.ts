/** A device's register map and manners, apart from any one device that is installed somewhere. */
import type { z } from 'zod';
import { readYaml } from './checked-yaml.ts';
import { mistakesOf } from './profile-mistakes.ts';
import { ProfileParts } from './profile-parts.ts';

/** Everything the agent has to know about a kind of device. */
export const Profile = ProfileParts.superRefine((profile, context) => {
  for (const { path, message } of mistakesOf(profile)) context.addIssue({ code: 'custom', path, message });
});
export type Profile = z.infer<typeof Profile>;

/**
 * Reads a profile.
 *
 * @param source what to call the text in messages
 * @throws AgentError `profile-invalid`, naming line and key of each mistake
 */
export function parseProfile(text: string, source: string): Profile {
  return readYaml(text, Profile, source, 'profile-invalid');
}
