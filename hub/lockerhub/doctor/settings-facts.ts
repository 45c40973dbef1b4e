/** Reads what the hub is told at its start, as its service would. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Config, readConfig, unknownVariables } from '../../config/config.ts';
import { HubError } from '../../error.ts';
import type { SettingsFacts } from './facts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @param file with the settings; where it is missing, those of the environment hold */
export function settingsFacts(
  file: string,
  environment: Environment,
  dataFolder: string,
): { readonly facts: SettingsFacts; readonly config: Config | null } {
  const text = readIfThere(file);
  if (typeof text === 'object') {
    return { facts: { file, fault: { message: text.fault, line: null }, unknown: [] }, config: null };
  }
  const told: Environment = text === undefined ? environment : { ...parseEnv(text) };
  const where = text === undefined ? null : file;
  const unknown = unknownVariables(told);
  try {
    const config = readConfig({ data: dataFolder }, told);
    return { facts: { file: where, fault: null, unknown }, config };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const line = text === undefined ? null : lineOf(text, error.where ?? '');
    return { facts: { file: where, fault: { message: error.message, line }, unknown }, config: null };
  }
}

function readIfThere(file: string): string | undefined | { readonly fault: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { fault: 'it can’t be read; be root or the hub’s user' };
  }
}

/** The last one counts, as it does for systemd. */
function lineOf(text: string, name: string): number | null {
  const at = text.split('\n').findLastIndex((line) => line.trimStart().startsWith(`${name}=`));
  return at < 0 ? null : at + 1;
}
